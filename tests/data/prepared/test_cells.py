"""Cells: what is a number, in which notation, what means a missing cell, and how a column of them is kept."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.cells.cells import BEYOND, NUMBER
from nnfs_cli.data.cells.gatherer import MOST_TEXTS, Gatherer
from nnfs_cli.data.cells.missing import as_compared, is_missing, is_no_number
from nnfs_cli.data.cells.notation import Notation, is_ambiguous, is_number, notation_of

NUMBERS = ["1", "-1", "+1", "1.", ".5", "-.5e-3", "1E5", " 7 ", "007", "-inf", "Infinity", "1e400"]
TEXTS = ["", " ", "nan", "1_1", "28,7", "1,163", "45%", "0x10", "1e", "e5", ".", "-", "1 2", "\u0663", "\t1", "1.2.3"]


@pytest.mark.parametrize("cell", NUMBERS)
def test_numbers(cell):
    float(cell)
    assert is_number(cell)


@pytest.mark.parametrize("cell", TEXTS)
def test_texts(cell):
    assert not is_number(cell)


@pytest.mark.parametrize("undecided", [False, True])
def test_a_column_is_numbers_and_every_different_text_once(undecided):
    gatherer = Gatherer(undecided=undecided)
    gatherer.add(["1", " 2.5 ", "-3e2", "7"])
    gatherer.add(["x", "4", "", "x"])
    gatherer.add(["1e39", "0.1", "1_1", "-inf"])
    cells = gatherer.cells()
    assert (cells.numbers.dtype, cells.codes.dtype) == (np.float64, np.int32)
    assert cells.numbers.tolist() == [1, 2.5, -300, 7, 0, 4, 0, 0, 0, 0.1, 0, 0]
    assert cells.codes.tolist() == [*[NUMBER] * 4, 0, NUMBER, 1, 0, 2, NUMBER, 3, 4]
    assert cells.texts == ["x", "", "1e39", "1_1", "-inf"]
    assert cells.counts().tolist() == [2, 1, 1, 1, 1]


def test_cells_that_are_mostly_words_are_all_kept_as_they_are_written():
    gatherer = Gatherer(undecided=True)
    gatherer.add(["red", "1", " 1", "", "blue", "red"])
    gatherer.add(["1", "1.0"])
    cells = gatherer.cells()
    assert cells.texts == ["red", "1", " 1", "", "blue", "1.0"]
    assert cells.codes.tolist() == [0, 1, 2, 3, 4, 0, 1, 5]
    assert cells.take(np.array([7, 0])).codes.tolist() == [5, 0]
    assert cells.take(np.array([7, 0])).numbers.tolist() == [0, 0]


@pytest.mark.parametrize("length", [1, 300, 1000])
@pytest.mark.parametrize("most", [1, 700, 5000])
def test_different_texts_are_kept_up_to_a_bound(length, most):
    words, gatherer = [f"w{k}" for k in range(3000)], Gatherer(None, most=most)
    for _ in range(2):
        for start in range(0, len(words), length):
            gatherer.add(words[start : start + length])
    cells, kept = gatherer.cells(), min(most, 3000)
    assert cells.texts == words[:kept]
    assert cells.codes.tolist() == [*range(kept), *[BEYOND] * (3000 - kept)] * 2


def test_what_a_text_means_and_where_it_stands():
    gatherer = Gatherer()
    gatherer.add(["1", "two", "three", "two", "5"])
    cells = gatherer.cells()
    values = cells.values({"two": 2.0}.get)
    np.testing.assert_array_equal(values, [1, 2, np.nan, 2, 5])
    assert cells.places({"three": 7}, -1).tolist() == [-1, -1, 7, -1, -1]
    assert cells.first_of({"two": "", "no": ""}) == (1, 2)
    assert cells.first_of({"no": ""}) is cells.first_of({}) is None
    assert cells.rows_of({"two": "b", "three": "c"}) == {1: "b", 2: "c", 3: "b"}
    assert cells.rows_of({}) == {}


def test_texts_beyond_those_that_are_kept_mean_nothing():
    gatherer = Gatherer(None, most=1)
    gatherer.add(["a", "b", "a"])
    cells = gatherer.cells()
    np.testing.assert_array_equal(cells.values({"a": 1.0, "b": 2.0}.get), [1, np.nan, 1])
    assert cells.places({"a": 0, "b": 1}, -1).tolist() == [0, -1, 0]
    assert cells.rows_of({"a": "x", "b": "y"}) == {0: "x", 2: "x"}
    assert MOST_TEXTS == 100_000


@pytest.mark.parametrize(
    ("cells", "padded"),
    [
        (["1", "01234", "007"], "01234"),
        (["00"], "00"),
        ([" 05 "], "05"),
        (["0", "0.5", "-01", "0e1", "10", "100"], ""),
    ],
)
def test_numbers_with_zeros_before_them_are_noticed(cells, padded):
    gatherer = Gatherer()
    gatherer.add(["1", "2"])
    gatherer.add(cells)
    assert gatherer.padded == padded


@pytest.mark.parametrize(
    ("notation", "cells"),
    [
        (Notation(), {"1.5": 1.5, " -2e3": -2000.0, "1,5": None, "1,000": None, "": None, "nan": None}),
        (
            Notation(","),
            {
                "--5": None,
                "- 5": None,
                "+-5": None,
                "5 ": 5.0,
                "5-": None,
                "28,7": 28.7,
                "-,5": -0.5,
                "3": 3.0,
                "1e2": 100.0,
                "1.5": None,
                "1,2,3": None,
                ",": None,
            },
        ),
        (Notation(",", "."), {"1.234,5": 1234.5, "1.234": 1234.0, "1.23": None, "12.345.678": 12345678.0, "0,5": 0.5}),
        (Notation(".", ","), {"1,234.5": 1234.5, "1,234": 1234.0, "12,34": None, "1234": 1234.0, ",234": None}),
        (Notation(".", " "), {"1 234": 1234.0, "1\u00a0234.5": 1234.5, "1\u202f234": 1234.0, "1 23": None}),
        (Notation(",", "'"), {"1'234,5": 1234.5, "1\u2019234": 1234.0, "1''234": None}),
        (Notation(unit="$"), {"$5": 5.0, "5 $": 5.0, "-$3.5": -3.5, "$-3.5": -3.5, "7": 7.0, "5 €": None, "$": None}),
        (Notation(unit="$"), {"-$-5": None}),
        (Notation(unit="€"), {"5 €": 5.0, "$5": None}),
        (Notation(unit="%"), {"45%": 45.0, "3.5 %": 3.5}),
        (Notation(unit="USD"), {"USD 7": 7.0, "7 EUR": None}),
        (Notation(".", ",", "£"), {"£1,234.50": 1234.5, "£1,000": 1000.0, "1,00 £": None}),
    ],
)
def test_notations(notation, cells):
    assert {cell: notation.number(cell) for cell in cells} == cells


@pytest.mark.parametrize(
    ("cells", "notation", "words"),
    [
        (["1,163", "2,000,000", "1,163.5", "7"], Notation(".", ","), "numbers with commas for thousands"),
        (["28,7", "3,14", "5"], Notation(","), "numbers with a decimal comma"),
        (["1.234,5", "1.234.567"], Notation(",", "."), "numbers with a decimal comma and points for thousands"),
        (["1 234", "1 234,5"], Notation(",", " "), "numbers with a decimal comma and blanks for thousands"),
        (["1'234.5"], Notation(".", "'"), "numbers with apostrophes for thousands"),
        (["45%", "3.5 %", "-1%"], Notation(unit="%"), "numbers with the sign %"),
        (["$5,000", "5 $"], Notation(".", ",", "$"), "numbers with commas for thousands and the sign $"),
        (["EUR 5", "-5,50 EUR"], Notation(",", unit="EUR"), "numbers with a decimal comma and the sign EUR"),
        (["$5", "5 €"], None, ""),
        (["28,7", "red"], None, ""),
        (["2026-11-26"], None, ""),
        (["1.2.3"], None, ""),
    ],
)
def test_the_notation_of_a_column(cells, notation, words):
    found = notation_of(cells, comma_is_decimal=False)
    assert found == notation
    assert found is None or str(found) == words


def test_a_group_of_three_digits_after_a_comma_is_ambiguous():
    """Thousands in a table that commas separate, decimals where semicolons do, or where a point is no decimal one."""
    cells = ["1,234", "5,678"]
    assert notation_of(cells, comma_is_decimal=False) == Notation(".", ",")
    assert notation_of(cells, comma_is_decimal=True) == Notation(",")
    assert notation_of(cells, comma_is_decimal=True, beside_points=True) == Notation(".", ",")
    assert notation_of(["1,5"], comma_is_decimal=False, beside_points=True) is None
    assert notation_of(["0,942", "2,511"], comma_is_decimal=False) == Notation(",")
    assert is_ambiguous(cells, Notation(".", ","))
    assert is_ambiguous(cells, Notation(","))
    assert not is_ambiguous([*cells, "1,2"], Notation(","))
    assert not is_ambiguous([*cells, "1,234,567"], Notation(".", ","))
    assert not is_ambiguous(["1 234"], Notation(".", " "))


@pytest.mark.parametrize("cell", ["", "  ", "NA", "n/a", "NaN", " null ", "None", "?", "#N/A", "<NA>", "..."])
def test_words_for_a_missing_cell(cell):
    assert is_missing(cell)
    assert is_no_number(cell)


@pytest.mark.parametrize("cell", ["-", "unknown", "Missing", "n.a.", "."])
def test_words_for_a_missing_cell_among_numbers_only(cell):
    assert not is_missing(cell)
    assert is_no_number(cell)


def test_own_words_and_numbers_for_a_missing_cell():
    own = as_compared(["Refused", -999, 0.5, "1e3"])
    for cell in ("refused", " REFUSED ", "-999", "-999.0", "-9.99e2", ".50", "1000"):
        assert is_missing(cell, own), cell
        assert is_no_number(cell, own), cell
    for cell in ("refuse", "999", "-999.1", "0"):
        assert not is_missing(cell, own), cell
        assert not is_no_number(cell, own), cell
