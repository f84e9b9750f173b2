"""Sequential: several schedulers, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

from annotated_types import MinLen

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import InnerFraction, Means
from nnfs_cli.registry import SCHEDULERS, Members
from nnfs_cli.text import counted

Schedulers = Annotated[tuple[Scheduler, ...], MinLen(1), Members(SCHEDULERS), Means("a list of at least one scheduler")]
Milestones = Annotated[
    tuple[InnerFraction, ...], Means("a list of shares of the steps, between 0 and 1, such as [0.1]")
]

NOMINAL, LITTLE = 1000, 1e-5
"""Steps of the one epoch that a schedule is looked at for, and the share of its largest rate that is none."""


@SCHEDULERS.register("sequential")
class SequentialScheduler(Scheduler):
    """Each scheduler moves its part of the steps, as if it were a training of its own; `constant` holds what is there.

    What a scheduler does not move stays where the one before it left it; before the first that moves it, it has the
    value that this one begins with. PyTorch's SequentialLR, with shares of the steps for milestones.

    Args:
        schedulers: in their order; any but plateau, which has a warmup of its own.
        milestones: the shares of all steps after which the second and each further scheduler begins, to the nearest
            step.
    """

    def __init__(self, schedulers: Schedulers, milestones: Milestones = ()):
        if problems := [*_problems(schedulers, milestones)]:
            raise ConfigError(*problems)
        self.schedulers = schedulers
        self.milestones = milestones

    @property
    def is_open(self) -> bool:
        return any(part.is_open for part in self.schedulers)

    def settled(self, rate: float) -> Scheduler:
        return type(self)([part.settled(rate) for part in self.schedulers], self.milestones)

    def contradictions(self, found: float | None = None) -> Iterator[tuple[str, str]]:
        yield from self._of_parts(lambda part: part.contradictions(found))

    def idle(self) -> Iterator[tuple[str, str]]:
        yield from self._of_parts(lambda part: part.idle())
        for number, (before, part) in enumerate(pairwise(self.schedulers), start=1):
            if before.sets_lr and not part.sets_lr:
                rate = before.settled(1.0).plan(NOMINAL, NOMINAL)["lr"]
                first, last = rate.value(rate.top(NOMINAL)), rate.value(NOMINAL - 1)
                if last < LITTLE * first:
                    yield (
                        f"schedulers[{number}]",
                        f"constant holds the rate that {before.type_name} ends with, which is next to nothing. End "
                        "with a scheduler that sets a rate.",
                    )

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        turns = [0, *(round(share * steps) for share in self.milestones), steps]
        spans = [range(begin, max(end, begin + 1)) for begin, end in pairwise(turns)]
        plans = [part.plan(len(span), steps_per_epoch) for part, span in zip(self.schedulers, spans, strict=True)]
        names, planned = dict.fromkeys(name for plan in plans for name in plan), [*zip(spans, plans, strict=True)]
        return {name: Chain([(span, plan[name]) for span, plan in planned if name in plan]) for name in names}

    def _of_parts(self, told: Callable[[Scheduler], Iterator[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
        """What the schedulers tell of their keys, each key with its place."""
        for number, part in enumerate(self.schedulers):
            for key, sentence in told(part):
                yield f"schedulers[{number}].{key}", sentence


class Chain(HyperParamScheduler):
    """Curves one after the other, each over its steps; between two of them, and beyond, the value stays."""

    def __init__(self, curves: Sequence[tuple[range, HyperParamScheduler]]):
        super().__init__([Knot(span.start, curve.value(0)) for span, curve in curves])
        self._curves = curves

    def value(self, step: int) -> float:
        begun = [(span, curve) for span, curve in self._curves if span.start <= step]
        span, curve = begun[-1] if begun else self._curves[0]
        return curve.value(min(max(step, span.start), span[-1]) - span.start)


def _problems(schedulers: Sequence[Scheduler], milestones: Sequence[float]) -> Iterator[str]:
    """Why the schedulers cannot follow each other at these milestones."""
    wanted, given = len(schedulers) - 1, len(milestones)
    if given != wanted:
        yield (
            f"milestones: {counted(len(schedulers), 'scheduler')} in turn take {counted(wanted, 'milestone')}, got "
            f"{given}. Give the share of the steps at which each but the first begins."
        )
    if any(later <= earlier for earlier, later in pairwise(milestones)):
        yield f"milestones: each must be above the one before, got {[*milestones]}."
    for number, part in enumerate(schedulers):
        if part.follows_figures:
            yield (
                f"schedulers[{number}]: {part.type_name} follows what is measured, not a plan. Use it alone; it has a "
                "warmup of its own."
            )
    if not any(part.sets_lr for part in schedulers):
        yield "schedulers: none of them sets the rate. Use scheduler: constant, and optimizer.lr."
