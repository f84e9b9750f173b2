"""Expected: all answers and figures of a trained network, from its weights and the sample alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.answers.cases import Case
from tests.answers.independent import figures
from tests.answers.independent.network import embedded, embeddings_in, scores_of, softmax, weights_in
from tests.answers.independent.preparation import input_scale, medians, target_scale
from tests.answers.samples import Sample

TOLERANCE = {"float32": 2e-5, "float64": 1e-8}
"""Of the arithmetic of the program, from the same in double precision."""


class Expected:
    """What the program must say.

    Args:
        case: how it was trained.
        sample: what it was trained on.
        checkpoint: whose weights answer.
    """

    def __init__(self, case: Case, sample: Sample, checkpoint: Path):
        self.case, self.sample = case, sample
        self.weights, self.tables = weights_in(checkpoint), embeddings_in(checkpoint)
        self.tolerance = TOLERANCE[case.dtype]
        self.fill = medians(sample.x["train"])
        self.inputs = input_scale(self.filled("train"), standardize=case.standardize, plain=sample.plain)
        if case.classes:
            self.unit: Any = 1.0
        else:
            self.targets = target_scale(sample.y["train"], standardize=case.target_transform == "standardize")
            self.unit = self.targets.deviation

    def scores(self, split: str) -> np.ndarray:
        """The output of the network, (N, outputs)."""
        x = self.filled(split)
        scaled = self.inputs.apply(x.astype(np.float64))
        return scores_of(self.case.layers, self.weights, embedded(scaled, x, self.sample.embedded, self.tables))

    def filled(self, split: str) -> np.ndarray:
        """The examples of a split, with the median of the training split for a missing number."""
        x = self.sample.x[split]
        return x if x.dtype == np.uint8 or x.ndim > 2 else np.where(np.isnan(x), self.fill, x)

    def answers(self, split: str) -> np.ndarray:
        """Probabilities of the classes or values in their own units, (N, outputs)."""
        scores = self.scores(split)
        return softmax(scores) if self.case.classes else self.targets.undo(scores)

    def figures(self, split: str) -> dict[str, float | None]:
        """The loss and the metrics of a split; the loss is that of the scaled target."""
        y = self.sample.y[split]
        if self.case.classes:
            return figures.of_classes(self.scores(split), y)
        loss = float(np.mean((self.scores(split) - self.targets.apply(y)) ** 2))
        return {"loss": loss, **figures.of_values(self.answers(split), y)}

    def metrics(self, split: str) -> dict[str, float | None]:
        """Those of them that every epoch tells."""
        names = ("loss", "accuracy") if self.case.classes else ("loss", "rmse", "r2")
        return {name: value for name, value in self.figures(split).items() if name in names}

    def report(self, split: str) -> tuple[list[dict[str, Any]], list[list[int]]]:
        """The rows of all classes, and the confusion matrix."""
        counts = figures.confusion(self.scores(split), self.sample.y[split])
        return figures.class_rows(counts, self.sample.classes or ()), counts

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(array.size for array in (*self.weights.values(), *self.tables.values()))
