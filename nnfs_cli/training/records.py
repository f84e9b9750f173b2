"""Records: what a training tells while it works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from nnfs_cli.nn.metrics.base import Metric
from nnfs_cli.registry import METRICS

Row = dict[str, int | float | None]
LOSS = "loss"


class Monitor(NamedTuple):
    """What an epoch is judged by: the loss or a metric of a split, "train" or "val"."""

    split: str
    figure: str

    @classmethod
    def parse(cls, text: str) -> Monitor:
        """As a configuration writes it, such as "val_loss"."""
        return cls(*text.split("_", 1))

    @property
    def column(self) -> str:
        """Its column in metrics.csv."""
        return f"{self.split}_{self.figure}"

    @property
    def higher_is_better(self) -> bool:
        """Whether a larger value is the better one."""
        return self.figure != LOSS and METRICS[self.figure].higher_is_better

    def among(self, row: Mapping[str, Any]) -> Monitor:
        """The same of the training split, where the row of an epoch says that no example is held out."""
        return self._replace(split="train") if row[f"val_{LOSS}"] is None else self


def epoch_columns(metrics: Iterable[Metric]) -> tuple[str, ...]:
    """The columns of metrics.csv, for a training that measures these metrics beside the loss."""
    measured = [f"{split}_{name}" for name in (LOSS, *(m.type_name for m in metrics)) for split in ("train", "val")]
    return ("epoch", "step", *measured, "lr", "momentum", "seconds", "samples_per_second")


class StepDone(NamedTuple):
    """One optimizer step, counted from 1; loss is the mean over its batch, before the step; momentum if it has one."""

    step: int
    epoch: int
    loss: float
    lr: float
    momentum: float | None
    examples: int


@dataclass(frozen=True)
class EpochDone:
    """The end of an epoch.

    Attributes:
        row: the row of metrics.csv; None where there was nothing to measure.
        best: whether the monitored metric has never been better.
    """

    row: Row
    best: bool
