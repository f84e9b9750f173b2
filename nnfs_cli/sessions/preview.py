"""Preview: some training examples as they are, and as the first epochs of a training see them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnfs_cli.build import Task, build_parts, complete
from nnfs_cli.config import Config
from nnfs_cli.data.augment.chain import Chain
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.spec import Examples
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.shapes import Array, name

EXAMPLES, EPOCHS = 8, 8
LONGEST_SIDE = 400
"""Of an image, in pixels; of a larger one only every second pixel is kept, or every third, and so on."""


@dataclass(frozen=True, eq=False)
class Preview:
    """Examples to draw.

    Attributes:
        images: (examples, 1 + epochs, channels, height, width), each as it is and then as each epoch sees it.
        limits: the numbers that are black and white.
        names: of each example: its class, or its number in the training split, counted from 1.
        notes: what people should know of how the data was read.
    """

    images: Array
    limits: tuple[float, float]
    names: tuple[str, ...]
    notes: tuple[str, ...]


def preview(config: Config, locator: Locator) -> Preview:
    """Augment examples from all over the training split for the first epochs, by the random numbers of the training.

    Raises:
        ConfigError: the examples are no images, or nothing changes them.
        DataError: the data cannot be had.
    """
    parts = build_parts(config, locator)
    shape = parts.spec.input_shape
    if len(shape) != 3:
        raise ConfigError(f"--preview: draws images (channels, height, width), got {name(shape)}. Leave it out.")
    if not parts.recipe.augment:
        where = config.location("dataset")
        raise ConfigError(
            f"{where}: has no augment to preview. Add one, such as augment: [{{type: shift, pixels: 1}}]."
        )
    task = complete(parts, drawn=False)
    train, white = task.dataset.splits["train"], task.dataset.preparation.white
    rows = np.unique(np.linspace(0, len(train) - 1, EXAMPLES).round().astype(int))
    images = _versions(task, train, rows)
    limits = (0.0, 255.0) if train.x.dtype == np.uint8 else (0.0, white) if white else _range(images)
    return Preview(images, limits, _names(train, rows, parts.spec.classes), task.dataset.notes)


def _versions(task: Task, train: Examples, rows: Array) -> Array:
    """The examples at these rows, and what each epoch makes of them."""
    chain, x = Chain(task.recipe.augment), train.x[rows]
    images = [_smaller(x)]
    for epoch in range(min(EPOCHS, task.recipe.training.epochs)):
        chain.start_epoch(len(train), task.recipe.network.seed, epoch)
        images.append(_smaller(chain.apply(x, rows)))
    return np.stack(images, axis=1)


def _smaller(x: Array) -> Array:
    step = -(-max(x.shape[2:]) // LONGEST_SIDE)
    return x[:, :, ::step, ::step]


def _range(images: Array) -> tuple[float, float]:
    """Of the images as they are."""
    return float(images[:, 0].min()), float(images[:, 0].max())


def _names(train: Examples, rows: Array, classes: tuple[str, ...] | None) -> tuple[str, ...]:
    if classes is None:
        return tuple(f"{row + 1:,}" for row in rows.tolist())
    return tuple(classes[number] for number in train.y[rows].tolist())
