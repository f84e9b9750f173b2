"""Wide and long tables: what they take in memory grows with what is kept, not with the cells that were looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.data.cells.gatherer import Gatherer
from nnfs_cli.data.locator import Locator
from nnfs_cli.data.survey.rules import ColumnRule
from nnfs_cli.data.tables.table import open_table
from nnfs_cli.registry import SOURCES
from tests.peak import peak_of


@pytest.mark.parametrize(
    ("cell", "most"), [(lambda k: f"{k * 1.5:.4f}", 30), (lambda k: f"a word of some length, {k % 50}", 10)]
)
def test_a_column_takes_few_bytes_a_cell(cell, most):
    """12 of a number and 4 of a word are kept; half as much again is spare, or copied while it grows."""
    blocks = [[cell(k) for k in range(start, start + 1000)] for start in range(0, 50_000, 1000)]
    gatherer = Gatherer(undecided=True)

    def look() -> None:
        for block in blocks:
            gatherer.add(block)

    assert peak_of(look) < 50_000 * most + 200_000
    assert len(gatherer.cells()) == 50_000


def test_a_block_of_a_wide_table_has_fewer_rows(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\n".join(",".join(f"c{k}" for k in range(5000)) for _ in range(101)))
    with open_table(path, ",") as (_, blocks):
        assert [len(block.rows) for block in blocks] == [80, 20]


@pytest.mark.parametrize("late", [False, True])
def test_numbers_are_kept_in_single_precision_where_that_loses_no_digit(tmp_path, late):
    rng = np.random.default_rng(0)
    x = rng.integers(-9, 9, (2500, 3)).astype(np.float64)
    x[2400:] += 0.1 * late
    rows = [",".join(map(repr, [*row, k % 2])) for k, row in enumerate(x.tolist())]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,c,y", *rows]))
    loaded = SOURCES["csv"](str(tmp_path / "t.csv"), "y").load(Locator(tmp_path)).splits["train"]
    assert loaded.x.dtype == (np.float64 if late else np.float32)
    assert (loaded.x == x).all()


def test_one_hot_features_are_in_memory_once(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{k % 500:030d}w,{'ab'[k % 2]}" for k in range(12_000)]
    path.write_text("\n".join(["w,y", *rows]))
    rules = ColumnRule(encode="onehot")
    source, found = SOURCES["csv"](str(path), "y", columns={"w": rules}), []
    once = 12_000 * 500 * 4
    assert peak_of(lambda: found.append(source.load(Locator(Path(tmp_path))))) < 1.6 * once
    x = found[0].splits["train"].x
    assert (x.dtype, x.shape, x.sum()) == (np.float32, (12_000, 500), 12_000)


def test_5000_columns_of_every_kind(tmp_path):
    """Numbers, words of each of three sizes, dates; each feature is where its column says it is."""
    rng, rows = np.random.default_rng(1), 300
    kinds = [f"{'nwedb'[k % 5]}{k}" for k in range(5000)]
    codes = rng.integers(0, 50, (rows, 5000))
    codes[:50] = np.arange(50)[:, None]
    cell = {
        "n": lambda code: f"{code}.25",
        "w": lambda code: f"w{code % 3}",
        "e": lambda code: f"e{code:02}",
        "d": lambda code: f"2024-01-{1 + code % 20:02}",
        "b": lambda code: ("no", "yes")[code % 2],
    }
    cells = ([cell[kind[0]](code) for kind, code in zip(kinds, row, strict=True)] for row in codes.tolist())
    lines = [",".join([*row, "01"[k % 2]]) for k, row in enumerate(cells)]
    (tmp_path / "t.csv").write_text("\n".join([",".join([*kinds, "y"]), *lines]))
    loaded = SOURCES["csv"](str(tmp_path / "t.csv"), "y").load(Locator(tmp_path))
    x, start = loaded.splits["train"].x, 0
    assert x.shape == (rows, 1000 * (1 + 3 + 5 + 1 + 1))
    for column, kind in enumerate(kinds):
        if kind[0] == "e":
            continue
        of_column = codes[:, column]
        if kind[0] == "n":
            assert (x[:, start] == of_column + 0.25).all()
        elif kind[0] == "w":
            assert (x[:, start : start + 3] == np.eye(3)[of_column % 3]).all()
        elif kind[0] == "b":
            assert (x[:, start] == of_column % 2).all()
        else:
            assert (x[:, start] == 19_723 + of_column % 20).all()
        start += {"n": 1, "w": 3, "d": 5, "b": 1}[kind[0]]
    assert (x[:, start:] == 1 + codes[:, 2::5]).all()
    assert [table.name for table in loaded.spec.embeddings] == kinds[2::5]
