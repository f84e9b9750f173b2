"""An optimizer without momentum has none in its tables, whatever a schedule moves."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

CYCLE = ("--set", "scheduler={type: one_cycle, max_lr: 0.1}")


def momenta(path: str) -> set[str]:
    with open(path) as file:
        return {row["momentum"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_column_is_empty_also_after_a_resume(nnfs, workers):
    options = ("--quiet", "--set", "optimizer=adagrad", *CYCLE, "--workers", workers)
    run = nnfs("train", "tiny.yaml", *options, "--set", "training.max_steps=3").out.strip()
    assert nnfs("train", "--resume", run, "--quiet", "--set", "training.max_steps=6").code == 0
    assert momenta(f"{run}/metrics.csv") == momenta(f"{run}/steps.csv") == {""}
    assert Path(run, "curves.png").exists()


def test_one_that_has_it_tells_it(nnfs):
    run = nnfs("train", "tiny.yaml", "--quiet", "--set", "optimizer=rmsprop", *CYCLE).out.strip()
    assert {"", "0.0"}.isdisjoint(momenta(f"{run}/metrics.csv") | momenta(f"{run}/steps.csv"))
