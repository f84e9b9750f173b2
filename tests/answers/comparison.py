"""Comparison: everything that the commands say of one trained network, against what was computed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli import Model
from tests.answers.asking import Ask, answers_in, json_of, records_in, table_of
from tests.answers.cases import Case
from tests.answers.differences import Differences
from tests.answers.expected import Expected
from tests.answers.independent.schedule import one_cycle
from tests.answers.samples import Sample, half_files, row_files

PRINTED = 6e-6
"""Answers in text have six digits."""


class Comparison:
    """One case, trained; every method adds what is wrong to `found`.

    Args:
        ask: runs a command.
        folder: where the files are.
    """

    def __init__(self, case: Case, sample: Sample, ask: Ask, folder: Path):
        self.case, self.sample, self.folder, self.found = case, sample, folder, Differences()
        self.ask = lambda *words, **more: ask(*words, process=case.way == "process", **more)
        self.quick = ask
        (folder / "case.yaml").write_text(case.config(sample.dataset))
        self.trained = json_of(self.ask("train", "case.yaml", "--name", "run", "--json", "--quiet"))
        self.run = folder / "runs" / "run"
        self.best = Expected(case, sample, self.run / "checkpoints" / "best.safetensors")
        self.last = Expected(case, sample, self.run / "checkpoints" / "last.safetensors")

    def training(self) -> None:
        """What `train --json`, summary.json, metrics.csv and steps.csv say."""
        metrics, steps = table_of(self.run / "metrics.csv"), table_of(self.run / "steps.csv")
        examples, case, found = len(self.sample.x["train"]), self.case, self.found
        sizes = [min(32, examples - start) for start in range(0, examples, 32)]
        made = case.epochs * len(sizes)
        found.equal("epochs", [row["epoch"] for row in metrics], list(range(1, case.epochs + 1)))
        found.equal("steps", [row["step"] for row in steps], list(range(1, made + 1)))
        found.equal("epoch of steps", [row["epoch"] for row in steps], [1 + k // len(sizes) for k in range(made)])
        held = [name for name in ("train", "validation") if name in self.sample.x][-1]
        monitor = "val_loss" if held == "validation" else "train_loss"
        best = min(metrics, key=lambda row: row[monitor])
        if held == "validation":
            for row, expected in ((best, self.best), (metrics[-1], self.last)):
                wanted = {f"val_{name}": value for name, value in expected.metrics(held).items()}
                unit = float(np.max(expected.unit))
                found.numbers(f"metrics.csv epoch {row['epoch']:.0f}", row, wanted, expected.tolerance, unit)
        self._schedule(metrics, steps, made, len(sizes))
        for epoch, row in enumerate(metrics):
            losses = [step["loss"] for step in steps[epoch * len(sizes) : (epoch + 1) * len(sizes)]]
            mean = float(np.dot(losses, sizes) / examples)
            found.number(f"train_loss of epoch {epoch + 1}", row["train_loss"], mean, 1e-9)
        self._summaries(metrics, best, monitor, made)

    def _schedule(self, metrics: list[dict], steps: list[dict], made: int, an_epoch: int) -> None:
        for step, row in enumerate(steps):
            rate = self.case.rate
            lr, momentum = one_cycle(step, made, rate) if self.case.standardize else (rate, 0.9)
            self.found.number(f"lr of step {step + 1}", row["lr"], lr, 1e-9, 1e-6)
            self.found.number(f"momentum of step {step + 1}", row["momentum"], momentum, 1e-9)
        for row, step in zip(metrics, steps[an_epoch - 1 :: an_epoch], strict=True):
            for name in ("lr", "momentum", "step"):
                self.found.equal(f"{name} of epoch {row['epoch']:.0f}", row[name], step[name])

    def _summaries(self, metrics: list[dict], best: dict, monitor: str, made: int) -> None:
        summary, found = json_of((self.run / "summary.json").read_text()), self.found
        spec = {"status": "completed", "epochs": self.case.epochs, "steps": made}
        for name, value in spec.items():
            found.equal(f"train --json {name}", self.trained[name], value)
            found.equal(f"summary {name}", summary[name], value)
        wanted = {"monitor": monitor, "best": best[monitor], "best_epoch": best["epoch"]}
        for name, value in {**wanted, **{key: best[key] for key in best if key.startswith("val_")}}.items():
            found.equal(f"train --json {name}", self.trained[name], value)
        found.equal("summary best", summary["best"], best)
        found.equal("summary last", summary["last"], metrics[-1])
        found.equal("parameters", summary["parameters"], self.best.parameters)
        sizes = {split: len(x) for split, x in self.sample.x.items()}
        found.equal("examples", summary["data"]["examples"], sizes)
        settings = {"seed": 3, "workers": self.case.workers, "dtype": self.case.dtype}
        found.equal("settings", {name: summary[name] for name in settings}, settings)

    def evaluations(self) -> None:
        """What `evaluate --json` says of every split, and the files that it leaves."""
        for split in self.sample.x:
            ask = self.ask if split == "test" else self.quick
            said = json_of(ask("evaluate", "run", "--split", split, "--json"))
            self.found.equal(
                f"evaluation-{split}.json", json_of((self.run / f"evaluation-{split}.json").read_text()), said
            )
            self.found.equal(f"{split} examples", said["examples"], len(self.sample.x[split]))
            unit = float(np.max(self.best.unit))
            self.found.numbers(f"evaluate {split}", said, self.best.figures(split), self.best.tolerance, unit)
            if self.case.classes:
                self._classes(split, said)
        self._mistakes()

    def _mistakes(self) -> None:
        """The table of the worst examples of the test split: the worst first, of equal ones the first."""
        with open(self.run / "mistakes-test.csv", newline="", encoding="utf-8") as file:
            (_, *head), *lines = list(csv.reader(file))
        wanted, y, classes = self.best.answers("test"), self.sample.y["test"], self.sample.classes
        if classes is None:
            error = (wanted - y) / np.where(y.shape[1] > 1, np.where(y.std(axis=0) > 0, y.std(axis=0), 1), 1)
            bad = error[:, 0] if y.shape[1] == 1 else np.sqrt((error**2).mean(axis=1))
            candidates, names = range(len(y)), self.sample.columns
            columns = [*names, *(f"true_{name}" for name in names), "error"]
            cells, unit = np.column_stack([wanted, y, bad]), np.max(self.best.unit)
        else:
            said, bad = wanted.argmax(axis=1), wanted.max(axis=1)
            candidates, columns = np.flatnonzero(said != y).tolist(), ["label", "true", "probability"]
            cells, unit = bad[:, None], 1.0
        numbers = [self._row_of(line[0]) for line in lines]
        self.found.equal("mistakes: columns", head, columns)
        self.found.equal("mistakes: how many", len(set(numbers)), min(50, len(candidates)))
        self.found.equal("mistakes: no mistake", [k for k in numbers if k not in candidates], [])
        if classes is not None:
            words = [[classes[said[k]], classes[y[k]]] for k in numbers]
            self.found.equal("mistakes: classes", [line[1:3] for line in lines], words)
        got = np.array([line[-cells.shape[1] :] for line in lines], np.float64).reshape(len(lines), cells.shape[1])
        self.found.rows("mistakes", got, cells[numbers], 10 * self.best.tolerance, unit)
        order = [(-abs(value), k) for value, k in zip(got[:, -1].tolist(), numbers, strict=True)]
        self.found.equal("mistakes: order", order, sorted(order))
        least, left = np.abs(got[-1:, -1]).sum(), [k for k in candidates if k not in numbers]
        worse = [k for k in left if abs(bad[k]) > least + 20 * self.best.tolerance * (unit + abs(bad[k]))]
        self.found.equal("mistakes: left out though worse", worse, [])

    def _row_of(self, source: str) -> int:
        """Which example of the test split a source names."""
        inputs = self.sample.inputs["whole"]
        if self.case.source == "images":
            return [Path(path).parts[-2:] for path in inputs].index(Path(source).parts[-2:])
        file, _, number = source.removesuffix("]").rpartition("[")
        self.found.equal("mistakes: file", Path(file).name.removesuffix(".gz"), Path(inputs[0]).name)
        return int(number)

    def _classes(self, split: str, said: dict[str, Any]) -> None:
        rows, counts = self.best.report(split)
        names = ["class", "examples", "precision", "recall", "f1"]
        self.found.equal(f"{split} classes", [row["class"] for row in said["classes"]], [row["class"] for row in rows])
        for got, wanted in zip(said["classes"], rows, strict=True):
            for name in names[1:]:
                self.found.number(f"{split} {got['class']} {name}", got[name], wanted[name], 1e-12)
        with open(self.run / f"confusion-{split}.csv", newline="", encoding="utf-8") as file:
            (_, *head), *lines = list(csv.reader(file))
        classes = list(self.sample.classes or ())
        self.found.equal(f"confusion-{split}.csv head", head, classes)
        self.found.equal(
            f"confusion-{split}.csv", lines, [[name, *map(str, c)] for name, c in zip(classes, counts, strict=True)]
        )
        share = sum(counts[k][k] for k in range(len(counts))) / max(1, sum(map(sum, counts)))
        self.found.number(f"{split} accuracy against confusion", said["accuracy"], share, 1e-12)

    def predictions(self) -> None:
        """What `predict` writes of the test split: whole, in every form of input, in two parts, row by row."""
        wanted, form, tolerance = self.best.answers("test"), self.case.form, self.best.tolerance
        whole = self._predicted(self.sample.inputs["whole"], form, self.ask)
        self._same(f"predict, {form}", whole, wanted, form, tolerance)
        for name, inputs in self.sample.inputs.items():
            if name not in ("whole", "files"):
                self._same(f"predict from {name}", self._predicted(inputs, form), wanted, form, tolerance)
        if self.case.examples > 1 and self.case.source != "images":
            parts = half_files(self.sample, self.case, self.folder)
            self._same("predict in two parts", self._predicted(parts, "npy"), wanted, "npy", tolerance)
        rows = [row for row in (0, 1, 127, 254, 255, 256, 512, 999) if row < self.case.examples]
        single = self._predicted(row_files(self.sample, self.case, rows, self.folder), "npy")
        self._same("predict row by row", single, wanted[rows], "npy", tolerance)

    def _predicted(self, inputs: list[Any], form: str, ask: Ask | None = None) -> np.ndarray:
        path, everything = self.folder / f"answers.{form}", ["--top", self.case.outputs] if self.case.classes else []
        (ask or self.quick)("predict", "run", *inputs, "--output", path, *everything, **self._stdin(inputs))
        return answers_in(path, self.sample.columns, self.sample.classes)

    def _stdin(self, inputs: list[Any]) -> dict[str, str]:
        return {"stdin": self.sample.stdin} if inputs == ["-"] else {}

    def _same(self, what: str, got: np.ndarray, wanted: np.ndarray, form: str, tolerance: float) -> None:
        self.found.rows(what, got, wanted, tolerance, self.best.unit, 0 if form == "npy" else PRINTED)

    def rows(self) -> None:
        """Every row names its example; its label is the likeliest class, as it was written."""
        inputs, classes = self.sample.inputs["whole"][:50], self.sample.classes
        rows = records_in(self.quick("predict", "run", *inputs, "--format", "jsonl"), ".jsonl")
        names = [f"{inputs[0]}[{row}]" for row in range(self.case.examples)]
        names = [str(path) for path in inputs] if self.case.source == "images" else names
        self.found.equal("sources", [row["source"] for row in rows], names)
        if classes is None:
            notes = ["note"] * self._is_far(0)
            self.found.equal("columns", list(rows[0]), ["source", *self.sample.columns, *notes])
            return
        labels, wanted = [row["label"] for row in rows], self.best.answers("test")[: len(rows)]
        self.found.equal("labels", labels, [classes[k] for k in wanted.argmax(axis=1)])
        likeliest = np.array([[row["probability"]] for row in rows])
        self.found.rows("probability", likeliest, wanted.max(1, keepdims=True), self.best.tolerance, 1.0, PRINTED)

    def _is_far(self, row: int) -> bool:
        """Whether a feature of a row of a table is further outside the training data than these are wide."""
        if self.case.source != "csv":
            return False
        train, x = self.best.filled("train"), self.best.filled("test")[row]
        low, high = train.min(axis=0), train.max(axis=0)
        return bool(((x < 2 * low - high) | (x > 2 * high - low)).any())

    def in_python(self) -> None:
        """What `Model.load` answers and measures, before and after `save`."""
        model = Model.load(self.run / "checkpoints" / "best.safetensors")
        model.save(self.folder / "again.safetensors")
        x, y, unit = self.best.filled("test"), self.sample.y["test"], float(np.max(self.best.unit))
        wanted, figures, tolerance = self.best.answers("test"), self.best.metrics("test"), self.best.tolerance
        for name, one in (("Model", model), ("Model, saved again", Model.load(self.folder / "again.safetensors"))):
            self._same(f"{name}.predict", np.asarray(one.predict(x)), wanted, "npy", tolerance)
            self.found.numbers(f"{name}.evaluate", one.evaluate(x, y), figures, tolerance, unit)
