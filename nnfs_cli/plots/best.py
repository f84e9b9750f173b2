"""Best: the epoch whose checkpoint is kept as the best one, in the panels of its metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from matplotlib.axes import Axes

from nnfs_cli.plots import style

SPLITS = {"train": "training", "val": "validation"}


class Best(NamedTuple):
    """The epoch of the best checkpoint.

    Attributes:
        split, figure: what it was judged by, such as "val" and "loss".
        row: its row of metrics.csv.
    """

    split: str
    figure: str
    row: Mapping[str, Any]

    def mark(self, axes: Axes, figure: str, words: Callable[[float], str], *, ringed: bool, scale: float = 1.0) -> None:
        """Say at the head of the panel of a figure what the epoch reached; ring it where it was judged by that."""
        value = self.row[f"{self.split}_{figure}"]
        if value is None:
            return
        axes.set_title(
            f"best epoch, {self.row['epoch']}: {SPLITS[self.split]} {words(scale * value)}", loc="right", **style.ASIDE
        )
        if ringed:
            ring = {"color": style.INK, "fillstyle": "none", "markersize": 10}
            axes.plot(self.row["step"], scale * value, "o", label="best epoch", **ring)
