"""Wide and long tables: what they take in memory grows with what is kept, not with the cells that were looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.data.formats.gathered import Gathered
from nnfs_cli.data.locator import Locator
from nnfs_cli.data.tables.column_survey import ColumnSurvey
from nnfs_cli.data.tables.columns import MOST_CATEGORIES
from nnfs_cli.data.tables.different import Different
from nnfs_cli.data.tables.table import Block, open_table
from nnfs_cli.registry import SOURCES
from tests.peak import peak_of


def surveyed(*blocks: list[str]) -> ColumnSurvey:
    survey = ColumnSurvey("c")
    for cells in blocks:
        survey.add("t.csv", Block(range(len(cells)), [[cell] for cell in cells]), 0)
    return survey


def test_a_column_of_numbers_takes_few_bytes_a_cell():
    rows = [[f"{k * 1.5:.4f}" for _ in range(100)] for k in range(1000)]
    surveys = [ColumnSurvey(str(k)) for k in range(100)]

    def look() -> None:
        for position, survey in enumerate(surveys):
            survey.add("t.csv", Block(range(1000), rows), position)

    assert peak_of(look) < 100 * 20_000


def test_a_block_of_a_wide_table_has_fewer_rows(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\n".join(",".join(f"c{k}" for k in range(5000)) for _ in range(101)))
    with open_table(path, ",") as (_, blocks):
        assert [len(block.rows) for block in blocks] == [80, 20]


@pytest.mark.parametrize("count", [0, 1, MOST_CATEGORIES, MOST_CATEGORIES + 1, 5000])
@pytest.mark.parametrize("length", [1, 300, 1000])
def test_different_cells_are_counted_up_to_a_bound(count, length):
    cells = [str(k) for k in range(count)]
    different = Different()
    for _ in range(3):
        for start in range(0, count, length):
            different.add(set(cells[start : start + length]))
    found = different.cells()
    assert found <= set(cells)
    assert len(found) == count if count <= MOST_CATEGORIES else len(found) > MOST_CATEGORIES


def test_numbers_before_the_first_text_are_categories_too():
    survey = surveyed(["1", "2", " 2"], ["1", "a", "b", "3", "c\nd"])
    assert survey.distinct == {"1", "2", " 2", "3", "a", "b", "c\nd"}
    assert survey.column().categories == (" 2", "1", "2", "3", "a", "b", "c\nd")


@pytest.mark.parametrize("late", [False, True])
def test_rows_grow_into_one_array(late):
    rng = np.random.default_rng(0)
    x = rng.integers(-9, 9, (2500, 3)).astype(np.float64)
    x[2400:] += 0.1 * late
    gathered = Gathered(3, "t.csv")
    for start in range(0, 2500, 400):
        gathered.add(x[start : start + 400])
    assert len(gathered) == 2500
    assert gathered.whole().dtype == (np.float64 if late else np.float32)
    assert (gathered.whole() == x).all()


def test_one_hot_features_are_in_memory_once(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{k % 500:030d}w,{'ab'[k % 2]}" for k in range(12_000)]
    path.write_text("\n".join(["w,y", *rows]))
    source, found = SOURCES["csv"](str(path), "y"), []
    once = 12_000 * 500 * 4
    assert peak_of(lambda: found.append(source.load(Locator(Path(tmp_path))))) < 1.6 * once
    x = found[0].splits["train"].x
    assert (x.dtype, x.shape, x.sum()) == (np.float32, (12_000, 500), 12_000)
