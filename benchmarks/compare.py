"""Compare: everybody in turns, so that a noisy machine is noisy for all."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from benchmarks.contender import start_all
from benchmarks.limit import share_of_limit
from benchmarks.workloads import Workload


def compare(
    workload: Workload, peers: Sequence[str], peer_python: str, cores: int, rounds: int, matrix_rate: float
) -> dict[str, Any]:
    """The figures of one row: rates of every contender, and how many times faster the first of this program is."""
    contenders = list(start_all(workload, peers, peer_python, cores))
    try:
        for contender in contenders:
            contender.train(max(1, workload.steps // 4))
        for _ in range(rounds):
            for contender in contenders:
                contender.rates.append(contender.train(workload.steps))
    finally:
        for contender in contenders:
            contender.stop()
    ours = contenders[0].rates
    return {
        "row": workload.letter,
        "contenders": [
            {
                "name": contender.name,
                "description": contender.description,
                "rates": contender.rates,
                "median": statistics.median(contender.rates),
                "ratio": _ratio(ours, contender.rates),
                "peak_mib": contender.peak_mib,
            }
            for contender in contenders
        ],
        "share_of_limit": share_of_limit(workload, statistics.median(ours), matrix_rate, cores),
    }


def _ratio(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """How many times faster we are, round by round: median, least and most."""
    ratios = [own / other for own, other in zip(ours, theirs, strict=True)]
    return {"median": statistics.median(ratios), "min": min(ratios), "max": max(ratios)}
