"""Workspace: scratch memory that is kept between calls, so that a training step allocates nothing."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.shapes import Array, Shape


class Workspace:
    """Arrays by name. Behind a name lies one block of memory, as long as the largest array asked for."""

    def __init__(self) -> None:
        self._memory: dict[str, Array] = {}
        self._views: dict[tuple[str, Shape, np.dtype], Array] = {}

    def array(self, name: str, shape: Shape, dtype: np.dtype) -> Array:
        """An array of this shape, valid until the name is asked for again; it holds whatever was there."""
        view = self._views.get((name, shape, dtype))
        if view is None:
            view = self._views[name, shape, dtype] = self._block(name, math.prod(shape), dtype).reshape(shape)
        return view

    def _block(self, name: str, size: int, dtype: np.dtype) -> Array:
        memory = self._memory.get(name)
        if memory is None or memory.size < size or memory.dtype != dtype:
            memory = self._memory[name] = np.empty(size, dtype)
            for key in [key for key in self._views if key[0] == name]:
                del self._views[key]
        return memory[:size]
