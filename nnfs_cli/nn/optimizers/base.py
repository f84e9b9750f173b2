"""Optimizer: how the gradient moves the parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, ClassVar

import numpy as np

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.context import alone
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.variable import Span

BLOCK = 128 * 1024
Block = tuple[Array, ...]
"""Of some parameters the values, gradients, scratch memory and slots, each (n,)."""


class Optimizer(ABC):
    """One rule, applied to the flat vector of all parameters, a block that fits the cache at a time.

    Attributes:
        lr: the learning rate; a scheduler may move it, and any other hyper-parameter, before every step.
        rate: lr times the factor of the block that `update` moves: the rate that it has to use. As the learning rate of
            a parameter group in PyTorch, it is that of the decay too.
        decay: the weight decay of the block that `update` moves: `weight_decay`, or 0.
        span: the number of the span, of `spans`, that the block lies in.
        weight_decay: of weights, and of all other parameters if `decay_bias_and_norm`.
        slots: what the optimizer remembers of every parameter, by name, vectors of the size of the parameters.
        steps: how many steps it has made.
        slot_names: the names of the slots.
        momentum_name: the hyper-parameter that a one-cycle schedule moves against the rate.
        has_momentum: whether that has an effect.
    """

    type_name: ClassVar[str]
    slot_names: ClassVar[tuple[str, ...]]
    momentum_name: ClassVar[str] = "momentum"
    has_momentum: ClassVar[bool] = True
    lr: float | None
    rate: float
    decay: float
    span: int
    weight_decay: float = 0.0
    decay_bias_and_norm: bool = False

    def allocate(
        self,
        size: int,
        dtype: np.dtype,
        zeros: Callable[[int, np.dtype], Array] = np.zeros,
        spans: Sequence[Span] = (),
    ) -> None:
        """Get ready for vectors of this size: all slots 0, no step made.

        Args:
            zeros: makes a slot.
            spans: how the parameters are learned, from the first to the last; all of them as plain weights if left out.
        """
        self.slots = {name: zeros(size, dtype) for name in self.slot_names}
        self.spans = self.lay_out(spans or (Span(size),))
        self.steps = 0
        self._scratch = np.empty(min(size, BLOCK), dtype)

    def step(self, values: Array, grads: Array, part: slice, sum: Callable[[Array], Array] = alone) -> None:
        """Move a part of the parameters.

        Args:
            values: all parameters, (size,).
            grads: the gradient of the part, (part.stop - part.start,).
            part: which part, so that processes can share the work.
            sum: adds up an array over all processes, each of which moves its part at the same time.
        """
        if self.lr is None:
            raise ConfigError(f"optimizer.lr: is missing: no scheduler sets the rate. Give {self.type_name} an lr.")
        self.steps += 1
        self.begin_step()
        self.measure(self._blocks(values, grads, part), sum)
        for block in self._blocks(values, grads, part):
            self.update(*block)

    def lay_out(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """The spans that a step goes through: neighbours that learn alike are one, so that there are few."""
        everything = self.decay_bias_and_norm or not self.weight_decay
        alike = groupby(spans, key=lambda span: (span.lr_factor, span.decays or everything, span.frozen))
        return tuple(Span(sum(span.size for span in run), *learned) for learned, run in alike)

    def _blocks(self, values: Array, grads: Array, part: slice) -> Iterator[Block]:
        """What `update` takes for each block of a part, whose rate and decay are set with it."""
        stop = 0
        for number, span in enumerate(self.spans):
            self.span = number
            self.rate, self.decay = self.lr * span.lr_factor, self.weight_decay if span.decays else 0.0
            start, stop = stop, stop + span.size
            last = start if span.frozen else min(stop, part.stop)
            for first in range(max(start, part.start), last, BLOCK):
                block = slice(first, min(first + BLOCK, last))
                grad = grads[block.start - part.start : block.stop - part.start]
                slots = (slot[block] for slot in self.slots.values())
                yield values[block], grad, self._scratch[: grad.size], *slots

    def begin_step(self) -> None:
        """Compute what is the same for all parameters."""

    def measure(self, blocks: Iterable[Block], sum: Callable[[Array], Array]) -> None:
        """Look at all parameters of the part before the first one moves.

        Args:
            blocks: what `update` takes for each of them.
            sum: adds up an array over all processes, which all of them have to call.
        """

    @abstractmethod
    def update(self, value: Array, grad: Array, scratch: Array, *slots: Array) -> None:
        """Move one block of the parameters in place, at the learning rate `rate`; grad must be left as it is."""

    @property
    def current_momentum(self) -> float | None:
        """How much of past gradients there is in a step; None where that is not a matter of one number."""
        return self.get("momentum") if self.has_momentum else None

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
