"""Cases: what a training and its answers can be made of, and the few combinations that are tried."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.answers.covering import covering_array

FACTORS = {
    "source": ("npz", "npy", "csv", "images", "idx"),
    "examples": (257, 1, 255, 256, 1000),
    "workers": (1, 2),
    "task": ("2 classes", "10 classes", "1 value", "3 values"),
    "standardize": (True, False),
    "target_transform": ("standardize", "none"),
    "way": ("function", "python", "process"),
    "dtype": ("float32", "float64"),
    "form": ("csv", "jsonl", "npy"),
}
"""The cheapest value of each comes first."""
OF_A_PROCESS = 4
"""Starting the program takes longer than all else."""


@dataclass(frozen=True)
class Case:
    """One way to train a network and to ask it.

    Attributes:
        source: where examples come from: arrays of numbers (npz) or of pixels (npy), tables, pictures, IDX files.
        examples: of each split; a training split of classes has at least two of each.
        way: who is asked in the end: a command in this process, `Model` in Python, or a command in its own process.
        form: how `predict` writes its answers.
    """

    source: str
    examples: int
    workers: int
    task: str
    standardize: bool
    target_transform: str
    way: str
    dtype: str
    form: str

    def __str__(self) -> str:
        scaled = "standardized" if self.standardize else "as it is"
        target = "" if self.classes else f"-target {self.target_transform}"
        return (
            f"{self.source}-{self.examples}-{self.task}{target}-{scaled}-{self.workers} workers"
            f"-{self.way}-{self.dtype}-{self.form}"
        )

    @property
    def classes(self) -> bool:
        """Whether the task is a classification."""
        return "class" in self.task

    @property
    def outputs(self) -> int:
        """The number of classes or values."""
        return int(self.task.split()[0])

    @property
    def epochs(self) -> int:
        """Two, or one where there is much to do."""
        return 1 if self.examples == 1000 else 2

    @property
    def rate(self) -> float:
        """The largest one; 784 pixels at once take small steps."""
        return 0.002 if self.source == "idx" else 0.02

    @property
    def layers(self) -> list[Any]:
        """The network, as the configuration lists its layers."""
        head = [{"type": "dense", "units": 8}, "relu", {"type": "dense", "units": self.outputs}]
        if self.source == "images":
            return [{"type": "conv2d", "filters": 2, "kernel_size": 3}, "relu", "max_pool2d", "flatten", head[-1]]
        return ["flatten", *head] if self.source in ("npy", "idx") else head

    def config(self, dataset: dict[str, Any]) -> str:
        """The text of the configuration; JSON is YAML."""
        extra = {} if self.classes else {"target_transform": self.target_transform}
        cycle = {"optimizer": {"type": "adam"}, "scheduler": {"type": "one_cycle", "max_lr": self.rate}}
        constant = {"optimizer": {"type": "adam", "lr": self.rate}}
        settings = {
            "seed": 3,
            "dataset": {**dataset, "standardize": self.standardize, **extra},
            "model": {"layers": self.layers},
            "loss": "cross_entropy" if self.classes else "mse",
            **(cycle if self.standardize else constant),
            "training": {
                "epochs": self.epochs,
                "batch_size": 32,
                "workers": self.workers,
                "dtype": self.dtype,
                "monitor": "val_loss",
            },
        }
        return "".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items())


def allowed(source: str, task: str, target_transform: str, **_: Any) -> bool:
    """Pictures have classes, the IDX data sets ten of them, and only values can be transformed."""
    if source == "idx" and task != "10 classes":
        return False
    classes = "class" in task
    return (classes or source != "images") and (not classes or target_transform == "standardize")


def tried() -> list[Case]:
    """Few cases that meet every possible pair of values."""
    array = covering_array(FACTORS, allowed, cost=lambda choice: OF_A_PROCESS * ("process" in choice))
    return [Case(*choice) for choice in array]  # type: ignore[arg-type]


CASES = tried()
