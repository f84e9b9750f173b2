"""Filling: medians and means of the training split alone, whatever is held out, and nothing of other rows."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from nnfs_cli.config import DataSettings
from nnfs_cli.data.columns.base import Feature
from nnfs_cli.data.encode.filling import fill_in, fitted
from nnfs_cli.data.prepare import prepare
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.csv import CSV
from nnfs_cli.data.survey.rules import ColumnRule

ROWS = 2700
RULES = {"row": ColumnRule("number"), "b": ColumnRule(missing="mean")}


@pytest.fixture
def table(tmp_path) -> list[list[float | None]]:
    """Three numbers a row, of which the first one says which row it is, the others are missing now and then."""
    rng, rows = random.Random(4), []
    for k in range(ROWS):
        rows.append([float(k), *(None if rng.random() < 0.2 else round(rng.gauss(k, 5), 3) for _ in "ab")])
    text = [
        ",".join(["" if cell is None else repr(cell) for cell in row] + ["ny"[k % 2]]) for k, row in enumerate(rows)
    ]
    (tmp_path / "t.csv").write_text("\n".join(["row,a,b,y", *text]))
    return rows


@pytest.mark.parametrize(
    ("test", "validation", "limit"), [(None, 0.2, None), (0.3, 0.1, None), (0.25, 0, 900), (None, 0, None)]
)
def test_only_rows_of_the_training_split_are_measured(tmp_path, table, test, validation, limit):
    source = CSV(str(tmp_path / "t.csv"), "y", test=test, columns=RULES)
    made = prepare(source, Locator(tmp_path), DataSettings(validation=validation, limit=limit), seed=3)
    rows = [table[int(row)] for row in made.splits["train"].x[:, 0]]
    assert (len(rows) < ROWS) == (test is not None or validation > 0)
    known = sorted(row[1] for row in rows if row[1] is not None)
    half = len(known) // 2
    median = known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2
    of_b = [row[2] for row in rows if row[2] is not None]
    mean = math.fsum(of_b) / len(of_b)
    np.testing.assert_allclose(made.preparation.fill[[1, 3]], [median, mean], rtol=1e-12)
    for split in made.splits.values():
        for x in split.x:
            row = table[int(x[0])]
            pairs = ((row[1], median), (row[2], mean))
            wanted = [number for cell, fill in pairs for number in (fill if cell is None else cell, cell is None)]
            np.testing.assert_allclose(x[1:], wanted, rtol=1e-12)
    filled = [median if row[1] is None else row[1] for row in rows]
    centre = math.fsum(filled) / len(filled)
    spread = math.sqrt(math.fsum((value - centre) ** 2 for value in filled) / len(filled))
    standardizer = made.preparation.standardizer
    np.testing.assert_allclose([standardizer.mean[1], standardizer.deviation[1]], [centre, spread], rtol=1e-9)
    np.testing.assert_array_equal([standardizer.mean[[2, 4]], standardizer.deviation[[2, 4]]], [[0, 0], [1, 1]])


def test_a_statistic_of_no_number_at_all_is_0():
    x = np.array([[np.nan, 1, np.nan], [np.nan, np.nan, 2]], np.float32)
    features = [Feature("a", "median"), Feature("b", "mean"), Feature("c", -3.5)]
    fill = fitted(x, features)
    assert (fill.tolist(), fill.dtype) == ([0, 1, -3.5], np.float64)
    assert fill_in(x, fill).tolist() == [[0, 1, -3.5], [0, 1, 2]]


def test_digits_of_what_is_filled_in_are_kept():
    x = np.array([[1, 2], [np.nan, 3]], np.float32)
    assert fill_in(x.copy(), np.array([0.5, 0])).dtype == np.float32
    filled = fill_in(x.copy(), np.array([1 / 3, 0]))
    assert (filled.dtype, filled.tolist()) == (np.float64, [[1, 2], [1 / 3, 3]])
