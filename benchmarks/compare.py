"""Compare: everybody in turns, so that a noisy machine is noisy for all."""

from __future__ import annotations

import contextlib
import statistics
from typing import Any

from benchmarks.contender import Contender, start_all
from benchmarks.plan import Plan
from benchmarks.report import spread
from benchmarks.workloads import Workload


def compare(workload: Workload, plan: Plan) -> list[dict[str, Any]]:
    """The figures of every contender in one row, and how many times faster than each the first one is."""
    with contextlib.ExitStack() as stack:
        contenders = []
        for contender in start_all(workload, plan):
            stack.callback(contender.stop)
            contenders.append(contender)
        for contender in contenders:
            contender.warm_up(max(1, workload.steps // 4))
        for _ in range(plan.rounds):
            for contender in contenders:
                contender.measure(workload.steps)
    return [_figures(contender, contenders[0]) for contender in contenders]


def _figures(contender: Contender, first: Contender) -> dict[str, Any]:
    """Of one contender; the ratios are taken round by round."""
    return {
        "name": contender.name,
        "description": contender.description,
        "rates": contender.rates,
        "median": statistics.median(contender.rates),
        "ratio": spread([ours / theirs for ours, theirs in zip(first.rates, contender.rates, strict=True)]),
        "peak_mib": contender.peak_mib,
    }
