"""Handed: what a network and a loss say of arrays that people hand to them in Python, and these arrays as examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from nnfs_cli.config import EarlyStopping, MovingAverage, Sampling, Training
from nnfs_cli.data.augment.base import Augmentation
from nnfs_cli.data.checks import check_split
from nnfs_cli.data.examples import as_float64, as_values, numbers
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import AUTO
from nnfs_cli.text import quoted
from nnfs_cli.training.records import EpochDone
from nnfs_cli.training.trainer import Trainer


class FitSettings(TypedDict, total=False):
    """Keys of `training` in a configuration that a training from Python has too, with the same defaults.

    Attributes:
        shuffle: a new order in every epoch, a function of the seed.
        sampling: "balanced" draws every class as often, with replacement.
        mixup: mixes each example with another one, in shares from the distribution Beta(mixup, mixup).
        accumulate: batches of one step.
        gradient_clip_norm: the largest Euclidean norm of the gradient.
        gradient_clip_value: the largest number of the gradient, before that.
        ema: decay of a moving average of the weights, which the model has at the end, and in `on_epoch`.
        early_stopping: when to stop before the last epoch.
        metrics: measured beside the loss, such as ["accuracy", "macro_f1"]; the usual ones if left out.
    """

    shuffle: bool
    sampling: Sampling
    mixup: float | None
    accumulate: int
    gradient_clip_norm: float | None
    gradient_clip_value: float | None
    ema: float | None
    early_stopping: EarlyStopping | None
    metrics: Sequence[str] | None


def training_of(epochs: int, batch_size: int, settings: FitSettings) -> Training:
    """The section of a configuration that says the same.

    Raises:
        ConfigError: a value makes no sense.
        TypeError: there is no such setting.
    """
    for name in settings:
        if name not in FitSettings.__annotations__:
            raise TypeError(f"fit() got an unexpected keyword argument {name!r}")
    if epochs == AUTO:
        raise ConfigError("training.epochs: expected a whole number, got 'auto', which only a configuration can say.")
    ema = settings.get("ema")
    return Training(epochs, batch_size, **{**settings, "ema": None if ema is None else MovingAverage(ema)})


def augmentations(augment: Any) -> tuple[Any, ...]:
    """What is handed as augmentations, of which each is looked at later.

    Raises:
        ConfigError: it is no list.
    """
    if isinstance(augment, list | tuple):
        return tuple(augment)
    alone = " Put it into a list: [...]." if isinstance(augment, Augmentation) else ""
    got = type(augment).__name__ if alone else quoted(augment)
    raise ConfigError(f"augment: expected a list of augmentations, got {got}.{alone}")


def examples_of(name: str, x: Array, y: Array, loss: Loss, spec: DataSpec, weight: Array | None = None) -> Examples:
    """Arrays as examples that fit each other, the loss and the network.

    Args:
        name: what an error calls them.
        x: (N, *input_shape).
        y: (N,) integer classes, or values (N,), (N, outputs) or (N, *output_shape).
        weight: (N,), how much each example counts.

    Raises:
        DataError: they do not.
    """
    x, y = numbers(f"{name}: x", x), numbers(f"{name}: y", y)
    if loss.takes_classes and y.dtype.kind not in "iu":
        raise DataError(f"{name}: y holds {y.dtype}, expected whole numbers, the classes. Convert it, or use MSE.")
    answers = y if loss.takes_classes else as_values(y, spec.output_shape, name)
    split = Examples(x, answers, None if weight is None else as_float64(numbers(f"{name}: weight", weight)))
    check_split(name, split, spec)
    return split


def facts_of(network: Network, loss: Loss, known: DataSpec | None) -> DataSpec:
    """What the loss says of the outputs of the network; classes and targets that are known keep their names.

    Raises:
        ConfigError: the loss takes other outputs.
    """
    shape, targets = network.output_shape, known.targets if known else None
    if not loss.takes_classes:
        return DataSpec(network.input_shape, None, shape, targets, embeddings=network.embeddings)
    if len(shape) > 1:
        raise ConfigError(f"the network gives images of shape {shape}, not a score a class. Use MSE or end in Dense.")
    if loss.binary and shape != (1,):
        raise ConfigError(f"{loss.type_name} takes one score, the network gives {shape[0]}. End in Dense(1).")
    count = loss.classes(shape[0])
    names = known.classes if known is not None and known.output_shape == (count,) else None
    classes = names or tuple(map(str, range(count)))
    return DataSpec(network.input_shape, classes, (count,), targets, embeddings=network.embeddings)


def same_kind(one: DataSpec, other: DataSpec) -> bool:
    """Whether both predict classes, or both values, and answers are of the same shape."""
    return (one.classes is None) == (other.classes is None) and one.output_shape == other.output_shape


def rows_of(trainer: Trainer, on_epoch: Callable[[dict[str, Any]], None] | None) -> list[dict[str, Any]]:
    """Train to the end, or until an error, and leave the network with the weights that are used.

    Args:
        on_epoch: called with the row of every epoch.
    """
    rows = []
    try:
        for row in (record.row for record in trainer.run() if isinstance(record, EpochDone)):
            rows.append(row)
            if on_epoch is not None:
                with trainer.averaged():
                    on_epoch(row)
    finally:
        trainer.settle()
    return rows
