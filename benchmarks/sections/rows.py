"""Rows: the same networks, trained by this program and by its peers in turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.compare import compare
from benchmarks.limit import matrix_rates, share_of_limit
from benchmarks.plan import Plan, Skipped, need_mnist
from benchmarks.report import table_head, table_line
from benchmarks.workloads import WORKLOADS, Workload

TITLE = "Speed, side by side with others"
HEAD = "Samples per second of training. The ratio says, round by round, how many times faster the first line is."
COLUMNS = ("", "samples/s, median", "the first is faster by (min to max)", "peak memory")


def measure(plan: Plan) -> Iterator[dict[str, Any]]:
    """An entry a row: every contender's rates and memory."""
    rate = matrix_rates()[0].multiply_adds
    for workload in WORKLOADS:
        if workload.letter in plan.rows:
            yield {"row": workload.letter, "title": workload.title, **_row(workload, plan, rate)}


def _row(workload: Workload, plan: Plan, rate: float) -> dict[str, Any]:
    try:
        if workload.data == "mnist":
            need_mnist()
    except Skipped as reason:
        return {"skipped": str(reason)}
    contenders = compare(workload, plan)
    share = share_of_limit(workload, contenders[0]["median"], rate, plan.workers)
    return {"contenders": contenders, "share_of_limit": share}


def lines(entry: dict[str, Any]) -> str:
    """A heading, a table, and how far it is to the limit."""
    heading = f"\n### {entry['row']}: {entry['title']}\n"
    if "skipped" in entry:
        return f"{heading}\nskipped: {entry['skipped']}"
    table = [table_head(*COLUMNS), *map(_contender_line, entry["contenders"])]
    share = f"Matrix products alone would take {100 * entry['share_of_limit']:.0f} % of the time of the first line."
    return "\n".join([heading, *table, "", share])


def _contender_line(one: dict[str, Any]) -> str:
    ratio = one["ratio"]
    faster = f"{ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})"
    words = f"{one['name']} ({one['description']})"
    return table_line(words, f"{one['median']:,.0f}", faster, f"{one['peak_mib']:.0f} MiB")
