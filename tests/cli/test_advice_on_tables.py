"""Advice on the cells and columns of tables as people have them: what a message says to do is done, and it works."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.test_advice import arrays, followed, table

SPELLINGS = {
    "numbers with a decimal comma": lambda value: f'"{value},76"',
    "numbers with commas for thousands": lambda value: f'"{value:,}.76"',
    "numbers with the sign $": lambda value: f"${value}.76",
    "numbers with blanks for thousands": lambda value: f"{value:,}.76".replace(",", " "),
    "numbers with a decimal comma and points for thousands": lambda value: f'"{value:,};76"'.replace(",", ".").replace(
        ";", ","
    ),
}


def said(nnfs, *options: str, code: int = 3) -> list[str]:
    """The lines of `check`, which refuses or warns."""
    done = nnfs("check", "c.yaml", *(part for option in options for part in ("--set", option)))
    assert done.code == code, done.err
    return done.err.splitlines()


def values_of(nnfs, run: str = "c-1") -> dict:
    """All figures of a run on the file that it was trained on."""
    done = nnfs("evaluate", run, "--split", "train", "--json")
    assert done.code == 0, done.err
    return json.loads(done.out) | {"checkpoint": ""}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_a_target_of_numbers_in_another_spelling(nnfs, kind):
    values = [100_000 + 37 * k for k in range(1200)]
    table("x,y\n" + "".join(f"{k % 7},{SPELLINGS[kind](value)}\n" for k, value in enumerate(values)), "mse", 1)
    first = SPELLINGS[kind](values[0]).strip('"')
    assert said(nnfs, code=0) == [f"warning: data.csv:2: column 'y': got '{first}': read as {kind}, as 100000.76"]
    assert said(nnfs, "loss=cross_entropy", code=2) == [
        "--set loss=cross_entropy: loss (cross_entropy): does not fit csv, which has values to predict. Use mse."
    ]
    followed(nnfs)
    figures = values_of(nnfs)
    table("x,y\n" + "".join(f"{k % 7},{value}.76\n" for k, value in enumerate(values)), "mse", 1)
    assert said(nnfs, code=0) == []
    followed(nnfs)
    assert values_of(nnfs, "c-2") == figures


def test_a_notation_is_that_of_the_training_for_ever(nnfs):
    rows = "x,y\n" + "".join(f'"{k % 7},5","{k},25"\n' for k in range(40))
    table(rows, "mse", 1)
    followed(nnfs)
    table(rows.replace(",25", ".25"), "mse", 1)
    done = nnfs("evaluate", "c-1", "--split", "train")
    assert (done.code, done.err) == (
        3,
        "data.csv:2: column 'y': expected a number with a decimal comma, got '0.25', the first of 40 such cells. "
        "Fix the cells or remove the rows.\n",
    )
    Path("new.csv").write_text('x\n"1,5"\n1.5\n"inf,"\n')
    done = nnfs("predict", "c-1", "new.csv")
    first = "new.csv:3: column 'x': expected a number with a decimal comma, got '1.5'. Fix the cell or remove the row."
    assert (done.code, done.err) == (3, f"2 of 3 examples could not be answered, the first: {first}\n")


def test_classes_that_look_like_numbers(nnfs):
    table("x,y\n" + "".join(f"{k},{('10%', '20%')[k % 2]}\n" for k in range(20)))
    assert said(nnfs, code=0) == [
        "warning: data.csv:2: column 'y': got '10%', which look like numbers with the sign %: taken "
        "for 2 classes. Write plain numbers such as 1234.5 if not"
    ]
    followed(nnfs)
    table("x,y\n" + "".join(f"{k},{k}%\n" for k in range(30)))
    assert said(nnfs, code=2) == [
        "c.yaml:3: loss (cross_entropy): does not fit csv, which has values to predict. "
        "Set dataset.task: classification if its 30 texts are classes, else loss: mse."
    ]
    followed(nnfs, "dataset.task=classification", "model.layers.0.units=30")
    followed(nnfs, "loss=mse", "model.layers.0.units=1")


def test_a_few_numbers_in_another_spelling_that_are_values(nnfs):
    rows = [f"{k % 7},{('10%', '20%')[k % 2]}\n" for k in range(40)]
    table("x,y\n" + "".join(rows), "mse", 1)
    assert said(nnfs, code=2) == [
        "c.yaml:3: loss (mse): does not fit csv, which has classes. Set dataset.task: regression if its texts, "
        "numbers with the sign %, are values, else loss: cross_entropy."
    ]
    followed(nnfs, "dataset.task=regression")
    followed(nnfs, "loss=cross_entropy", "model.layers.0.units=2")
    table("x,y\n" + "".join(row.replace("0%", ".5%") for row in rows), "mse", 1)
    assert said(nnfs, code=0)[0].endswith("read as numbers with the sign %, as 1.5")


def test_amounts_in_different_units_are_not_compared(nnfs):
    rows = [(f"{'$€'[k % 2]}{1000 + k % 5}", k % 2) for k in range(20)]
    table("a,x,y\n" + "".join(f"{y},{x},{y}\n" for x, y in rows))
    assert said(nnfs, code=0) == [
        "warning: data.csv:2: column 'x': got '$1000': amounts in different units ($, €) are not taken for numbers. "
        "Write all in one"
    ]
    table("a,x,y\n" + "".join(f"{y},{x.replace('€', '$')},{y}\n" for x, y in rows))
    run = nnfs("train", "c.yaml", "--name", "dollars", "--quiet").out.strip()
    Path("new.csv").write_text("a,x\n1,$1000\n1,€1000\n1,1000\n")
    done = nnfs("predict", run, "new.csv")
    assert done.code == 3
    assert "new.csv:3: column 'x': expected a number with the sign $, got '€1000'." in done.err
    assert [row["label"] != "" for row in csv.DictReader(done.out.splitlines())] == [True, False, True]


def test_dates_in_different_forms_are_words(nnfs):
    dates = [f"2024-01-{k + 1:02d}" if k % 2 else f"{k + 1:02d}.01.2024" for k in range(10)]
    table("a,x,y\n" + "".join(f"{k % 7},{dates[k % 10]},{k % 2}\n" for k in range(40)))
    assert said(nnfs, code=0) == [
        "warning: data.csv:2: column 'x': got '01.01.2024': dates in different forms are not taken for dates. "
        "Write all in one"
    ]


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
        "warning: data.csv:2: column 'x': got '$1000': read as numbers with the sign $, as 1000"
    ]
    assert said(nnfs, "dataset.drop=[x]", code=0) == []
    assert said(nnfs, "dataset.columns={x: {kind: category}}", code=0) == []
    followed(nnfs)
    figures = values_of(nnfs)
    table("a,x,y\n" + "".join(f"{y},{x[1:]},{y}\n" for x, y in rows))
    assert said(nnfs, code=0) == []
    followed(nnfs)
    assert values_of(nnfs, "c-2") == figures


def test_a_comma_that_may_be_either(nnfs):
    rows = "".join(f'{k % 3},"{k % 9 + 1},{k % 7}05",{k % 2}\n' for k in range(40))
    table("a,x,y\n" + rows)
    (line,) = said(nnfs, code=0)
    assert line == (
        "warning: data.csv:2: column 'x': got '1,005': read as numbers with commas for thousands, as 1005. "
        "Set dataset.decimal: ',' if that is not meant"
    )
    assert said(nnfs, "dataset.decimal=','", code=0) == []
    assert said(nnfs, "dataset.thousands=','", code=0) == []
    followed(nnfs, "dataset.decimal=','")
    table("a;x;y\n" + rows.replace('",', ";").replace(',"', ";"))
    (line,) = said(nnfs, "dataset.delimiter=;", code=0)
    assert line.endswith(
        "read as numbers with a decimal comma, as 1.005. Set dataset.decimal: '.' if that is not meant"
    )
    assert said(nnfs, "dataset.delimiter=;", "dataset.decimal=.", "dataset.thousands=','", code=0) == []


def test_codes_with_zeros_before_them(nnfs):
    table("zip,y\n" + "".join(f"{k * 37 % 5 + 1:05},{k % 2}\n" for k in range(40)))
    assert said(nnfs, code=0) == [
        "warning: data.csv: column 'zip': got '00001', taken for the number 1. Set dataset.columns: "
        "{zip: {kind: category}} if these are codes"
    ]
    followed(nnfs, "dataset.columns={zip: {kind: category}}")
    assert said(nnfs, "dataset.columns={zip: {kind: category}}", code=0) == []
    assert said(nnfs, "dataset.columns={zip: {kind: number}}", code=0) == []


def test_dates_whose_day_may_be_the_month(nnfs):
    table("d,y\n" + "".join(f"{k % 12 + 1:02}/{k % 5 + 1:02}/2024,{k % 2}\n" for k in range(40)))
    (line,) = said(nnfs, code=0)
    assert line == (
        "warning: data.csv:2: column 'd': got '01/01/2024': read as %m/%d/%Y, the month first. Set dataset.columns: "
        "{d: {format: '%d/%m/%Y'}} if the day comes first"
    )
    for form in ("%d/%m/%Y", "%m/%d/%Y"):
        rule = f"dataset.columns={{d: {{format: '{form}'}}}}"
        assert said(nnfs, rule, code=0) == []
        followed(nnfs, rule)
    assert said(nnfs, "dataset.columns={d: {format: '%d.%m.%Y'}}") == [
        "data.csv:2: column 'd': expected a date of the form %d.%m.%Y, got '01/01/2024', the first of 40 such cells. "
        "Fix the cells or remove the rows."
    ]
    assert said(nnfs, "dataset.columns={d: {format: '%Q'}}", code=2) == [
        "--set dataset.columns={d: {format: '%Q'}}: dataset.columns.d: format: expected iso, or a form such as "
        "%d.%m.%Y, got '%Q'."
    ]


def test_missing_cells_and_a_word_among_numbers(nnfs):
    cells = ["", "NA", "?", "", "-", "null", "oops", *map(str, range(20))]
    rows = "a,x,y\n" + "".join(f"{k % 3},{cell},{k % 2}\n" for k, cell in enumerate(cells))
    table(rows)
    assert said(nnfs) == [
        "data.csv:8: column 'x': got 'oops' among numbers. Fix it, set dataset.na_values: [oops] if it means a missing "
        "number, or dataset.columns: {x: {kind: category}} if these are words."
    ]
    followed(nnfs, "dataset.na_values=[oops]")
    followed(nnfs, "dataset.columns={x: {kind: category}}")
    table(rows.replace("oops", "5"))
    assert said(nnfs, code=0) == [
        "warning: data.csv: taken for missing cells: 'NA' in x (1); '?' in x (1); '-' in x (1); 'null' in x (1)"
    ]
    followed(nnfs)


@pytest.mark.parametrize("column", ["x", "y"])
def test_words_for_missing_numbers_make_no_category(nnfs, column):
    cells = [[str(k / 2), str(k / 3)] for k in range(20)]
    for row in (3, 5, 6, 9, 11):
        cells[row]["xy".index(column)] = "NA"
    table("a,x,y\n" + "".join(f"{k % 2},{x},{y}\n" for k, (x, y) in enumerate(cells)), "mse", 1)
    lines = said(nnfs, code=0)
    left_out = ["warning: data.csv: 5 of 20 rows have no answer in y: they are left out"]
    assert lines == (left_out if column == "y" else ["warning: data.csv: taken for missing cells: 'NA' in x (5)"])
    followed(nnfs)


def test_words_for_missing_cells_are_one_category(nnfs):
    words = ["red", "NA", "blue", "n/a", "red", "", "unknown"]
    table("x,y\n" + "".join(f"{words[k % 7]},{k % 2}\n" for k in range(28)))
    done = nnfs("check", "c.yaml")
    told = "warning: data.csv: taken for missing cells: 'NA' in x (4); 'n/a' in x (4)\n"
    assert (done.code, done.err) == (0, told)
    assert "examples of shape (4,)" in done.out, "missing, blue, red, unknown"


def test_words_that_differ_in_blanks_or_case_are_told_of(nnfs):
    words = ["Male", "male ", "female"]
    table("x,y\n" + "".join(f"{words[k % 3]},{k % 2}\n" for k in range(28)))
    assert said(nnfs, code=0) == ["warning: data.csv: column 'x': 'Male', 'male ' are different words, as written"]


PEOPLE = ["Unnamed: 0,PassengerId,Name,Ticket,Age,Cabin,Sex,Survived"] + [
    f"{k * 7 % 100},{k + 1},Mrs. {k},{('A/5 ' if k % 3 else '') + str(1000 + k)},{'' if k == 5 else k % 40},,"
    f"{('male', 'female')[k % 2]},{k % 2}"
    for k in range(100)
]


def test_a_raw_table_is_judged_in_one_pass(nnfs):
    table("\n".join(PEOPLE))
    assert said(nnfs, "dataset.target=Survived", code=0) == [
        "warning: data.csv: left out: Unnamed: 0 (called as pandas calls the numbers of rows), PassengerId (counts the "
        "rows), Name (nearly all different, like names), Ticket (nearly all different, like names), Cabin (empty in "
        "all 100 rows). dataset.columns: {'Unnamed: 0': {kind: number}} takes one in"
    ]
    followed(nnfs, "dataset.target=Survived")
    followed(nnfs, "dataset.target=Survived", "dataset.columns={'Unnamed: 0': {kind: number}}")
    columns = ["'Unnamed: 0'", "PassengerId", "Name", "Ticket", "Cabin"]
    kinds = ["id", "ignore", "text", "text", "ignore"]
    rules = ", ".join(f"{column}: {{kind: {kind}}}" for column, kind in zip(columns, kinds, strict=True))
    assert said(nnfs, "dataset.target=Survived", f"dataset.columns={{{rules}}}", code=0) == []
    assert said(nnfs, "dataset.target=Survived", f"dataset.drop=[{', '.join(columns)}]", code=0) == []


def test_nothing_is_left_to_learn_from(nnfs):
    table("id,y\n" + "".join(f"{k},{k % 2}\n" for k in range(60)))
    assert said(nnfs) == [
        "data.csv: no column is left to learn from. Left out: id (counts the rows). "
        "dataset.columns: {id: {kind: number}} takes one in."
    ]
    followed(nnfs, "dataset.columns={id: {kind: number}}")
    assert said(nnfs, "dataset.drop=[id]") == ["data.csv: no column is left to learn from. Drop fewer columns."]


def test_a_column_that_rises_is_told_of(nnfs):
    table("year,x,y\n" + "".join(f"{1900 + 2 * k},{k % 7},{k % 2}\n" for k in range(60)))
    assert said(nnfs, code=0) == [
        "warning: column 'year': rises from row to row. "
        "Leave it out with dataset.drop: [year] if it only numbers the rows"
    ]
    assert said(nnfs, "dataset.drop=[year]", code=0) == []


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
    assert said(nnfs, "dataset.target=z", "dataset.task=regression", code=0) == [
        "warning: data.csv: left out: y (the same in every row). dataset.columns: {y: {kind: number}} takes one in"
    ]


def test_a_constant_array(nnfs):
    arrays(np.full(30, 5.5), "mse")
    assert said(nnfs, "model.layers.0.units=1", code=0) == [
        "warning: data.npz: y: is 5.5 in every example: nothing can be learned. Choose another target"
    ]
    arrays(np.arange(30) / 7, "mse")
    assert said(nnfs, "model.layers.0.units=1", code=0) == []
