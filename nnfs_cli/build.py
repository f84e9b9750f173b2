"""Build: a configuration becomes a data set, a network, a loss, an optimizer and a scheduler."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from nnfs_cli.config import Config
from nnfs_cli.data.dataset import Dataset, Facts
from nnfs_cli.data.prepare import prepare
from nnfs_cli.data.sources.base import Place
from nnfs_cli.errors import ConfigError, MachineError, ShapeError
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network, activation_size
from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.runs.available import available_memory

BEYOND_COUNTING = 1024**9


@dataclass(frozen=True)
class Parts:
    """What a configuration stands for, before any data is read and any weight is made."""

    config: Config
    facts: Facts
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


def complete(parts: Parts, place: Place) -> Task:
    """Read the data and make the weights.

    Raises:
        DataError: the data cannot be had or is damaged.
        MachineError: the memory of this machine is not enough.
    """
    refuse_if_too_large(parts)
    dataset = read_dataset(parts.config, place)
    parts.network.allocate()
    return Task(parts.config, dataset, parts.network, parts.loss, parts.optimizer, parts.scheduler)


def build_parts(config: Config, place: Place) -> Parts:
    """Make all but the data and the weights, and see that they fit together.

    Raises:
        ConfigError: they do not; all that is wrong is told.
        DataError: the data must be looked at to know its shape, and cannot be had.
    """
    facts = config.dataset.make().facts(place)
    loss, optimizer, scheduler = (choice.make() for choice in (config.loss, config.optimizer, config.scheduler))
    try:
        network = _network(config, facts)
    except ConfigError as error:
        raise ConfigError(*error.problems, *_task_problems(config, facts, loss)) from None
    problems = [*_output_problems(config, facts, network), *_task_problems(config, facts, loss)]
    if problems:
        raise ConfigError(*problems)
    return Parts(config, facts, network, loss, optimizer, scheduler)


def read_dataset(config: Config, place: Place) -> Dataset:
    """The data of a configuration.

    Raises:
        DataError: it cannot be had or is damaged.
    """
    return prepare(config.dataset.make(), place, config.data, seed=config.seed)


def memory_needed(parts: Parts) -> int:
    """Bytes for parameters, gradients and slots, and for the activations of a batch; the data comes on top."""
    network, training = parts.network, parts.config.training
    parameters = network.size * (2 + len(parts.optimizer.slot_names))
    activations = 2 * activation_size(network) * training.batch_size
    return (parameters + activations) * network.dtype.itemsize


def refuse_if_too_large(parts: Parts) -> None:
    """Say no before memory is asked for that is not there.

    Raises:
        MachineError: the network needs more than the machine has left.
    """
    needed, available = memory_needed(parts), available_memory() or sys.maxsize
    if needed > available:
        raise MachineError(
            f"{parts.config.source}: model: training needs {readable_bytes(needed)}, {readable_bytes(available)} "
            "available. Make its layers or training.batch_size smaller."
        )


def readable_bytes(count: float) -> str:
    """A number of bytes with the unit that fits it, such as "29.1 TiB"."""
    units = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")
    if count >= BEYOND_COUNTING:
        return f"over {BEYOND_COUNTING // 1024**5:,} PiB"
    power = min(int(math.log(max(count, 1), 1024)), len(units) - 1)
    return f"{count / 1024**power:.{1 if power else 0}f} {units[power]}"


def _network(config: Config, facts: Facts) -> Network:
    layers = [choice.make() for choice in config.layers]
    try:
        return Network(layers, facts.input_shape, seed=config.seed, dtype=config.training.dtype)
    except ShapeError as error:
        path = "dataset" if error.layer is None else f"model.layers[{error.layer}]"
        raise ConfigError(f"{config.place(path)}: {error.sentence}") from None


def _output_problems(config: Config, facts: Facts, network: Network) -> Iterator[str]:
    if network.output_shape == (facts.outputs,):
        return
    last, source = config.place(f"model.layers[{len(config.layers) - 1}]"), config.dataset.type
    wanted = f"{facts.outputs} {'classes' if facts.classes else 'values to predict'}"
    if len(network.output_shape) == 1:
        fix = f"Set its units to {facts.outputs}." if config.layers[-1].type == "dense" else _last_dense(facts)
        yield f"{last}: gives {network.output_shape[0]} outputs, but {source} has {wanted}. {fix}"
    else:
        yield f"{last}: gives images of shape {network.output_shape}, but {source} has {wanted}. {_last_dense(facts)}"


def _last_dense(facts: Facts) -> str:
    return f"End with flatten and {{type: dense, units: {facts.outputs}}}."


def _task_problems(config: Config, facts: Facts, loss: Loss) -> Iterator[str]:
    if loss.takes_classes != (facts.classes is not None):
        has, fix = ("classes", "cross_entropy") if facts.classes else ("values to predict", "mse")
        yield f"{config.place('loss')}: does not fit {config.dataset.type}, which has {has}. Use {fix}."
    for key, monitor in _monitors(config):
        metric = monitor.split("_", 1)[1]
        if metric not in ("loss", *(["accuracy"] if facts.classes else ["rmse", "r2"])):
            yield f"{config.place(key)}: {config.loss.type} has no {metric}. Use {monitor.split('_')[0]}_loss."


def _monitors(config: Config) -> Iterator[tuple[str, str]]:
    yield "training.monitor", config.training.monitor
    if config.training.early_stopping is not None:
        yield "training.early_stopping.monitor", config.training.early_stopping.monitor
