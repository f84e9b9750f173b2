"""Plateau from the command line: the rates of steps.csv are those that its rule makes of metrics.csv."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

KEYS = "factor: 0.5, patience: 1, threshold: 0.05, cooldown: 1, min_lr: 0.004"
OPTIONS = ("--set", "training.epochs=14", "--set", f"scheduler={{type: plateau, max_lr: 0.05, {KEYS}}}")


def column(path: str, name: str) -> list[float]:
    with open(path) as file:
        return [float(row[name]) for row in csv.DictReader(file)]


def expected(figures: list[float], sign: int) -> list[float]:
    """The rate of each epoch, in the words of PyTorch's documentation."""
    rate, rates, best, bad, rest = 0.05, [], None, 0, 0
    for figure in figures:
        rates.append(rate)
        if best is None or sign * figure < sign * best - 0.05 * abs(best):
            best, bad = figure, 0
        else:
            bad += 1
        if rest > 0:
            rest, bad = rest - 1, 0
        if bad > 1:
            rate, rest, bad = max(rate * 0.5, 0.004), 1, 0
    return rates


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("monitor", "sign"), [("val_loss", 1), ("train_accuracy", -1)])
def test_the_rate_falls_by_the_figures_of_the_epochs(nnfs, workers, monitor, sign):
    where = ("--workers", str(workers), "--set", f"training.monitor={monitor}")
    run = nnfs("train", "tiny.yaml", "--quiet", *OPTIONS, *where).out.strip()
    rates = expected(column(f"{run}/metrics.csv", monitor), sign)
    assert column(f"{run}/metrics.csv", "lr") == pytest.approx(rates)
    assert len(set(rates)) > 2
    epochs, lrs = column(f"{run}/steps.csv", "epoch"), column(f"{run}/steps.csv", "lr")
    assert lrs == pytest.approx([rates[int(epoch) - 1] for epoch in epochs])


def test_longer_is_the_same_as_at_once(nnfs):
    whole = nnfs("train", "tiny.yaml", "--quiet", *OPTIONS).out.strip()
    short = nnfs("train", "tiny.yaml", "--quiet", *OPTIONS, "--set", "training.epochs=5").out.strip()
    assert nnfs("train", "--resume", short, "--quiet", "--set", "training.epochs=14").code == 0
    assert Path(short, "steps.csv").read_bytes() == Path(whole, "steps.csv").read_bytes()
