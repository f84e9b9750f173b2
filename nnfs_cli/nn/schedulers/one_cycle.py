"""One-cycle: the rate climbs to its largest value and falls far below its first, momentum moves against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from nnfs_cli.nn.schedulers.base import PeakScheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import LARGEST_NUMBER, Fraction, LargestRate, PositiveFloat, ProperFraction
from nnfs_cli.registry import SCHEDULERS


class Turns(NamedTuple):
    """The steps at which the rate is largest, is the first rate again (in three phases), and is the end rate."""

    top: float
    back: float
    end: float


def shares(pct_start: float, steps: int) -> Turns:
    """Shares of all steps; the end comes with the step after the last, as in fastai 2."""
    top = pct_start * steps
    return Turns(top, min(2 * top, steps), steps)


def whole_steps(pct_start: float, steps: int) -> Turns:
    """Phases of whole steps, each of one at least, as in fastai 1."""
    up = int(pct_start * steps)
    top = max(up, 1)
    end = top + max(steps - up, 1)
    return Turns(top, min(2 * top, end), end)


def last_steps(pct_start: float, steps: int) -> Turns:
    """The last step of each phase, as in PyTorch: one of less than a step is passed over, and the next begins early.

    With three phases and more than half of the steps before the largest rate, the end rate is never reached.
    """
    top = pct_start * steps - 1
    return Turns(top, 2 * top, steps - 1)


@dataclass(frozen=True)
class Style:
    """What a publication calls one-cycle.

    `turns` says at which steps the ways end. `end_of` is the rate that the end rate is a part of.
    """

    pct_start: float
    final_div_factor: float
    anneal: Literal["cos", "linear"]
    div_factor: float = 25.0
    three_phase: bool = False
    end_of: Literal["initial", "max"] = "initial"
    turns: Callable[[float, int], Turns] = shares


STYLES = {
    "smith": Style(0.45, 100.0, "linear", div_factor=10.0, three_phase=True),
    "fastai1": Style(0.3, 1e4, "cos", turns=whole_steps),
    "fastai2": Style(0.25, 1e5, "cos", end_of="max"),
    "torch": Style(0.3, 1e4, "cos", turns=last_steps),
}


@SCHEDULERS.register("one_cycle")
class OneCycle(PeakScheduler):
    """The rate goes from max_lr / div_factor up to max_lr, then far down; the momentum goes down, then up again.

    With three phases the way down stops at the first rate after as many steps as the way up took, then goes on to the
    end rate while the momentum stays. L. Smith, arXiv:1708.07120 and 1803.09820. Equal to PyTorch's OneCycleLR by
    default; a style picks the published values of another source, and keys given beside it win.

    Args:
        max_lr: the largest rate, above 0, or auto.
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
        max_lr: LargestRate,
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
        self.refuse_contradictions()

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        first, end = (min(rate, LARGEST_NUMBER) for rate in (self.peak / self.div_factor, self._end()))
        if self.momentum is None:
            return {"lr": self._curve(steps, first, self.peak, end)}
        low, high = self.momentum
        return {"lr": self._curve(steps, first, self.peak, end), "momentum": self._curve(steps, high, low, high)}

    def _end(self) -> float:
        whole = self.peak if STYLES[self.style].end_of == "max" else self.peak / self.div_factor
        return whole / self.final_div_factor

    def _curve(self, steps: int, first: float, top: float, end: float) -> HyperParamScheduler:
        turns = STYLES[self.style].turns(self.pct_start, steps)
        knots = [Knot(0, first), Knot(turns.top, top, self.anneal)]
        if self.three_phase:
            knots.append(Knot(turns.back, first, self.anneal))
        return HyperParamScheduler([*knots, Knot(turns.end, end, self.anneal)])
