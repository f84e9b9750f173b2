"""Report: figures as Markdown that people can read and keep."""

from __future__ import annotations

from typing import Any

from benchmarks.workloads import Workload
from nnfs_cli.runs.machine import describe


def machine_lines(matrix_rate: float) -> list[str]:
    """Where the figures were measured, and how fast one thread multiplies matrices there."""
    machine = describe()
    variables = {name: value for name, value in machine["blas"]["environment"].items() if name.startswith("OPENBLAS")}
    return [
        f"{machine['processor']}, {machine['cores']} cores, NumPy {machine['versions']['numpy']} with "
        f"{machine['blas']['name']} {machine['blas']['version']}, Python {machine['versions']['python']}",
        f"matrix products of one thread: {2 * matrix_rate / 1e9:.0f} GFLOP/s",
        f"OPENBLAS variables: {variables or 'none'}",
    ]


def heading(workload: Workload) -> str:
    """The title of a row."""
    return f"### {workload.letter}: {workload.title}"


def row_table(row: dict[str, Any]) -> str:
    """A table of one row: the ratio says how many times faster the first line is."""
    lines = ["| | samples/s, median | first line is faster by (min to max) | peak memory |", "|---|---:|---:|---:|"]
    for one in row["contenders"]:
        ratio = one["ratio"]
        spread = f"{ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})"
        lines.append(
            f"| {one['name']}: {one['description']} | {one['median']:,.0f} | {spread} | {one['peak_mib']:.0f} MiB |"
        )
    lines.append(
        f"\nMatrix products alone would take {100 * row['share_of_limit']:.0f} % of the time of the first line."
    )
    return "\n".join(lines)
