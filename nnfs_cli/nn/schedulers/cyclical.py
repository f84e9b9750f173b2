"""Cyclical: the rate goes up and down in straight lines, again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from nnfs_cli.nn.schedulers.base import PeakScheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import Fraction, LargestRate, PositiveFloat, ProperFraction
from nnfs_cli.registry import SCHEDULERS

GAMMA = 0.9999
Height = Callable[[int, int], float]
"""What the height of a triangle is multiplied by, for the number of its cycle, from 0, and the step."""


@SCHEDULERS.register("cyclical")
class Cyclical(PeakScheduler):
    """The rate goes from base_lr to max_lr and back in straight lines; the momentum, if it moves, against it.

    Smith 2017, arXiv:1506.01186, section 3: triangular, triangular2 (half as high in each cycle) and exp_range (gamma
    times as high in each step). Equal to PyTorch's CyclicLR with step_size_up = step_size epochs; there the momentum
    moves by default, between 0.8 and 0.9.

    Args:
        max_lr: the largest rate, above 0, or auto.
        base_lr: the smallest rate, above 0; max_lr / 4 if left out, as section 3.3 of the paper has it.
        step_size: how many epochs each way takes, half a cycle; at least a step. The paper advises 2 to 10.
        mode: triangular, triangular2 or exp_range.
        gamma: what the height is multiplied by in each step, in mode exp_range alone; there 0.9999 if left out.
        momentum: the smallest and the largest momentum (beta1 for Adam); null leaves it alone.
    """

    smallest = "base_lr"

    def __init__(
        self,
        max_lr: LargestRate,
        base_lr: PositiveFloat | None = None,
        step_size: PositiveFloat = 2.0,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: Fraction | None = None,
        momentum: tuple[ProperFraction, ProperFraction] | None = None,
    ):
        self.max_lr = max_lr
        self.base_lr = base_lr
        self.step_size = step_size
        self.mode = mode
        self.gamma = GAMMA if gamma is None and mode == "exp_range" else gamma
        self.momentum = momentum
        self.refuse_contradictions()

    def idle(self) -> Iterator[tuple[str, str]]:
        if self.gamma is not None and self.mode != "exp_range":
            yield "gamma", f"mode {self.mode} does not use it. Leave it out, or set mode: exp_range."

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        length, height = max(self.step_size * steps_per_epoch, 1.0), self._height
        base = self.peak / 4 if self.base_lr is None else self.base_lr
        curves = {"lr": Triangles(base, self.peak, length, height)}
        if self.momentum is not None:
            low, high = self.momentum
            curves["momentum"] = Triangles(high, low, length, height)
        return curves

    @property
    def _height(self) -> Height:
        gamma = self.gamma
        heights: dict[str, Height] = {
            "triangular": lambda cycle, step: 1.0,
            "triangular2": lambda cycle, step: 0.5**cycle,
            "exp_range": lambda cycle, step: gamma**step,
        }
        return heights[self.mode]


class Triangles(HyperParamScheduler):
    """From `base` to `top` in `length` steps, which may be a fraction, and back in as many, again and again."""

    def __init__(self, base: float, top: float, length: float, height: Height):
        super().__init__([Knot(0, base), Knot(length, top)])
        self._base, self._top, self._length, self._height = base, top, length, height

    def value(self, step: int) -> float:
        cycle, along = divmod(step, 2 * self._length)
        share = (1 - abs(along / self._length - 1)) * self._height(int(cycle), step)
        return self._base + (self._top - self._base) * share
