"""Small trainings whose numbers follow from formulas, so that two libraries begin with the same: NumPy alone."""

from __future__ import annotations

import zlib

import numpy as np

EXAMPLES, BATCH, EPOCHS = 48, 16, 10
PICTURE, CLASSES = (3, 12, 12), 10
DRAWING = (1, 8, 8)
KEPT = 9
FAST, SLOW = 0.02, 5e-5
"""Rates for the pictures. A unit that float32 turns on and float64 does not sends a fast training of so many layers
another way: PyTorch's own in both precisions differ by 3e-3 in the end. A slow one forgets it."""


def pictures() -> tuple[np.ndarray, np.ndarray]:
    """Colour pictures (EXAMPLES, *PICTURE) of noise, brighter for later classes, and their classes."""
    rng = np.random.default_rng(1)
    y = np.arange(EXAMPLES) % CLASSES
    return rng.uniform(-1, 1, (EXAMPLES, *PICTURE)) + 0.1 * y[:, None, None, None], y


def drawings() -> np.ndarray:
    """Pictures (EXAMPLES, *DRAWING) of a bright square in the dark, from 0 to 1."""
    rng = np.random.default_rng(2)
    x = 0.2 * rng.random((EXAMPLES, *DRAWING))
    for picture, (row, column) in zip(x, rng.integers(0, 6, (EXAMPLES, 2)), strict=True):
        picture[0, row : row + 3, column : column + 3] += 0.8
    return x


def weight(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The first value of a tensor: He's bounds for matrices and kernels, near 1 and near 0 for scales and shifts."""
    u = np.random.default_rng(zlib.crc32(name.encode())).uniform(-1, 1, shape)
    if len(shape) > 1:
        return u * np.sqrt(6 / np.prod(shape[1:]))
    return 1 + 0.1 * u if name.endswith("weight") else 0.1 * u


def digest(value: np.ndarray) -> list[float]:
    """Some numbers of a tensor from its first to its last, and its Euclidean norm."""
    flat = value.reshape(-1)
    places = np.linspace(0, flat.size - 1, min(KEPT, flat.size)).astype(int)
    return [*map(float, flat[places]), float(np.linalg.norm(flat.astype(np.float64)))]
