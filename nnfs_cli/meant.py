"""Meant: what a configuration leaves to the data: its loss, the outputs of its network, and the number of epochs."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator

from nnfs_cli.config import AUTO, Choice, Config, DataSettings, Training
from nnfs_cli.data.sources.base import Locator, Source
from nnfs_cli.data.spec import DataSpec, Size
from nnfs_cli.errors import ConfigError, ShapeError
from nnfs_cli.footprint import counts_of
from nnfs_cli.nn.freezing import freeze_problems
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network
from nnfs_cli.registry import LOSSES
from nnfs_cli.text import quoted
from nnfs_cli.training.endings import answers_of, ending, mirrored, miscounted, of_examples, shaped
from nnfs_cli.training.length import usual_epochs


def as_meant(config: Config, source: Source, locator: Locator) -> tuple[Config, Source, DataSpec]:
    """The configuration with a loss, its source, and what that holds.

    Examples that are their own answers are values. Answers that could be classes are classes if the loss says so or
    nothing else fits, and there is an output for each.
    """
    if config.data.reconstructs:
        return _with_loss(config, "mse"), source, source.spec(locator).reconstructed()
    spec, as_classes = source.spec(locator), _with_loss(config, "cross_entropy")
    possible = spec.classes is None and spec.otherwise and as_classes.loss.cls.takes_classes
    if possible and (other := source.as_classes()) is not None:
        meant, task = other.spec(locator), {"task": "classification"}
        if _fits(as_classes, meant) and (config.loss or len(meant.classes) == spec.outputs or not _fits(config, spec)):
            dataset = dataclasses.replace(config.dataset, arguments={**config.dataset.arguments, **task})
            return dataclasses.replace(as_classes, dataset=dataset), other, meant
    return _with_loss(config, "cross_entropy" if spec.classes else "mse"), source, spec


def _with_loss(config: Config, usual: str) -> Config:
    """The configuration with the usual loss where it does not say which."""
    return config if config.loss else dataclasses.replace(config, loss=Choice(usual, {}, "loss", LOSSES[usual]))


def _fits(config: Config, spec: DataSpec) -> bool:
    """Whether the network has an output for each answer."""
    loss = _with_loss(config, "cross_entropy" if spec.classes else "mse").loss.make()
    with contextlib.suppress(ConfigError):
        return not any(output_problems(config, spec, network_of(config, spec, loss), loss))
    return False


def with_length(training: Training, data: DataSettings, size: Size | None) -> Training:
    """The training with a number of epochs."""
    if training.epochs != AUTO:
        return training
    examples = counts_of(size, data).train if size is not None else 0
    return dataclasses.replace(training, epochs=usual_epochs(examples, training.step_size))


def network_of(config: Config, spec: DataSpec, loss: Loss) -> Network:
    """The network, without memory, with as many outputs as the answers have.

    Raises:
        ConfigError: layers do not fit together, or not the examples.
    """
    layers = [choice.make() for choice in config.layers]
    if isinstance(layers[-1], Dense):
        layers[-1].settle_units(loss.outputs(spec.outputs) if spec.classes else spec.outputs)
    try:
        network = Network(
            layers,
            spec.input_shape,
            embeddings=spec.embeddings,
            seed=config.seed,
            dtype=config.training.dtype,
        )
    except ShapeError as error:
        path = f"model.{error.path}" if error.path else "dataset"
        raise ConfigError(f"{config.location(path)}: {error.sentence}") from None
    problems = freeze_problems(dict(network.walk()), [str(name) for name in config.freeze])
    if problems:
        raise ConfigError(*(f"{config.location(f'model.freeze{place}')}: {why}" for place, why in problems))
    network.freeze(config.freeze)
    return network


def output_problems(config: Config, spec: DataSpec, network: Network, loss: Loss) -> Iterator[str]:
    """Why the network does not end as the answers do; nothing if it does."""
    count = len(spec.classes or ())
    needed = dataclasses.replace(spec, output_shape=(loss.outputs(count),)) if count else spec
    if network.output_shape == needed.output_shape:
        return
    last, source = config.location(f"model.layers[{len(config.layers) - 1}]"), config.dataset.type
    if spec.classes and len(spec.classes) == 1:
        choice = "target" in config.dataset.arguments
        yield (
            f"{config.location('dataset')}: {source} has one class, {quoted(spec.classes[0])}, so there is nothing to "
            f"tell apart. Add examples of other classes{', or choose another target' if choice else ''}."
        )
    elif spec.reconstruction:
        given, fix = shaped(network.output_shape, "output"), mirrored(spec, network)
        yield f"{last}: gives {given}, but {of_examples(spec)}. {fix}"
    else:
        given = shaped(network.output_shape, "output")
        has = f"{loss.type_name} takes 1" if needed.outputs < count else f"{source} has {answers_of(spec)}"
        fix = miscounted(needed, network) or ending(config.layers[-1].type, needed, network)
        other = " For one output, use loss: binary_cross_entropy." * (count == 2 and network.output_shape == (1,))
        yield f"{last}: gives {given}, but {has}. {fix}{other}"
