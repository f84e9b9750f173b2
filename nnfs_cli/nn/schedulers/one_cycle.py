"""One-cycle: the rate climbs to its largest value and falls far below its first, momentum moves against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import LARGEST_NUMBER, Fraction, PositiveFloat, ProperFraction
from nnfs_cli.registry import SCHEDULERS


@dataclass(frozen=True)
class Style:
    """What a publication calls one-cycle.

    `last` is the step at which the end rate is reached, counted from the end of training: PyTorch makes the last
    step reach it, the others the step after. `end_of` is the rate that the end rate is a part of.
    """

    pct_start: float
    final_div_factor: float
    anneal: Literal["cos", "linear"]
    div_factor: float = 25.0
    three_phase: bool = False
    end_of: Literal["initial", "max"] = "initial"
    last: int = 0


STYLES = {
    "smith": Style(0.45, 100.0, "linear", div_factor=10.0, three_phase=True),
    "fastai1": Style(0.3, 1e4, "cos"),
    "fastai2": Style(0.25, 1e5, "cos", end_of="max"),
    "torch": Style(0.3, 1e4, "cos", last=1),
}


@SCHEDULERS.register("one_cycle")
class OneCycle(Scheduler):
    """The rate goes from max_lr / div_factor up to max_lr, then far down; the momentum goes down, then up again.

    With three phases the way down stops at the first rate after as many steps as the way up took, then goes on to the
    end rate while the momentum stays. L. Smith, arXiv:1708.07120 and 1803.09820. Equal to PyTorch's OneCycleLR by
    default; a style picks the published values of another source, and keys given beside it win.

    Args:
        max_lr: the largest rate, above 0.
        pct_start: share of the steps until the largest rate, from 0 to 1; 0.3 in style torch.
        div_factor: the first rate is max_lr / div_factor; 25 in style torch.
        final_div_factor: the end rate is the first rate (in fastai2: max_lr) / final_div_factor; 1e4 in style torch.
        anneal: the shape of each way, half a cosine wave (cos, as in style torch) or a straight line (linear).
        three_phase: stop at the first rate on the way down; false in style torch.
        momentum: the smallest and the largest momentum (beta1 for Adam); null leaves it alone.
        style: where values that are not given come from: smith, fastai1, fastai2 or torch.
    """

    def __init__(
        self,
        max_lr: PositiveFloat,
        pct_start: Fraction | None = None,
        div_factor: PositiveFloat | None = None,
        final_div_factor: PositiveFloat | None = None,
        anneal: Literal["cos", "linear"] | None = None,
        three_phase: bool | None = None,
        momentum: tuple[ProperFraction, ProperFraction] | None = (0.85, 0.95),
        style: Literal["smith", "fastai1", "fastai2", "torch"] = "torch",
    ):
        published = STYLES[style]
        self.max_lr = max_lr
        self.pct_start = published.pct_start if pct_start is None else pct_start
        self.div_factor = published.div_factor if div_factor is None else div_factor
        self.final_div_factor = published.final_div_factor if final_div_factor is None else final_div_factor
        self.anneal = published.anneal if anneal is None else anneal
        self.three_phase = published.three_phase if three_phase is None else three_phase
        self.momentum = momentum
        self.style = style

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        first, end = (min(rate, LARGEST_NUMBER) for rate in (self.max_lr / self.div_factor, self._end()))
        if self.momentum is None:
            return {"lr": self._curve(steps, first, self.max_lr, end)}
        low, high = self.momentum
        return {"lr": self._curve(steps, first, self.max_lr, end), "momentum": self._curve(steps, high, low, high)}

    def _end(self) -> float:
        whole = self.max_lr if STYLES[self.style].end_of == "max" else self.max_lr / self.div_factor
        return whole / self.final_div_factor

    def _curve(self, steps: int, first: float, top: float, end: float) -> HyperParamScheduler:
        before = STYLES[self.style].last
        last, up = steps - before, max(self.pct_start * steps - before, 0)
        knots = [Knot(0, first), Knot(up, top, self.anneal)]
        if self.three_phase:
            knots.append(Knot(min(2 * up, last), first, self.anneal))
        return HyperParamScheduler([*knots, Knot(last, end, self.anneal)])
