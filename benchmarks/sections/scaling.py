"""Scaling: at which sizes it pays to share a batch, and whether `auto` knows."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.commands import settings, train
from benchmarks.plan import Plan, need_mnist
from benchmarks.report import table_head, table_line

TITLE = "Scaling"
HEAD = "Samples per second of training, median; the last column compares what `auto` chose with the best.\n\n"
HEAD += table_head("784-width-10", "1 worker", "all workers", "gain", "`auto` chose", "which is of the best")
BATCHES, WIDTH = (16, 32, 64, 128, 256, 512, 1024), 512
WIDTHS, BATCH = (64, 128, 256, 512, 1024, 2048), 128
SIZES = (*((WIDTH, batch) for batch in BATCHES), *((width, BATCH) for width in WIDTHS))
EPOCHS_TIMES_WIDTH = 512


def measure(plan: Plan) -> Iterator[dict[str, Any]]:
    """An entry a width and batch size: the rates of every round by number of workers, and the number `auto` chose."""
    need_mnist()
    for width, batch in dict.fromkeys(SIZES):
        yield {"width": width, "batch": batch, **_one(width, batch, plan)}


def _one(width: int, batch: int, plan: Plan) -> dict[str, Any]:
    rates: dict[str, list[float]] = {str(workers): [] for workers in (1, plan.workers, "auto")}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(plan.rounds):
            for workers in rates:
                _, summary = train("mnist_fast.yaml", Path(folder), *_options(width, batch, workers))
                rates[workers].append(summary["samples_per_second"])
    return {"all": str(plan.workers), "rates": rates, "auto_chose": summary["workers"]}


def _options(width: int, batch: int, workers: str) -> list[str]:
    """One epoch of the widest, several of the narrow, so that all take about a second or more."""
    return settings(
        dataset__fallback="null",
        dataset__validation=0,
        model__layers__1__units=width,
        scheduler__max_lr=1e-3,
        training__batch_size=batch,
        training__epochs=max(1, EPOCHS_TIMES_WIDTH // width),
        training__workers=workers,
    )


def lines(entry: dict[str, Any]) -> str:
    """One line; the rates of `auto` count for the number that it chose, since they are the same program."""
    rates, chosen = dict(entry["rates"]), str(entry["auto_chose"])
    rates[chosen] = [*rates.get(chosen, []), *rates.pop("auto")]
    median = {workers: statistics.median(some) for workers, some in rates.items()}
    one, all_of_them = median["1"], median[entry["all"]]
    return table_line(
        f"width {entry['width']}, batch {entry['batch']}",
        f"{one:,.0f}",
        f"{all_of_them:,.0f}",
        f"{all_of_them / one:.2f}",
        chosen,
        f"{100 * median[chosen] / max(median.values()):.0f} %",
    )
