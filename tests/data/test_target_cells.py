"""A target is read as strictly as a feature: what is no number is named, or said to be a class."""

from __future__ import annotations

import pytest

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.csv import CSV
from nnfs_cli.errors import DataError


def spec(tmp_path, cells, **settings):
    (tmp_path / "t.csv").write_text("a,y\n" + "".join(f'{k},"{cell}"\n' for k, cell in enumerate(cells)))
    return CSV(str(tmp_path / "t.csv"), "y", **settings).spec(Locator(tmp_path))


def test_a_few_texts_among_numbers(tmp_path):
    cells = ["1.5", "2.5", "low", *map(str, range(30))]
    with pytest.raises(DataError, match=r"t\.csv:4: column 'y': got 'low' among numbers\. Fix it or set dataset"):
        spec(tmp_path, cells)
    assert len(spec(tmp_path, cells, task="classification").classes) == 33


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["1,5", "2,75", "3"], "which look like numbers with a decimal comma. Write plain numbers such as 1234.5."),
        (["$1", "$2.50", "$3"], "which look like amounts of money. Write plain numbers"),
        (["one", "two", "3"], "got 'one', expected numbers. Fix the cell, or set dataset.task: classification."),
    ],
)
def test_regression_names_the_first_text(tmp_path, cells, words):
    with pytest.raises(DataError, match=r"t\.csv:2: column 'y': got ") as refused:
        spec(tmp_path, cells, task="regression")
    assert words in str(refused.value)


def test_a_few_numbers_in_other_spellings_are_classes_and_more_where_that_is_said(tmp_path):
    found = spec(tmp_path, ["1,5", "2,75", "3,25"])
    assert found.classes == ("1,5", "2,75", "3,25")
    assert (
        "column 'y': got '1,5', which look like numbers with a decimal comma: taken for text, 3 classes"
        in found.notes[0]
    )


def test_many_numbers_in_other_spellings_are_values(tmp_path):
    cells = [f"{k},5" for k in range(21)]
    with pytest.raises(DataError, match=r"which look like numbers with a decimal comma\. Write plain numbers"):
        spec(tmp_path, cells)
    assert len(spec(tmp_path, cells[1:]).classes) == 20
    assert len(spec(tmp_path, cells, task="classification").classes) == 21


def test_too_many_texts_say_what_they_look_like(tmp_path):
    (tmp_path / "t.csv").write_text("a,y\n" + "".join(f'"{k},5",{k % 2}\n' for k in range(1100)))
    with pytest.raises(DataError, match="over 1,000 other texts, which look like numbers with a decimal comma"):
        CSV(str(tmp_path / "t.csv"), "y").spec(Locator(tmp_path))


def test_a_number_that_equals_two_classes_is_none_of_them(tmp_path):
    (tmp_path / "train.csv").write_text("a,y\n1,3\n2,3.0\n3,4\n")
    (tmp_path / "test.csv").write_text("a,y\n1,3.00\n")
    with pytest.raises(DataError, match=r"test\.csv:2: column 'y': expected one of 3, 3\.0, 4, got '3\.00'"):
        CSV("train.csv", "y", test="test.csv").load(Locator(tmp_path))
    (tmp_path / "test.csv").write_text("a,y\n1,4.00\n")
    assert CSV("train.csv", "y", test="test.csv").load(Locator(tmp_path)).splits["test"].y.tolist() == [2]
