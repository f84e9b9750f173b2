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
            nbytes = math.prod(shape) * np.dtype(dtype).itemsize
            self.reserve(name, nbytes)
            view = self._views[name, shape, dtype] = self._memory[name][:nbytes].view(dtype).reshape(shape)
        return view

    def reserve(self, name: str, nbytes: int) -> None:
        """Make the block behind a name as long as this, if it is not: one that grew later would leave a hole behind."""
        if name not in self._memory or self._memory[name].nbytes < nbytes:
            self._memory[name] = np.empty(nbytes, np.uint8)
            for key in [key for key in self._views if key[0] == name]:
                del self._views[key]
