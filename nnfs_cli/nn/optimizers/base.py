"""Optimizer: how the gradient moves the parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.shapes import Array

BLOCK = 128 * 1024


class Optimizer(ABC):
    """One rule, applied to the flat vector of all parameters, a block that fits the cache at a time.

    Attributes:
        lr: the learning rate; a scheduler may move it, and any other hyper-parameter, before every step.
        slots: what the optimizer remembers of every parameter, by name, vectors of the size of the parameters.
        steps: how many steps it has made.
        slot_names: the names of the slots.
        momentum_name: the hyper-parameter that a one-cycle schedule moves against the rate.
    """

    type_name: ClassVar[str]
    slot_names: ClassVar[tuple[str, ...]]
    momentum_name: ClassVar[str] = "momentum"
    lr: float | None

    def allocate(self, size: int, dtype: np.dtype, zeros: Callable[[int, np.dtype], Array] = np.zeros) -> None:
        """Get ready for vectors of this size: all slots 0, no step made."""
        self.slots = {name: zeros(size, dtype) for name in self.slot_names}
        self.steps = 0
        self._scratch = np.empty(min(size, BLOCK), dtype)

    def step(self, values: Array, grads: Array, part: slice) -> None:
        """Move a part of the parameters.

        Args:
            values: all parameters, (size,).
            grads: the gradient of the part, (part.stop - part.start,).
            part: which part, so that processes can share the work.
        """
        if self.lr is None:
            raise ConfigError(f"optimizer.lr: is missing: no scheduler sets the rate. Give {self.type_name} an lr.")
        self.steps += 1
        self.begin_step()
        for start in range(part.start, part.stop, BLOCK):
            block = slice(start, min(start + BLOCK, part.stop))
            grad = grads[start - part.start : block.stop - part.start]
            self.update(values[block], grad, self._scratch[: grad.size], *(slot[block] for slot in self.slots.values()))

    def begin_step(self) -> None:
        """Compute what is the same for all parameters."""

    @abstractmethod
    def update(self, value: Array, grad: Array, scratch: Array, *slots: Array) -> None:
        """Move one block of the parameters in place; grad must be left as it is."""

    def get(self, name: str) -> float:
        """A hyper-parameter; "momentum" means the one that remembers past gradients, whatever its name."""
        return getattr(self, self.momentum_name if name == "momentum" else name)

    def set(self, name: str, value: float) -> None:
        """Move a hyper-parameter; "momentum" means the one that remembers past gradients, whatever its name."""
        setattr(self, self.momentum_name if name == "momentum" else name, value)

    def state(self) -> dict[str, Any]:
        """The numbers that, with the slots, let training go on as if it had never stopped."""
        return {"steps": self.steps}

    def restore(self, state: dict[str, Any]) -> None:
        """Take the numbers of `state` back."""
        for name, value in state.items():
            setattr(self, name, value)
