"""Footprint: the most memory that a training or a prediction takes, computed before any of it is asked for.

It is the peak over all processes of the memory that each has for itself and, once, of that which they share: the
program with its libraries, the data, and the network with everything that a step leaves behind.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import sys
from dataclasses import dataclass

import numpy as np

from nnfs_cli.config import DataSettings
from nnfs_cli.data.augment.chain import Chain
from nnfs_cli.data.augment.mixup import mixed_bytes
from nnfs_cli.data.spec import Examples, Size
from nnfs_cli.errors import MachineError
from nnfs_cli.nn.costs import buffer_bytes, examples_at_a_time, multiply_adds
from nnfs_cli.nn.metrics.base import RankingMetric
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.base import BLOCK
from nnfs_cli.parallel.choose import workers_possible, workers_worth
from nnfs_cli.registry import METRICS
from nnfs_cli.runs.available import available_memory, resident_memory
from nnfs_cli.text import readable_bytes
from nnfs_cli.training.chosen import names_of
from nnfs_cli.training.recipe import Recipe

MIB = 1 << 20
START = 40 * MIB
"""Of the interpreter and the libraries, where the system does not tell what this process has."""

MORE_CODE, WORKER, PICTURE = 6 * MIB, 12 * MIB, 48 * MIB
"""Measured: what is imported and filled later, what a forked process has for itself, what drawing a picture takes."""

LOOKED_AT = 1 << 20
"""How many numbers are looked at together, at most, when data are measured: pixels as int64, two copies of others."""

ROW_NUMBERS = 24
"""Bytes of each example while its row is drawn: what orders the classes."""

WEIGHT = 24
"""Bytes of each example while its weight is computed."""

OF_CLASSES, OF_VALUES = 4, 7
"""How many arrays of the size of its output a step holds: its copy, the target, and what the loss and metrics make."""

OF_PROBABILITIES, OF_RANKING = 2, 22
"""How many float64 numbers are made of each output to measure probabilities, and of each example to rank a class."""

BLAS_SIDE = 256


@dataclass(frozen=True)
class Footprint:
    """Bytes at one time: of the program in all its processes, of the data, and of the network."""

    program: int
    data: int = 0
    network: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.program + self.data + self.network


@dataclass(frozen=True)
class Counts:
    """How many examples a training has, by what `limit` and `validation` leave.

    Attributes:
        limited: before any are held out.
        train, validation: afterwards.
        held_out: whether examples of the training split are.
    """

    limited: int
    train: int
    validation: int
    held_out: bool


def counts_of(size: Size, data: DataSettings) -> Counts:
    """What is left to train on, and to validate with."""
    limited = min(size.examples["train"], data.limit or sys.maxsize)
    if "validation" in size.examples or not data.validation:
        return Counts(limited, limited, size.examples.get("validation", 0), held_out=False)
    share = data.validation
    held = max(1, round(share * limited)) if isinstance(share, float) else min(share, limited)
    return Counts(limited, limited - held, held, held_out=True)


def of_training(recipe: Recipe, data: DataSettings, size: Size | None) -> Footprint:
    """The footprint of a training at its peak.

    Args:
        size: of the data; where it is not known, every batch is full and the data count for nothing.
    """
    network, training = recipe.network, recipe.training
    size = size or Size({"train": training.batch_size}, 0)
    counts, own = counts_of(size, data), program()
    batch = min(training.batch_size, counts.train)
    workers = workers_possible(workers_worth(training.workers, batch * sum(multiply_adds(network))))
    held = _held(size)
    step = Footprint(own + WORKER * (workers - 1), held, _network(recipe, counts, size, batch, workers))
    read = Footprint(own, held + _while_read(size, counts, size.x_bytes // math.prod(network.input_shape)))
    drawn = Footprint(own, held, _while_drawn(network))
    peak = max(step, read, drawn, key=lambda phase: phase.total)
    if peak.total > own + PICTURE:
        return peak
    return dataclasses.replace(step, program=own + PICTURE - held - step.network)


def of_prediction(network: Network, examples: int = 1) -> Footprint:
    """The footprint of a network that answers, the examples themselves left out.

    Args:
        examples: how many it is asked about; beyond some it takes them one block after the other.
    """
    taken = min(examples, examples_at_a_time(network))
    held = (network.size + network.state_size) * network.dtype.itemsize
    return Footprint(program(), 0, held + _pass(network, 0, taken, 8, OF_VALUES))


def of_drawing(network: Network) -> Footprint:
    """The footprint of a network of this process while its first weights are drawn."""
    return Footprint(program(), 0, _while_drawn(network))


def of_fitting(recipe: Recipe, train: Examples, held: int) -> Footprint:
    """The footprint of a network of this process that learns alone from arrays that are there already.

    Args:
        held: how many examples there are to validate with.
    """
    values = train.y.shape[1] if train.y.ndim > 1 else 0
    examples, weighted = {"train": len(train), "validation": held}, train.weight is not None
    size = Size(examples, train.x[0].nbytes, values, weighted=weighted)
    counts = counts_of(size, DataSettings())
    batch = min(recipe.training.batch_size, len(train))
    return Footprint(program(), 0, _network(recipe, counts, size, batch, workers=1))


def program() -> int:
    """Bytes of this process before it reads data, and what it imports until then."""
    _let_blas_take_its_buffers()
    return (resident_memory() or START) + MORE_CODE


@functools.cache
def _let_blas_take_its_buffers() -> None:
    """OpenBLAS ends the process where it finds no memory for its first product: here there still is some."""
    square = np.ones((BLAS_SIDE, BLAS_SIDE), np.float32)
    square @ square


def refuse_if_too_large(needed: Footprint, what: str, fix: str) -> None:
    """Fail early if more memory is needed than is available.

    Args:
        what: needs the memory.
        fix: what people can do.

    Raises:
        MachineError: it needs more than this process may have.
    """
    available = available_memory() or sys.maxsize
    if needed.total > available:
        raise MachineError(f"{what} needs {readable_bytes(needed.total)}, {readable_bytes(available)} available. {fix}")


def _held(size: Size) -> int:
    """Of the splits while a network is trained; a limit leaves the whole array behind its first part."""
    return size.bytes_of(sum(size.examples.values()))


def _while_read(size: Size, counts: Counts, itemsize: int) -> int:
    """On top of the splits while they are read, while examples are held out of them, or while they are measured."""
    drawn = ROW_NUMBERS * counts.limited + size.bytes_of(counts.validation) if counts.held_out else 0
    numbers = min(LOOKED_AT, counts.train * size.x_bytes // max(1, itemsize))
    looked_at = max(numbers * (8 if itemsize == 1 else 16), 2 * 8 * size.values * counts.train)
    return max(size.reading, drawn, looked_at)


def _while_drawn(network: Network) -> int:
    """The first weights and, in double precision, those of them that take the most while they are drawn."""
    largest = max((variable.size * variable.drawing for variable in network.variables().values()), default=0)
    return network.size * network.dtype.itemsize + 8 * math.ceil(largest)


def _network(recipe: Recipe, counts: Counts, size: Size, batch: int, workers: int) -> int:
    """The parameters with all that is kept of each, and the passes of every worker."""
    network, itemsize = recipe.network, recipe.network.dtype.itemsize
    averaged, summed = recipe.training.ema is not None, workers * (recipe.training.accumulate > 1)
    vectors = 1 + len(recipe.optimizer.slot_names) + workers + (workers > 1) + averaged + summed
    vectors += recipe.scheduler.is_open
    measured = min(examples_at_a_time(network), -(-counts.validation // workers))
    outputs = OF_CLASSES if size.of_classes else OF_VALUES
    share, width = -(-batch // workers), size.x_bytes // math.prod(network.input_shape)
    own = _pass(network, share, measured, width, outputs)
    if recipe.training.mixup is not None:
        own += share * mixed_bytes(network.input_shape, network.output_shape, itemsize)
    augment = Chain(recipe.augment)
    own += augment.row_bytes * counts.train + augment.nbytes(network.input_shape, width, share)
    own += (1 + averaged) * (min(network.size, BLOCK) + 2 * network.state_size) * itemsize + 8 * counts.train
    own += WEIGHT * counts.train * (size.weighted or recipe.loss.class_weights is not None)
    learned = size.values * (counts.train + counts.validation)
    ranked, own_of_metrics = _of_metrics(recipe, counts, size, share, measured)
    return (vectors * network.size + learned) * itemsize + ranked + workers * (own + own_of_metrics)


def _of_metrics(recipe: Recipe, counts: Counts, size: Size, learned: int, measured: int) -> tuple[int, int]:
    """What the metrics take that are not usual: once for all processes, and in each.

    Args:
        learned, measured: how many examples are learned from at once, and how many are measured.
    """
    names = names_of(recipe.training, classes=size.of_classes)
    kinds = [METRICS[name] for name in names if not METRICS[name].usual]
    outputs = math.prod(recipe.network.output_shape)
    rankings = [kind for kind in kinds if issubclass(kind, RankingMetric)]
    ranked = counts.validation if rankings else 0
    examples = max(learned if len(kinds) > len(rankings) else 0, measured if kinds else 0)
    return 8 * ranked * outputs, 8 * (OF_PROBABILITIES * outputs * examples + OF_RANKING * ranked)


def _pass(network: Network, batch: int, measured: int, itemsize: int, outputs: int) -> int:
    """Buffers of the layers, of the batches and of the loss: to learn from some examples and to measure others.

    Args:
        itemsize: bytes of one number of the examples; where it is no byte, its distance from the mean is kept too.
        outputs: how many arrays of the size of the output there are.
    """
    passes = [network.buffers(count, training=training) for count, training in ((batch, True), (measured, False))]
    number = itemsize + network.dtype.itemsize + (8 if itemsize > 1 else 0)
    inputs = math.prod(network.input_shape) * number * (batch + measured)
    outputs *= math.prod(network.output_shape) * network.dtype.itemsize * max(batch, measured)
    return buffer_bytes(*passes) + inputs + outputs
