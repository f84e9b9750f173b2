"""Build: a configuration becomes a data set, a network, a loss, an optimizer and a scheduler."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from nnfs_cli.config import Config
from nnfs_cli.data.dataset import Dataset, Facts, Size
from nnfs_cli.data.prepare import prepare
from nnfs_cli.data.sources.base import Place, Source
from nnfs_cli.errors import ConfigError, ShapeError
from nnfs_cli.footprint import Footprint, counts_of, of_training, refuse_if_too_large
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.text import MOST, counted, quoted, sentence


@dataclass(frozen=True)
class Parts:
    """What a configuration stands for, before any data is read and any weight is made."""

    config: Config
    source: Source
    facts: Facts
    size: Size | None
    network: Network
    loss: Loss
    optimizer: Optimizer
    scheduler: Scheduler


@dataclass(frozen=True)
class Task:
    """All that a session works with: the parts, with memory, and the data."""

    config: Config
    dataset: Dataset
    network: Network
    loss: Loss
    optimizer: Optimizer
    scheduler: Scheduler


def build(config: Config, place: Place) -> Task:
    """Make everything that a configuration names, and read its data.

    Raises:
        ConfigError: layers, loss and data do not fit together.
        DataError: the data cannot be had or is damaged.
        MachineError: the memory of this machine is not enough.
    """
    return complete(build_parts(config, place), place)


def complete(parts: Parts, place: Place, *, drawn: bool = True) -> Task:
    """Read the data and make the weights.

    Args:
        drawn: whether the first weights are drawn; if not, the network is left without memory, for a checkpoint's.

    Raises:
        DataError: the data cannot be had or is damaged.
        MachineError: the memory of this machine is not enough.
    """
    refuse_beyond_memory(parts)
    dataset = read_dataset(parts.config, place, parts.source)
    if drawn:
        parts.network.allocate()
        parts.network.initialize()
    return Task(parts.config, dataset, parts.network, parts.loss, parts.optimizer, parts.scheduler)


def build_parts(config: Config, place: Place) -> Parts:
    """Make all but the data and the weights, and see that they fit together.

    Raises:
        ConfigError: they do not; all that is wrong is told.
        DataError: the data must be looked at to know its shape, and cannot be had.
    """
    source, place = config.dataset.make(), place_of(config, place)
    facts = source.facts(place)
    loss, optimizer, scheduler = (choice.make() for choice in (config.loss, config.optimizer, config.scheduler))
    problems = [*_task_problems(config, facts, loss)]
    try:
        network = _network(config, facts)
    except ConfigError as error:
        raise ConfigError(*error.problems, *problems) from None
    if not (facts.otherwise and loss.takes_classes != (facts.classes is not None)):
        problems = [*_output_problems(config, facts, network), *problems]
    if problems:
        raise ConfigError(*problems)
    return Parts(config, source, facts, source.sizes(place, facts), network, loss, optimizer, scheduler)


def read_dataset(config: Config, place: Place, source: Source | None = None) -> Dataset:
    """The data of a configuration.

    Args:
        source: the one that the configuration names, if it was made already.

    Raises:
        DataError: it cannot be had or is damaged.
    """
    return prepare(source or config.dataset.make(), place_of(config, place), config.data, seed=config.seed)


def place_of(config: Config, place: Place) -> Place:
    """Where the files of a configuration are looked for."""
    return dataclasses.replace(place, beside=config.folder, found=config.data.found or {}, typed=config.typed)


def footprint_of(parts: Parts) -> Footprint:
    """The memory that training takes at its peak, in all its processes."""
    return of_training(parts.network, parts.optimizer, parts.config.training, parts.config.data, parts.size)


def batch_of(parts: Parts) -> int:
    """Examples of a full step: no more than there are to train on."""
    counts = counts_of(parts.size, parts.config.data) if parts.size is not None else None
    return min(parts.config.training.batch_size, counts.train if counts else sys.maxsize)


def refuse_beyond_memory(parts: Parts) -> None:
    """Say no before memory is asked for that is not there.

    Raises:
        MachineError: the training needs more than the machine has left.
    """
    fix = "Make its layers or training.batch_size smaller."
    needed = footprint_of(parts)
    if needed.data > max(needed.network, needed.program // 10):
        fix = "Put fewer examples into its files: all are read, whatever dataset.limit says."
    refuse_if_too_large(needed, f"{parts.config.source}: model: training", fix)


def _network(config: Config, facts: Facts) -> Network:
    layers = [choice.make() for choice in config.layers]
    try:
        return Network(layers, facts.input_shape, seed=config.seed, dtype=config.training.dtype)
    except ShapeError as error:
        path = f"model.{error.path}" if error.path else "dataset"
        raise ConfigError(f"{config.place(path)}: {error.sentence}") from None


def _output_problems(config: Config, facts: Facts, network: Network) -> Iterator[str]:
    if network.output_shape == (facts.outputs,):
        return
    last, source = config.place(f"model.layers[{len(config.layers) - 1}]"), config.dataset.type
    if facts.classes and len(facts.classes) == 1:
        yield (
            f"{config.place('dataset')}: {source} has one class, {quoted(facts.classes[0])}, so there is nothing to "
            "tell apart. Add examples of other classes, or choose another target."
        )
    elif len(network.output_shape) == 1:
        fix = f"Set its units to {facts.outputs}." if config.layers[-1].type == "dense" else _last_dense(facts)
        has = f"but {source} has {_answers(facts)}"
        yield f"{last}: gives {counted(network.output_shape[0], 'output')}, {has}. {_miscounted(facts, network) or fix}"
    else:
        shape = f"images of shape {network.output_shape}"
        yield f"{last}: gives {shape}, but {source} has {_answers(facts)}. {_last_dense(facts)}"


def _answers(facts: Facts) -> str:
    """How many classes or values there are, and the classes themselves where they are words."""
    if facts.classes is None:
        return counted(facts.outputs, "value") + " to predict"
    numbered = facts.classes == tuple(map(str, range(len(facts.classes))))
    some = ", ".join(map(quoted, facts.classes[:MOST])) + (", ..." if len(facts.classes) > MOST else "")
    return counted(len(facts.classes), "class") + ("" if numbered else f": {some}")


def _miscounted(facts: Facts, network: Network) -> str:
    """Why there are more classes than outputs, if that is about how they are counted."""
    return sentence(facts.miscounted) if network.output_shape[0] < facts.outputs else ""


def _last_dense(facts: Facts) -> str:
    return f"End with flatten and {{type: dense, units: {facts.outputs}}}."


def _task_problems(config: Config, facts: Facts, loss: Loss) -> Iterator[str]:
    if loss.takes_classes != (facts.classes is not None):
        has, fix = ("classes", "cross_entropy") if facts.classes else ("values to predict", "mse")
        advice = f"Use {fix}." if not facts.otherwise else f"{sentence(facts.otherwise)}, else loss: {fix}."
        yield f"{config.place('loss')}: does not fit {config.dataset.type}, which has {has}. {advice}"
    for key, monitor in _monitors(config):
        metric = monitor.split("_", 1)[1]
        if metric not in ("loss", *(["accuracy"] if facts.classes else ["rmse", "r2"])):
            yield f"{config.place(key)}: {config.loss.type} has no {metric}. Use {monitor.split('_')[0]}_loss."


def _monitors(config: Config) -> Iterator[tuple[str, str]]:
    yield "training.monitor", config.training.monitor
    if config.training.early_stopping is not None:
        yield "training.early_stopping.monitor", config.training.early_stopping.monitor
