"""EpochTable: a line for each epoch, in the columns that say something, within 80 characters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nnfs_cli.cli import terminal

if TYPE_CHECKING:
    from nnfs_cli.nn.metrics.base import Metric

WIDEST_EPOCH = 9
LONGEST_FIGURE = 8
SHORT = 3


class EpochTable:
    """What is shown of the rows of metrics.csv.

    Args:
        epochs: how many there will be.
        metric: the one beside the loss, or its kind; None if the loss is all that is measured.
        validated: whether there is a validation split; its columns are left out otherwise.
    """

    def __init__(self, epochs: int, metric: Metric | type[Metric] | None, *, validated: bool):
        self._epochs, self._metric = epochs, metric
        self._splits = ("train", "val") if validated else ("train",)
        self._widest = WIDEST_EPOCH - (metric is not None and len(metric.short) > SHORT)
        self._widths = [max(5, min(len(f"{epochs}/{epochs}"), self._widest))]
        for split in self._splits:
            self._widths.append(len(f"{split} loss") + (split == "val"))
            if metric is not None:
                self._widths.append(max(LONGEST_FIGURE, len(f"{split} {metric.short}")))
        self._widths += [8, 9, 4]

    def head(self) -> str:
        """The names of the columns."""
        return self._line("epoch", self._names, "lr", "samples/s", "")

    def line(self, row: dict[str, Any], *, best: bool) -> str:
        """One epoch.

        Args:
            row: of metrics.csv.
            best: whether its checkpoint is the best so far.
        """
        return self._line(
            self._epoch(row["epoch"]),
            lambda split: self._figures(row, split),
            f"{row['lr']:.2e}",
            f"{row['samples_per_second']:,.0f}",
            "best" if best else "",
        )

    def _names(self, split: str) -> tuple[str, ...]:
        short = () if self._metric is None else (f"{split} {self._metric.short}",)
        return f"{split} loss", *short

    def _figures(self, row: dict[str, Any], split: str) -> tuple[str, ...]:
        loss, metric = terminal.number(row[f"{split}_loss"]), self._metric
        if metric is None:
            return (loss,)
        return loss, (terminal.percent if metric.is_share else figure)(row[f"{split}_{metric.type_name}"])

    def _epoch(self, number: int) -> str:
        counted = f"{number}/{self._epochs}"
        return counted if len(counted) <= self._widest else str(number)

    def _line(self, epoch: str, of_split: Callable[[str], tuple[str, ...]], *rest: str) -> str:
        cells = (epoch, *(cell for split in self._splits for cell in of_split(split)), *rest)
        return "  ".join(cell.rjust(width) for cell, width in zip(cells, self._widths, strict=True)).rstrip()


def figure(value: float | None) -> str:
    """A metric that is no share, with four decimal places as long as it is that short; a dash for none."""
    return f"{value:.4f}" if value is not None and abs(value) < 100 else terminal.number(value, 2)
