"""Build: a configuration becomes a data set, a network, a loss, an optimizer and a scheduler."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from nnfs_cli.config import Config
from nnfs_cli.data.augment.base import Augmentation, refuse_examples
from nnfs_cli.data.dataset import Dataset
from nnfs_cli.data.preparation import ROBUST
from nnfs_cli.data.prepare import prepare
from nnfs_cli.data.sources.base import Locator, Source
from nnfs_cli.data.sources.unlabelled import UNLABELLED
from nnfs_cli.data.spec import DataSpec, Size
from nnfs_cli.data.weights import unknown_classes
from nnfs_cli.errors import ConfigError, ShapeError
from nnfs_cli.footprint import Footprint, counts_of, of_training, refuse_if_too_large
from nnfs_cli.meant import as_meant, network_of, output_problems, with_length
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.shapes import name
from nnfs_cli.text import sentence
from nnfs_cli.training.chosen import problems_of
from nnfs_cli.training.endings import answers_of
from nnfs_cli.training.imbalance import imbalance_problems
from nnfs_cli.training.recipe import Recipe


@dataclass(frozen=True)
class Parts:
    """What a configuration stands for, before any data is read and any weight is made.

    Attributes:
        locator: where the files of the configuration are looked for.
        size: of the data, where it is known before they are read.
    """

    config: Config
    source: Source
    locator: Locator
    spec: DataSpec
    size: Size | None
    recipe: Recipe


@dataclass(frozen=True)
class Task:
    """All that a session works with: the recipe, its network with memory, and the data.

    Attributes:
        found_rate: the largest rate, where a range test has found it.
    """

    config: Config
    dataset: Dataset
    recipe: Recipe
    found_rate: float | None = None


def build(config: Config, locator: Locator) -> Task:
    """Make everything that a configuration names, and read its data.

    Raises:
        ConfigError: layers, loss and data do not fit together.
        DataError: the data cannot be had or is damaged.
        MachineError: the memory of this machine is not enough.
    """
    return complete(build_parts(config, locator))


def complete(parts: Parts, *, drawn: bool = True) -> Task:
    """Read the data and make the weights.

    Args:
        drawn: whether the first weights are drawn; if not, the network is left without memory, for a checkpoint's.

    Raises:
        DataError: the data cannot be had or is damaged.
        MachineError: the memory of this machine is not enough.
    """
    refuse_beyond_memory(parts)
    config = parts.config
    dataset = prepare(parts.source, parts.locator, config.data, seed=config.seed)
    if drawn:
        parts.recipe.network.allocate()
        parts.recipe.network.initialize()
    return Task(config, dataset, parts.recipe)


def build_parts(config: Config, locator: Locator) -> Parts:
    """Make all but the data and the weights, and see that they fit together.

    Raises:
        ConfigError: they do not; all that is wrong is told.
        DataError: the data must be looked at to know its shape, and cannot be had.
    """
    source, locator = source_of(config), locator_of(config, locator)
    source.refuse_absent(locator)
    config, source, spec = as_meant(config, source, locator)
    loss, optimizer, scheduler = (choice.make() for choice in (config.loss, config.optimizer, config.scheduler))
    augment = tuple(choice.make() for choice in config.data.augment)
    validated = bool(config.data.validation) or source.has_own("validation", locator)
    problems = [*_task_problems(config, spec, loss), *_input_problems(config, spec, augment)]
    problems += [*_reconstruction_problems(config), *_training_problems(config, spec, validated=validated)]
    if config.data.split == "group" and not getattr(source, "group", None):
        need = "needs dataset.group, the column of a csv table that tells the groups. Add it, or leave split out."
        problems.append(f"{config.location('dataset.split')}: group {need}")
    if config.data.split == "ordered" and getattr(source, "group", None):
        both = "ordered holds out the last rows, whatever their group. Leave split or dataset.group out."
        problems.append(f"{config.location('dataset.split')}: {both}")
    if config.data.target_transform == "log" and spec.classes:
        has = f"log is of values, {config.dataset.type} has {answers_of(spec)}. Leave it out."
        problems.append(f"{config.location('dataset.target_transform')}: {has}")
    try:
        network = network_of(config, spec, loss)
    except ConfigError as error:
        raise ConfigError(*error.problems, *problems) from None
    if not spec.lacking and not (spec.otherwise and loss.takes_classes != (spec.classes is not None)):
        problems = [*output_problems(config, spec, network, loss), *problems]
    if problems:
        raise ConfigError(*problems)
    size = source.sizes(locator, spec)
    size = size.reconstructed() if size is not None and spec.reconstruction else size
    config = dataclasses.replace(config, training=with_length(config.training, config.data, size))
    recipe = Recipe(network, loss, optimizer, scheduler, config.training, augment, spec.reconstruction)
    return Parts(config, source, locator, spec, size, recipe)


def source_of(config: Config) -> Source:
    """Where the examples of a configuration come from."""
    choice = config.dataset
    kind = UNLABELLED.get(choice.type, choice.cls) if config.data.reconstructs else choice.cls
    return dataclasses.replace(choice, cls=kind).make()


def locator_of(config: Config, locator: Locator) -> Locator:
    """Where the files of a configuration are looked for."""
    return dataclasses.replace(locator, beside=config.folders, found=config.data.found or {}, typed=config.typed)


def footprint_of(parts: Parts) -> Footprint:
    """The memory that training takes at its peak, in all its processes."""
    return of_training(parts.recipe, parts.config.data, parts.size)


def batch_of(parts: Parts) -> int:
    """Examples of a full step: no more than there are to train on."""
    counts = counts_of(parts.size, parts.config.data) if parts.size is not None else None
    return min(parts.recipe.training.batch_size, counts.train if counts else sys.maxsize)


def refuse_beyond_memory(parts: Parts) -> None:
    """Fail early if more memory is needed than is available.

    Raises:
        MachineError: the training needs more than the machine has left.
    """
    fix = "Make its layers or training.batch_size smaller."
    needed = footprint_of(parts)
    if needed.data > max(needed.network, needed.program // 10):
        fix = "Put fewer examples into its files: all are read, whatever dataset.limit says."
    refuse_if_too_large(needed, f"{parts.config.source}: model: training", fix)


def _input_problems(config: Config, spec: DataSpec, augment: tuple[Augmentation, ...]) -> Iterator[str]:
    if config.data.standardize == ROBUST and len(spec.input_shape) == 3:
        where, got = config.location("dataset.standardize"), name(spec.input_shape)
        yield f"{where}: {ROBUST} is for vectors, such as rows of a table, got {got}. Set it to true."
    answer = () if spec.reconstruction else spec.output_shape
    for choice, step in zip(config.data.augment, augment, strict=True):
        try:
            refuse_examples(step, spec.input_shape, answer, words=bool(spec.embeddings))
        except ShapeError as error:
            yield f"{config.location(choice.path)}: {error.sentence}"


def _reconstruction_problems(config: Config) -> Iterator[str]:
    """Settings that have no meaning where the answer to an example is what the network gets."""
    data = config.data
    if not data.reconstructs:
        return
    if data.target_transform != "standardize":
        said = "task: reconstruction gives back what standardize makes of the inputs. Leave it out."
        yield f"{config.location('dataset.target_transform')}: {data.target_transform}: {said}"
    if data.standardize == ROBUST:
        said = "bends the inputs, which task: reconstruction could not undo. Set it to true."
        yield f"{config.location('dataset.standardize')}: {ROBUST} {said}"


def _training_problems(config: Config, spec: DataSpec, *, validated: bool) -> Iterator[str]:
    classes = None if spec.classes is None else len(spec.classes)
    for key, problem in problems_of(config.training, classes=classes, validated=validated):
        yield f"{config.location(key)}: {problem}"
    if config.training.mixup is not None and spec.embeddings:
        why = "mixes numbers, but some of them stand for words with embeddings. Leave it out."
        yield f"{config.location('training.mixup')}: {why}"
    for key, why in imbalance_problems(config.training, spec, validated=validated):
        yield f"{config.location(f'training.{key}')}: {why}"


def _task_problems(config: Config, spec: DataSpec, loss: Loss) -> Iterator[str]:
    if spec.reconstruction and loss.takes_classes:
        yield f"{config.location('loss')}: is of classes, task: reconstruction has values to predict. Use mse."
    elif loss.takes_classes != (spec.classes is not None):
        has, fix = ("classes", "cross_entropy") if spec.classes else ("values to predict", "mse")
        advice = f"Use {fix}." if not spec.otherwise else f"{sentence(spec.otherwise)}, else loss: {fix}."
        yield f"{config.location('loss')}: does not fit {config.dataset.type}, which has {has}. {advice}"
    elif spec.classes and loss.binary and len(spec.classes) != 2:
        has = f"{config.dataset.type} has {answers_of(spec)}"
        yield f"{config.location('loss')}: tells two classes apart, {has}. Use cross_entropy."
    elif spec.classes:
        for name, why in unknown_classes(loss.class_weights, spec.classes):
            yield f"{config.location(f'loss.class_weights.{name}')}: {why}"
