"""A target is read as strictly as a feature: what is no number is named, or said to be a class."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.csv import CSV
from nnfs_cli.data.survey.rules import ColumnRule
from nnfs_cli.errors import ConfigError, DataError


def load(tmp_path, cells, **settings):
    (tmp_path / "t.csv").write_text("a,y\n" + "".join(f'{k * k},"{cell}"\n' for k, cell in enumerate(cells)))
    return CSV(str(tmp_path / "t.csv"), "y", **settings).load(Locator(tmp_path))


def spec(tmp_path, cells, **settings):
    return load(tmp_path, cells, **settings).spec


def test_a_few_texts_among_numbers(tmp_path):
    cells = ["1.5", "2.5", "low", *map(str, range(30))]
    with pytest.raises(
        DataError, match=r"t\.csv:4: column 'y': got 'low' among 32 numbers\. Write numbers only, or set"
    ):
        spec(tmp_path, cells)
    assert len(spec(tmp_path, cells, task="classification").classes) == 33


@pytest.mark.parametrize("words", [("one", "two", "3"), ("2024-05-31", "4", "5"), ("28.5", "28,5", "x")])
def test_regression_names_the_first_text(tmp_path, words):
    line = next(k for k, word in enumerate(words) if not word.replace(".", "").isdigit())
    with pytest.raises(
        DataError, match=rf"t\.csv:{line + 2}: column 'y': got '{words[line]}'.* Write numbers only, or set"
    ):
        spec(tmp_path, words, task="regression")


@pytest.mark.parametrize(
    ("cells", "values", "words"),
    [
        (["1,5", "2,75", "3"], [1.5, 2.75, 3], "got '1,5': read as numbers with a decimal comma, as 1.5"),
        (["$1", "$2.50", "$3"], [1, 2.5, 3], "got '$1': read as numbers with the sign $, as 1"),
        (
            ["7", "1,000", "2,000.5"],
            [7, 1000, 2000.5],
            "got '1,000': read as numbers with commas for thousands, as 1000",
        ),
    ],
)
def test_values_in_another_notation(tmp_path, cells, values, words):
    loaded = load(tmp_path, cells, task="regression")
    np.testing.assert_array_equal(loaded.splits["train"].y[:, 0], values)
    (note,) = loaded.spec.notes
    assert note.endswith(f"column 'y': {words}")
    assert loaded.format["answers"] == loaded.format["answers"][:1] != (Number("y"),)


def test_a_few_whole_numbers_in_other_spellings_are_classes_and_others_are_values(tmp_path):
    found = spec(tmp_path, ["10%", "2%", "30%"])
    assert found.classes == ("10%", "2%", "30%")
    assert found.notes == (
        f"{tmp_path / 't.csv'}:2: column 'y': got '10%', which look like numbers with the sign %: "
        "taken for 3 classes. Write plain numbers such as 1234.5 if not",
    )
    words = "its texts, numbers with the sign %, are values"
    assert found.otherwise == f"set dataset.task: regression if {words}"
    cells = [f"{k}%" for k in range(21)]
    assert len(spec(tmp_path, cells[1:]).classes) == 20
    assert spec(tmp_path, cells).classes is None
    assert len(spec(tmp_path, cells, task="classification").classes) == 21
    found = spec(tmp_path, ["1,5", "2,75", "3,25"])
    assert found.classes is None
    assert found.otherwise == "set dataset.task: classification if its 3 texts are classes"
    assert spec(tmp_path, ["1,5", "2,75", "3,25"], task="classification").classes == ("1,5", "2,75", "3,25")


@pytest.mark.parametrize(("task", "kept"), [("auto", [0, 1, 4]), ("regression", [0, 1, 4])])
def test_rows_without_an_answer_are_left_out_and_counted(tmp_path, task, kept):
    loaded = load(tmp_path, ["1.5", "2.5", "", "NA", "4"], task=task)
    np.testing.assert_array_equal(loaded.splits["train"].x[:, 0], np.square(kept))
    np.testing.assert_array_equal(loaded.splits["train"].y[:, 0], [1.5, 2.5, 4])
    assert loaded.spec.notes == (f"{tmp_path / 't.csv'}: 2 of 5 rows have no answer in y: they are left out",)


def test_rows_without_some_of_several_answers_are_left_out(tmp_path):
    (tmp_path / "t.csv").write_text("a,y,z\n1,2,3\n4,,5\n5,6,-\n7,8,9\n")
    loaded = CSV("t.csv", ("z", "y")).load(Locator(tmp_path))
    np.testing.assert_array_equal(loaded.splits["train"].y, [[3, 2], [9, 8]])
    np.testing.assert_array_equal(loaded.splits["train"].x, [[1], [7]])
    assert loaded.spec.notes == (f"{tmp_path / 't.csv'}: 2 of 4 rows have no answer in a target: they are left out",)


def test_words_of_classes_that_may_mean_a_missing_answer(tmp_path):
    loaded = load(tmp_path, ["yes", "none", "no", "n/a", "", "yes"])
    assert loaded.spec.classes == ("no", "none", "yes")
    assert loaded.splits["train"].y.tolist() == [2, 1, 0, 2]
    assert loaded.spec.notes == (
        f"{tmp_path / 't.csv'}: 2 of 6 rows have no answer in y: they are left out",
        "target 'y': 'none' is a class. Remove its rows if it means that the answer is missing",
    )
    loaded = load(tmp_path, ["yes", "none", "no", "n/a", "", "yes"], columns={"y": ColumnRule(missing="category")})
    assert loaded.spec.classes == ("n/a", "no", "none", "yes")
    assert loaded.splits["train"].y.tolist() == [3, 2, 1, 0, 3]
    loaded = load(tmp_path, ["yes", "?", "no", "refused", "Refused"], na_values=("refused",))
    assert loaded.spec.classes == ("no", "yes")


def test_unknown_among_numbers_of_classes_is_a_class_that_is_told_of(tmp_path):
    found = spec(tmp_path, ["0", "1", "unknown", "1", "0"])
    assert found.classes == ("0", "1", "unknown")
    assert found.notes == ("target 'y': 'unknown' is a class. Remove its rows if it means that the answer is missing",)


def test_what_is_said_of_a_target_decides(tmp_path):
    assert spec(tmp_path, "12345", columns={"y": ColumnRule("number")}).classes is None
    cells = [str(k) for k in range(30)]
    assert spec(tmp_path, cells).classes is None
    assert len(spec(tmp_path, cells, columns={"y": ColumnRule("category")}).classes) == 30
    (tmp_path / "t.csv").write_text("a,y\n1,2\n2,3\n")
    source = CSV("t.csv", -1, columns={"y": ColumnRule("date")})
    with pytest.raises(ConfigError, match=r"^dataset\.columns: y is the target, of which only kind: number"):
        source.load(Locator(tmp_path))


def test_the_decimal_of_the_table_is_that_of_the_target_too(tmp_path):
    loaded = load(tmp_path, ["1,234", "5,678", "9"], task="regression", decimal=",")
    np.testing.assert_array_equal(loaded.splits["train"].y[:, 0], [1.234, 5.678, 9])
    assert loaded.spec.notes == ()
    loaded = load(tmp_path, ["1,234", "5,678", "-999"], task="regression", thousands=",", na_values=(-999,))
    np.testing.assert_array_equal(loaded.splits["train"].y[:, 0], [1234, 5678])


def test_a_number_that_equals_two_classes_is_none_of_them(tmp_path):
    (tmp_path / "train.csv").write_text("a,y\n1,3\n2,3.0\n3,4\n")
    (tmp_path / "test.csv").write_text("a,y\n1,3.00\n")
    with pytest.raises(DataError, match=r"test\.csv:2: column 'y': expected one of 3, 3\.0, 4, got '3\.00'"):
        CSV("train.csv", "y", test="test.csv").load(Locator(tmp_path))
    (tmp_path / "test.csv").write_text("a,y\n1,4.00\n")
    assert CSV("train.csv", "y", test="test.csv").load(Locator(tmp_path)).splits["test"].y.tolist() == [2]
