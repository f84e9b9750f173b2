"""Tables: which columns are what, and the traps of CSV."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.config import DataSettings
from nnfs_cli.data.columns.category import Category
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.splits.division import divide
from nnfs_cli.data.survey.rules import ColumnRule
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.registry import SOURCES
from tests.data.samples import write_csv

TABLE = "a,colour,y\n1,red,cat\n2,green,dog\n3,red,cat\n"


def load(locator, text, **arguments):
    """What the csv source makes of this text."""
    locator.data_dir.mkdir(exist_ok=True)
    write_csv(locator.data_dir / "t.csv", text)
    return SOURCES["csv"](**{"train": "t.csv", "target": "y", **arguments}).load(locator)


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        "\ufeff" + TABLE,
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\n\n"),
        TABLE.replace(",", ", "),
        TABLE.replace("red", '"red"'),
        TABLE.rstrip("\n"),
    ],
    ids=["plain", "byte order mark", "CRLF", "blank lines", "spaces", "quotes", "no last newline"],
)
def test_reads(locator, text):
    loaded = load(locator, text)
    assert loaded.format["columns"] == (Number("a"), Category("colour", ("green", "red"), "binary"))
    assert loaded.spec.classes == ("cat", "dog")
    np.testing.assert_array_equal(loaded.splits["train"].x, [[1, 1], [2, 0], [3, 1]])
    np.testing.assert_array_equal(loaded.splits["train"].y, [0, 1, 0])


def test_reads_semicolons_and_quoted_newlines(locator):
    loaded = load(locator, 'a;word;y\n1;"two\nlines";cat\n2;"semi;colon";dog\n', delimiter=";")
    assert loaded.format["columns"][1].categories == ("semi;colon", "two\nlines")
    assert loaded.format["delimiter"] == ";"


@pytest.mark.parametrize(
    ("answers", "task", "classes"),
    [
        ("0 1 2", "auto", ("0", "1", "2")),
        ("10 9 9.0", "auto", ("9", "9.0", "10")),
        ("007 010 7", "auto", ("007", "7", "010")),
        ("3.0 4.0 3.0", "auto", ("3.0", "4.0")),
        ("1_1 11 1_1", "classification", ("11", "1_1")),
        ("1 2 3.5", "auto", None),
        ("1 2 3", "regression", None),
        ("yes no yes", "classification", ("no", "yes")),
        (" ".join(map(str, range(21))), "auto", None),
        (" ".join(map(str, range(21))), "classification", tuple(map(str, range(21)))),
    ],
)
def test_classes_or_values(locator, answers, task, classes):
    rows = "".join(f"{k},{answer}\n" for k, answer in enumerate(answers.split()))
    loaded = load(locator, "a,y\n" + rows, task=task)
    assert loaded.spec.classes == classes
    assert loaded.splits["train"].y.ndim == (2 if classes is None else 1)


def test_several_outputs(locator):
    loaded = load(locator, "y,a,z\n1,2,3\n4,5,6\n", target=("z", "y"))
    np.testing.assert_array_equal(loaded.splits["train"].y, [[3, 1], [6, 4]])
    assert (loaded.spec.input_shape, loaded.spec.outputs) == ((1,), 2)


def test_target_by_index_and_drop(locator):
    loaded = load(locator, "id,a,y\nx1,1,cat\nx2,2,dog\n", target=-1, drop=("id",))
    assert [column.name for column in loaded.format["columns"]] == ["a"]
    assert loaded.spec.classes == ("cat", "dog")


def test_other_files_may_order_columns_differently(locator):
    locator.data_dir.mkdir()
    write_csv(locator.data_dir / "other.csv", "y,extra,colour,a\ndog,9,green,7\n")
    loaded = load(locator, TABLE, test="other.csv", validation="other.csv")
    np.testing.assert_array_equal(loaded.splits["test"].x, [[7, 0]])
    np.testing.assert_array_equal(loaded.splits["validation"].y, [1])


def test_share_for_testing(locator):
    rows = "".join(f"{row},{row % 2}\n" for row in range(40))
    loaded = load(locator, "a,y\n" + rows, test=0.25)
    splits = divide(loaded.splits, 0.25, DataSettings(validation=0), seed=0)
    assert (len(splits["train"]), len(splits["test"])) == (30, 10)
    assert np.bincount(splits["test"].y).tolist() == [5, 5]
    assert sorted([*splits["train"].x[:, 0], *splits["test"].x[:, 0]]) == list(range(40))


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("", {}, "is empty"),
        ("a,y\n", {}, "has a header and no rows"),
        ("1,2\n3,4\n", {}, ":1: expected a header .* got numbers"),
        ("a;y\n1;2\n", {}, r":1: has one column if ',' separates. Set delimiter: ';'"),
        ("a,a,y\n1,2,3\n", {}, r":1: column names must differ.*\['a'\]"),
        ("a,,y\n1,2,3\n", {}, ":1: column names must differ and not be empty"),
        ("a,y\n1,cat\n2\n", {}, ":3: expected 2 cells, got 1"),
        ('a,y\n"1\n1",cat\n2,3,4\n', {}, ":4: expected 2 cells, got 3"),
        ('a,y\n1,"cat\n', {}, ":2: unexpected end of data"),
        ("a,y\n1e300,cat\n1,dog\n", {}, ":2: column 'a': expected a finite number, got '1e300'. Fix the cell or"),
        ("a,y\n1,\n2, \n", {}, "got no answer at all. Choose another target"),
        ("a,y\n1,nan\n2,-\n", {"task": "regression"}, r"t\.csv: no row has an answer in y\. Choose another target\."),
        (
            "a,y\n" + "1,cat\n" * 20 + "oops,dog\n",
            {},
            r":22: column 'a': got 'oops' among numbers. Fix it, set dataset.na_values: \[oops\] if it means a missing "
            r"number, or dataset.columns: {a: {kind: category}} if these are words\.",
        ),
        ("a,y\n5,cat\n5,dog\n", {}, "no column is left to learn from"),
        ("a,y\n,cat\n,dog\n", {}, "no column is left to learn from"),
        (TABLE, {"target": "z"}, "has no column z, the target. There are: a, colour, y"),
        (TABLE, {"target": 3}, "has no column 3"),
        (TABLE, {"drop": ("b",)}, "has no column b, named in dataset.drop. There are"),
        (TABLE, {"drop": ("a", "colour")}, "no column is left"),
        (TABLE, {"task": "regression"}, "column 'y': got 'cat', expected numbers"),
        (TABLE, {"target": ("a", "y")}, ":2: column 'y': got 'cat', expected numbers. Write numbers only, or choose"),
        (TABLE, {"keep": ("b",)}, "has no column b, named in dataset.keep. There are"),
        (TABLE, {"columns": {"b": ColumnRule("number")}}, "has no column b, named in dataset.columns. There are"),
        ("a,y\n1,1.5\n2,2\n", {"task": "classification"}, "expected up to 1,000 words or whole numbers"),
        (TABLE, {"test": "none.csv"}, "none.csv: there is no such file. Looked for: none.csv, .*none.csv"),
    ],
)
def test_refuses(locator, text, arguments, message):
    with pytest.raises(DataError, match=message):
        load(locator, text, **arguments)


def test_new_words_in_other_files_are_another_word(locator):
    locator.data_dir.mkdir()
    write_csv(locator.data_dir / "other.csv", "a,colour,y\n1,red,cat\n1,blue,cat\n2,,dog\n3,blue,dog\n")
    loaded = load(locator, TABLE, test="other.csv")
    np.testing.assert_array_equal(loaded.splits["test"].x, [[1, 1], [1, 0.5], [2, 0.5], [3, 0.5]])
    (note,) = loaded.spec.notes
    assert note == (
        f"{locator.data_dir / 'other.csv'}:3: column 'colour': 'blue' was not there in training, it counts as another "
        "word (the first of 3 such cells)"
    )


def test_new_classes_in_other_files_are_refused(locator):
    locator.data_dir.mkdir()
    write_csv(locator.data_dir / "other.csv", "a,colour,y\n1,red,cat\n1,red,emu\n1,red,emu\n")
    with pytest.raises(
        DataError, match=r"other\.csv:3: column 'y': expected one of cat, dog, got 'emu', the first of 2"
    ):
        load(locator, TABLE, test="other.csv")


def test_refuses_other_encodings(locator):
    locator.data_dir.mkdir()
    (locator.data_dir / "t.csv").write_bytes(b"a,y\n1,caf\xe9\n")
    with pytest.raises(DataError, match="is not UTF-8 text, soon after line 1"):
        SOURCES["csv"]("t.csv", target="y").load(locator)


def test_blocks_join(locator):
    loaded = load(locator, "a,y\n" + "".join(f"{row * row},{row % 2}\n" for row in range(2500)))
    np.testing.assert_array_equal(loaded.splits["train"].x[:, 0], np.arange(2500) ** 2)


@pytest.mark.parametrize("name", ["iris.csv", "friedman.csv"])
def test_embedded_tables(locator, name):
    loaded = SOURCES["csv"](f"embedded:{name}", target=-1).load(locator)
    assert (loaded.spec.classes is None) == (name == "friedman.csv")


@pytest.mark.parametrize("name", ["iris.csv", "friedman.csv"])
def test_an_embedded_table_never_stands_in_for_a_file(locator, name):
    with pytest.raises(DataError, match=rf"^{name}: there is no such file\. Did you mean embedded:{name}, which comes"):
        SOURCES["csv"](name, target=-1).load(locator)


def test_constructor_refuses():
    with pytest.raises(ConfigError, match="delimiter: expected a character that separates cells, got ';;'"):
        SOURCES["csv"]("t.csv", target="y", delimiter=";;")
    with pytest.raises(ConfigError, match="test: expected a path, a share between 0 and 1, or null"):
        SOURCES["csv"]("t.csv", target="y", test=1.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": ()}, "target: expected the names of different columns, got"),
        ({"target": ("y", "y")}, "target: expected the names of different columns, got"),
        ({"target": "y", "delimiter": '"'}, "delimiter: expected a character that separates cells"),
        ({"target": "y", "delimiter": "\n"}, "delimiter: expected a character that separates cells"),
        ({"target": "y", "decimal": ",", "thousands": ","}, "decimal: expected '.' or ',', and another mark"),
        ({"target": "y", "thousands": "."}, "decimal: expected '.' or ',', and another mark"),
        ({"target": "y", "decimal": ";"}, "decimal: expected '.' or ','"),
        ({"target": "y", "columns": {"y": ColumnRule("id")}}, "columns: y is the target, of which only kind: number"),
        ({"target": ("a", "y"), "columns": {"y": ColumnRule("date")}}, "columns: y is the target, of which only kind"),
    ],
)
def test_refuses_what_no_table_can_mean(arguments, message):
    with pytest.raises(ConfigError, match=message):
        SOURCES["csv"]("t.csv", **arguments)


def test_a_wide_table_is_named_by_its_first_columns(locator):
    header = ",".join(f"c{column}" for column in range(3000))
    with pytest.raises(DataError, match=r"has no column z, the target\. There are: c0, c1, .*, c19, \.\.\.\.$"):
        load(locator, f"{header}\n{header}\n", target="z")
