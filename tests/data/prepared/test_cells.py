"""Cells: what is a number, what only looks like one, and what is said of columns that are not plain."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.tables.bad_cells import BadCells
from nnfs_cli.data.tables.cells import are_plain, is_number, looks_like
from nnfs_cli.data.tables.columns import CellError, Column, encode_usable, numbers
from nnfs_cli.data.tables.counting import Counting
from nnfs_cli.data.tables.table import Block
from nnfs_cli.data.tables.table_rows import encode_rows
from nnfs_cli.registry import SOURCES
from tests.data.samples import write_csv

NUMBERS = ["1", "-1", "+1", "1.", ".5", "-.5e-3", "1E5", " 7 ", "007", "nan", "-inf", "Infinity", "1e400"]
TEXTS = ["", " ", "1_1", "28,7", "1,163", "45%", "0x10", "1e", "e5", ".", "-", "1 2", "\u0663", "\t1", "one", "1.2.3"]


@pytest.mark.parametrize("cell", NUMBERS)
def test_numbers(cell):
    float(cell)
    assert is_number(cell)


@pytest.mark.parametrize("cell", TEXTS)
def test_texts(cell):
    assert not is_number(cell)
    with pytest.raises(CellError) as refused:
        numbers(["1", "2", cell])
    assert refused.value.row == 2


def test_cells_that_python_alone_reads_as_numbers_are_not_plain():
    assert are_plain(["1", "-2.5e+3", " 4 "])
    for cell in ("1_1", "\u0663", "nan", "x"):
        assert not are_plain(["1", cell])


def test_numbers_keep_their_digits():
    values = numbers(["1700000001", "0.1", " -2.5e3 "])
    assert (values.dtype, values.tolist()) == (np.float64, [1_700_000_001, 0.1, -2500])


@pytest.mark.parametrize("cell", ["nan", "inf", "-inf", "3.5e38", "-3.5e38", "1e400"])
def test_numbers_beyond_single_precision_are_refused(cell):
    with pytest.raises(CellError, match=r"expected a finite number, got "):
        numbers(["1", cell])
    assert numbers(["3.4e38", "-3.4e38"]).tolist() == [3.4e38, -3.4e38]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["1,163", "2,000,000", "1,163.5", "7"], "numbers with commas for thousands"),
        (["28,7", "3,14", "5"], "numbers with a decimal comma"),
        (["45%", "3.5 %", "-1%"], "percentages"),
        (["$5", "5 €", "£1,000"], "amounts of money"),
        (["2026-11-26", "2026/1/2 10:00", "26.11.2026", "1/2/26"], "dates"),
        (["1_1", "1_000"], "numbers with underscores"),
        (["red", "green"], None),
        (["28,7", "red", "green"], None),
        (["28,7", "red"], None),
        (["28,7", "3,1", "red", " ", ""], "numbers with a decimal comma"),
        ([], None),
    ],
)
def test_what_texts_look_like(cells, words):
    assert looks_like(cells) == words


def notes(locator, cells, target=("a", "b")):
    """What the csv source says of a column of these cells beside a target."""
    locator.data_dir.mkdir(exist_ok=True)
    rows = "".join(f'"{cell}",{target[row % 2]}\n' for row, cell in enumerate(cells))
    write_csv(locator.data_dir / "t.csv", "x,y\n" + rows)
    source = SOURCES["csv"]("t.csv", target="y")
    spec = source.spec(locator)
    assert source.load(locator).spec == spec
    return spec.notes


def test_plain_columns_are_not_spoken_of(locator):
    assert notes(locator, ["red", "green"] * 10) == ()
    assert notes(locator, map(str, range(30))) == ()
    assert notes(locator, [f"word {k}" for k in range(20)]) == (), "few words are categories"
    assert notes(locator, [f"word {k % 30}" for k in range(60)]) == (), "half of them are there twice"


def test_a_column_that_is_not_plain_is_named_with_its_first_text(locator):
    (note,) = notes(locator, ["28,7", "3,1", "4,9"])
    assert note.endswith(
        "t.csv:2: column 'x': got '28,7', which look like numbers with a decimal comma: taken for text, 3 categories "
        "with a feature each. Write plain numbers such as 1234.5, or leave it out with dataset.drop: [x]"
    )


def test_a_column_of_names_is_told_of(locator):
    (note,) = notes(locator, [f"name {k}" for k in range(21)])
    assert "nearly all different, like names or numbers of things: taken for text, 21 categories" in note


def test_a_text_among_numbers_is_told_of(locator):
    (note,) = notes(locator, ["1", "2", "3", "other", "other"])
    assert "'other', among 3 numbers: taken for text" in note
    assert notes(locator, ["1", "2", "other", "other"]) == ()


def test_classes_that_are_the_same_number_are_told_of(locator):
    (note,) = notes(locator, range(6), target=("7", "007"))
    assert note == "target 'y': '007', '7' are different classes, as written"
    assert notes(locator, range(6), target=("7", "8.0")) == ()
    assert notes(locator, range(6), target=("yes", "no")) == ()


def test_all_rows_that_cannot_be_used_are_told():
    columns = [Column("size"), Column("colour", ("blue", "red"))]
    rows = [["1", "red"], ["", "red"], ["3", "green"], ["nan", ""], ["5", "blue"], ["1e39", "red"]]
    features, errors = encode_usable("t.csv", Block(range(2, 8), rows), columns, [0, 1])
    assert features.tolist() == [[1, 0, 1], [0] * 3, [0] * 3, [0] * 3, [5, 1, 0], [0] * 3]
    fix = "Fix the cell or remove the row."
    assert errors == {
        1: f"t.csv:3: column 'size': expected a number, got an empty cell. {fix}",
        2: f"t.csv:4: column 'colour': expected one of blue, red, got 'green'. {fix}",
        3: "t.csv:5: column 'size': expected a finite number, got 'nan'; column 'colour': expected one of blue, red, "
        "got an empty cell. Fix the cells or remove the row.",
        5: f"t.csv:7: column 'size': expected a finite number, got '1e39'. {fix}",
    }
    usable = [row for row in range(6) if row not in errors]
    block = Block([0] * 2, [rows[row] for row in usable])
    assert (features[usable] == encode_rows(block, columns, [0, 1], BadCells("t.csv"))).all()


@pytest.mark.parametrize(("cells", "counts"), [(range(60), True), ([5] * 60, False), ([*range(59), 58], False)])
def test_a_column_counts_if_every_cell_is_larger_than_the_one_before(cells, counts):
    counting = Counting()
    for cell in cells:
        counting.add([str(cell)])
    assert counting.lasts == counts
