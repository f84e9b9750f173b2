"""Advice on the cells and columns of tables as people have them: what a message says to do is done, and it works."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.cli.test_advice import arrays, followed, table

COMMA, THOUSANDS, MONEY = "numbers with a decimal comma", "numbers with commas for thousands", "amounts of money"
SPELLINGS = {
    COMMA: lambda value: f'"{value},76"',
    THOUSANDS: lambda value: f'"{value:,}"',
    MONEY: lambda value: f"${value}",
    "numbers with marks for thousands": lambda value: f"{value:,}".replace(",", " "),
}


def said(nnfs, *options: str, code: int = 3) -> list[str]:
    """The lines of `check`, which refuses or warns."""
    done = nnfs("check", "c.yaml", *(part for option in options for part in ("--set", option)))
    assert done.code == code, done.err
    return done.err.splitlines()


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
@pytest.mark.parametrize("kind", SPELLINGS)
def test_a_target_of_numbers_in_another_spelling(nnfs, kind, loss):
    values = [100_000 + 37 * k for k in range(1200)]
    table("x,y\n" + "".join(f"{k % 7},{SPELLINGS[kind](value)}\n" for k, value in enumerate(values)), loss, 1)
    (line,) = said(nnfs)
    first = SPELLINGS[kind](values[0]).strip('"')
    assert line == (
        f"data.csv:2: column 'y': got '{first}', which look like {kind}. Write plain numbers such as 1234.5, "
        "or set dataset.task: classification if these are classes."
    )
    table("x,y\n" + "".join(f"{k % 7},{value}\n" for k, value in enumerate(values)), "mse", 1)
    followed(nnfs)


def test_classes_that_look_like_numbers(nnfs):
    table("x,y\n" + "".join(f"{k},{('10%', '20%')[k % 2]}\n" for k in range(20)))
    assert "which look like percentages" in said(nnfs, code=0)[0]
    followed(nnfs)
    table("x,y\n" + "".join(f"{k},{k}%\n" for k in range(30)))
    assert "which look like percentages" in said(nnfs)[0]
    followed(nnfs, "dataset.task=classification", "model.layers.0.units=30")


def test_a_few_numbers_in_another_spelling_that_are_values(nnfs):
    rows = [f"{k % 7},{('10%', '20%')[k % 2]}\n" for k in range(40)]
    table("x,y\n" + "".join(rows), "mse", 1)
    done = nnfs("check", "c.yaml")
    assert done.code == 2
    assert (
        "does not fit csv, which has classes. Write plain numbers such as 1234.5 if its texts, which look like "
        "percentages, are values, else loss: cross_entropy." in done.err
    )
    table("x,y\n" + "".join(row.replace("%", "") for row in rows), "mse", 1)
    followed(nnfs, "dataset.task=regression")


def test_a_target_of_many_numbers_and_other_texts(nnfs):
    cells = [f"{k}.5" if k % 4 else "low" for k in range(60)]
    table("x,y\n" + "".join(f"{k % 7},{cell}\n" for k, cell in enumerate(cells)), "mse", 1)
    assert said(nnfs) == [
        "data.csv:2: column 'y': got 'low' among 45 numbers. Write numbers only, "
        "or set dataset.task: classification if these are classes."
    ]
    table("x,y\n" + "".join(f"{k % 7},{cell.replace('low', '0')}\n" for k, cell in enumerate(cells)), "mse", 1)
    followed(nnfs)


def test_features_of_numbers_in_another_spelling(nnfs):
    rows = [(f"${1000 + k % 5}", k % 2) for k in range(20)]
    table("a,x,y\n" + "".join(f"{y},{x},{y}\n" for x, y in rows))
    assert said(nnfs, code=0) == [
        "warning: data.csv:2: column 'x': got '$1000', which look like amounts of money: taken for text, 5 categories "
        "with a feature each. Write plain numbers such as 1234.5, or leave it out with dataset.drop: [x]"
    ]
    assert said(nnfs, "dataset.drop=[x]", code=0) == []
    table("a,x,y\n" + "".join(f"{y},{x[1:]},{y}\n" for x, y in rows))
    assert said(nnfs, code=0) == []


def test_all_kinds_of_missing_cells_at_once(nnfs):
    cells = ["", "NA", "?", "", "-", "null", "oops", *map(str, range(20))]
    table("a,x,y\n" + "".join(f"{k % 3},{cell},{k % 2}\n" for k, cell in enumerate(cells)))
    assert said(nnfs) == [
        "data.csv:2: column 'x': got an empty cell, the first of 6 in 27 rows "
        "(2 empty, 1 'NA', 1 '?', 1 '-', 1 'null'). Fill them in, or drop the column with dataset.drop: [x].",
        "data.csv:8: column 'x': got 'oops' among numbers. Fix it or drop the column with dataset.drop: [x].",
    ]
    followed(nnfs, "dataset.drop=[x]")


@pytest.mark.parametrize("column", ["x", "y"])
def test_words_for_missing_numbers_make_no_category(nnfs, column):
    cells = [[str(k / 2), str(k / 3)] for k in range(20)]
    for row in (3, 5, 6, 9, 11):
        cells[row]["xy".index(column)] = "NA"
    table("a,x,y\n" + "".join(f"{k % 2},{x},{y}\n" for k, (x, y) in enumerate(cells)), "mse", 1)
    (line,) = said(nnfs)
    assert line.startswith(f"data.csv:5: column '{column}': got 'NA', the first of 5 in 20 rows. Fill them in, or ")
    table("a,x,y\n" + "".join(f"{k % 2},{x},{y}\n".replace("NA", "1.5") for k, (x, y) in enumerate(cells)), "mse", 1)
    followed(nnfs)


def test_words_for_missing_cells_that_are_categories_are_told_of(nnfs):
    words = ["red", "NA", "blue", "n/a", "red", "NA", "unknown"]
    table("x,y\n" + "".join(f"{words[k % 7]},{k % 2}\n" for k in range(28)))
    assert said(nnfs, code=0) == [
        "warning: data.csv:3: column 'x': got 'NA': 8 'NA', 4 'n/a' in 28 rows, taken for text. "
        "Fill such cells in if they are missing ones, or leave the column out"
    ]
    words = [word.replace("NA", "red").replace("n/a", "blue") for word in words]
    table("x,y\n" + "".join(f"{words[k % 7]},{k % 2}\n" for k in range(28)))
    assert said(nnfs, code=0) == []


PEOPLE = ["Unnamed: 0,PassengerId,Name,Ticket,Age,Cabin,Sex,Survived"] + [
    f"{k * 7 % 100},{k + 1},Mrs. {k},{('A/5 ' if k % 3 else '') + str(1000 + k)},{'' if k == 5 else k % 40},,"
    f"{('male', 'female')[k % 2]},{k % 2}"
    for k in range(100)
]


def test_a_raw_table_is_judged_in_one_pass(nnfs):
    table("\n".join(PEOPLE))
    lines = said(nnfs, "dataset.target=Survived")
    assert lines == [
        "data.csv:7: column 'Age': got an empty cell. Fill it in, or drop the column with dataset.drop: [Age].",
        "data.csv:2: column 'Cabin': got an empty cell, as in all 100 rows. "
        "Drop the column with dataset.drop: [Cabin].",
        "warning: column 'Unnamed: 0': is called as pandas calls the numbers of rows. "
        "Leave it out with dataset.drop: ['Unnamed: 0']",
        "warning: column 'PassengerId': counts the rows: what is learned from it holds for no other row. "
        "Leave it out with dataset.drop: [PassengerId]",
        "warning: data.csv:2: column 'Name': got 'Mrs. 0', nearly all different, like names or numbers of things: "
        "taken for text, 100 categories with a feature each. Leave it out with dataset.drop: [Name]",
        "warning: data.csv:3: column 'Ticket': got 'A/5 1001', nearly all different, like names or numbers of things: "
        "taken for text, 100 categories with a feature each. Leave it out with dataset.drop: [Ticket]",
        "warning: data.csv: all columns that only name rows or are empty are left out with "
        "dataset.drop: ['Unnamed: 0', PassengerId, Name, Ticket, Cabin]",
    ]
    drop = lines[-1].partition("dataset.drop: ")[2]
    assert said(nnfs, "dataset.target=Survived", f"dataset.drop={drop}")[0].startswith("data.csv:7: column 'Age'")
    followed(nnfs, "dataset.target=Survived", f"dataset.drop={drop[:-1]}, Age]")


def test_advice_keeps_what_is_dropped_already(nnfs):
    table("id,b,c,y\n" + "".join(f"{k},1,{'' if k else 1},{k % 2}\n" for k in range(60)))
    lines = said(nnfs, "dataset.drop=[b]")
    assert lines[0].endswith("or drop the column with dataset.drop: [b, c].")
    assert lines[1].endswith("dataset.drop: [b, id]")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_utf_16_without_a_mark(nnfs, encoding):
    table("x,y\n" + "1,yes\n2,no\n" * 9)
    text = Path("data.csv").read_text()
    Path("data.csv").write_bytes(text.encode(encoding))
    assert said(nnfs) == ["data.csv: is not UTF-8 text, but UTF-16 or UTF-32. Save it as UTF-8."]
    Path("data.csv").write_bytes(Path("data.csv").read_bytes().decode(encoding).encode())
    followed(nnfs)


def test_too_many_words_are_no_values_either(nnfs):
    table("x,y\n" + "".join(f"{k % 7},{('yes', f'word {k}')[k % 3 > 0]}\n" for k in range(1800)))
    (line,) = said(nnfs)
    assert line.endswith(
        "expected up to 1,000 words or whole numbers as classes, got such as 'word 1'. Choose another target."
    )
    table("x,y\n" + "".join(f"{k % 7},{k / 3}\n" for k in range(1100)))
    (line,) = said(nnfs, "dataset.task=classification")
    assert line.endswith("Choose another target, or set dataset.task: regression.")
    followed(nnfs, "dataset.task=regression", "loss=mse", "model.layers.0.units=1")


def test_a_constant_target(nnfs):
    table("x,y,z\n" + "".join(f"{k % 7},5.5,{k % 5}\n" for k in range(30)), "mse", 1)
    assert said(nnfs, code=0) == [
        "warning: target 'y': is 5.5 in every row: nothing can be learned. Choose another target"
    ]
    assert said(nnfs, "dataset.target=z", "dataset.task=regression", code=0) == []


def test_a_constant_array(nnfs):
    arrays(np.full(30, 5.5), "mse")
    assert said(nnfs, "model.layers.0.units=1", code=0) == [
        "warning: data.npz: y: is 5.5 in every example: nothing can be learned. Choose another target"
    ]
    arrays(np.arange(30) / 7, "mse")
    assert said(nnfs, "model.layers.0.units=1", code=0) == []
