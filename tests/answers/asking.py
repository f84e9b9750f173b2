"""Asking: a command in this process or in its own, and its answers as numbers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli.cli.main import run
from tests.cli.forking import start as start_forked
from tests.cli.program import ended, start

PLAIN = """\
import sys, types
plots = types.ModuleType("nnfs_cli.plots")
for name in ("curves", "confusion", "lr_curve"):
    setattr(plots, name, lambda *_: b"picture")
sys.modules[plots.__name__] = plots
from nnfs_cli.cli.start import main
main()
"""
"""The program without pictures, which take most of the time of a tiny training."""

Ask = Callable[..., str]


def asker(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Calls of nnfs that must succeed: what they print on standard output."""

    def ask(*arguments: Any, stdin: str = "", process: bool = False) -> str:
        words = [str(argument) for argument in arguments]
        if process:
            begin = start if words[0] == "train" else start_forked
            done = ended(begin(*words, main=PLAIN))
            assert done.code == 0, done.err
            return done.out
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = run(words)
        out, err = capsys.readouterr()
        assert code == 0, err
        return out

    return ask


def answers_in(path: Path, columns: tuple[str, ...], classes: tuple[str, ...] | None) -> np.ndarray:
    """What `predict --top <all>` wrote: probabilities in the order of the classes, or values, (N, outputs)."""
    if path.suffix == ".npy":
        array = np.load(path).astype(np.float64)
        return array[:, None] if array.ndim == 1 else array
    rows = records_in(path.read_text(), path.suffix)
    if classes is None:
        return np.array([[float(row[name]) for name in columns] for row in rows])
    return np.array([_probabilities(row, classes) for row in rows])


def records_in(text: str, suffix: str) -> list[dict[str, Any]]:
    """The rows of answers, whether CSV or JSON lines."""
    if suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(io.StringIO(text)))


def json_of(text: str) -> Any:
    """What one JSON object says; NaN and Infinity are none."""
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def table_of(path: Path) -> list[dict[str, float | None]]:
    """The rows of metrics.csv or steps.csv as numbers; None for an empty cell."""
    with open(path, newline="") as file:
        return [{name: float(cell) if cell else None for name, cell in row.items()} for row in csv.DictReader(file)]


def _probabilities(row: dict[str, Any], classes: tuple[str, ...]) -> list[float]:
    """Of all classes, whatever their rank."""
    if "top" in row:
        found = {entry["label"]: entry["probability"] for entry in row["top"]}
    else:
        ends = ["", *(f"_{position}" for position in range(2, len(classes) + 1))]
        found = {row[f"label{end}"]: float(row[f"probability{end}"]) for end in ends}
    return [found[name] for name in classes]
