"""Report: figures as Markdown that people can read and keep."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.environment import openblas_variables
from benchmarks.limit import Rate
from nnfs_cli.runs.machine import describe


def machine_lines(rates: Sequence[Rate], workers: int) -> list[str]:
    """Where the figures were measured, and how fast one thread multiplies matrices there.

    Args:
        rates: with the OPENBLAS variables unset; if any are set, with them as well.
        workers: of this program.
    """
    machine = describe()
    lines = [
        f"- {machine['processor']}, {machine['cores']} cores; Python {machine['versions']['python']}, NumPy "
        f"{machine['versions']['numpy']} with {machine['blas']['name']} {machine['blas']['version']}",
        f"- nnfs {machine['versions']['nnfs']}, commit {machine['git_commit']}; workers at most {workers}, "
        f"BLAS threads of each {rates[0].threads}",
    ]
    names = ("OPENBLAS_* unset", " ".join(f"{name}={value}" for name, value in openblas_variables().items()))
    for name, rate in zip(names, rates, strict=False):
        gflops = 2 * rate.multiply_adds / 1e9
        lines.append(f"- {name}: {rate.kernels} kernels, matrix products of one thread {gflops:.0f} GFLOP/s")
    return lines


def table_head(*columns: str) -> str:
    """The head of a table; the first column holds words, the others numbers."""
    return f"{table_line(*columns)}\n|---|{'---:|' * (len(columns) - 1)}"


def table_line(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, least and most."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}
