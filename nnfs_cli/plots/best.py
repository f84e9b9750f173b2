"""Best: the epoch whose checkpoint is kept as the best one, in the panels of its metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from matplotlib.axes import Axes

from nnfs_cli.plots import style

PANELS = ("loss", "accuracy", "r2")
SPLITS = {"train": "training", "val": "validation"}


class Best(NamedTuple):
    """An epoch: what it was judged by, such as "val_loss", and its row of metrics.csv."""

    monitor: str
    row: Mapping[str, Any]

    def mark(self, axes: Axes, metric: str, words: Callable[[float], str], scale: float = 1.0) -> None:
        """Say at the head of the panel of a metric what the epoch reached; ring it where it was judged by that."""
        split, judged = self.monitor.split("_", 1)
        value = self.row[f"{split}_{metric}"]
        if value is None:
            return
        axes.set_title(
            f"best epoch, {self.row['epoch']}: {SPLITS[split]} {words(scale * value)}", loc="right", **style.ASIDE
        )
        if metric == (judged if judged in PANELS else "loss"):
            ring = {"color": style.INK, "fillstyle": "none", "markersize": 10}
            axes.plot(self.row["step"], scale * value, "o", label="best epoch", **ring)
