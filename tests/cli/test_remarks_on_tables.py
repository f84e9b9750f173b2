"""What is said of tables that are read as somebody may not have meant it, and of rows unlike those of the training."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

CONFIG = """\
dataset: {type: csv, train: t.csv, target: y}
model: {layers: [{type: dense, units: auto}]}
training: {max_steps: 3}
"""


@pytest.fixture(autouse=True)
def config(directory) -> None:
    Path("c.yaml").write_text(CONFIG)


def write(header: str, rows: list[str], path: str = "t.csv") -> None:
    Path(path).write_text("\n".join([header, *rows, ""]))


def warnings(nnfs, *options: str) -> list[str]:
    done = nnfs("check", "c.yaml", "--data", *(word for option in options for word in ("--set", option)))
    assert done.code == 0
    return [line.removeprefix("warning: ") for line in done.err.splitlines()]


@pytest.mark.parametrize("gap", ["01210", "", "NA", " "])
def test_zeros_before_numbers_are_told_beside_missing_cells(nnfs, gap):
    rows = [f"{k % 7},{gap if k == 20 else f'0{1210 + k % 9}'},{k % 2}" for k in range(60)]
    write("a,zip,y", rows)
    rule = "Set dataset.columns: {zip: {kind: category}} if these are codes"
    told = f"t.csv: column 'zip': got '01210', taken for the number 1210. {rule}"
    assert told in warnings(nnfs)
    assert told in warnings(nnfs, "dataset.na_values=[-999]")
    assert not any("taken for the number" in line for line in warnings(nnfs, "dataset.columns={zip: {kind: category}}"))


def test_codes_that_are_nearly_all_different_are_better_left_out(nnfs):
    write("a,zip,y", [f"{k % 7},0{1210 + 7 * k},{k % 2}" for k in range(60)])
    rule = "{zip: {kind: ignore}}"
    (told,) = [line for line in warnings(nnfs) if "taken for the number" in line]
    assert told.endswith(f"Set dataset.columns: {rule} if these are codes that are nearly all different")
    assert warnings(nnfs, "dataset.columns={zip: {kind: category}}") == [
        f"t.csv: column 'zip': 60 different words in 60 cells, of which little can be learned. "
        f"dataset.columns: {rule} leaves it out"
    ]
    assert warnings(nnfs, f"dataset.columns={rule}") == []


def days(count: int) -> list[str]:
    return [str(date(2024, 1, 1) + timedelta(days=day)) for day in range(count)]


@pytest.mark.parametrize(("order", "told"), [(1, False), (-1, True)])
def test_ordered_rows_that_are_not_in_the_order_of_time(nnfs, order, told):
    write("day,a,y", [f"{day},{k % 7},{k % 5}.5" for k, day in enumerate(days(100)[::order])])
    said = "split: ordered holds out the last rows, which are not the latest by day. Sort the file by time"
    assert (said in warnings(nnfs, "dataset.split=ordered")) == told
    assert said not in warnings(nnfs)
    run = nnfs("train", "c.yaml", "--set", "dataset.split=ordered", "--set", "dataset.test=0.2", "--quiet")
    assert (f"warning: {said}\n" in run.err) == told


def test_one_column_of_dates_that_rises_is_enough(nnfs):
    rows = [f"{day},{old},{k % 5}.5" for k, (day, old) in enumerate(zip(days(100), days(100)[::-1], strict=True))]
    write("day,born,y", rows)
    assert warnings(nnfs, "dataset.split=ordered") == []


def test_every_row_far_outside_the_training_data_has_a_note(nnfs):
    write("size,colour,y", [f"{50 + k % 40},{('red', 'blue')[k % 2]},{k % 3}.5" for k in range(90)])
    run = nnfs("train", "c.yaml", "--quiet").out.strip()
    write("size,colour", ["60,red", "3000,blue", "61,green", "-500,green", "3001,red"], "new.csv")
    done = nnfs("predict", run, "new.csv")
    assert done.code == 0
    notes = [row["note"] for row in csv.DictReader(done.out.splitlines())]
    far = "column 'size': {} is far outside the training data, 50 to 89"
    word = "column 'colour': 'green' was not there in training, it counts as another word"
    assert notes == ["", far.format(3000), word, f"{word}; {far.format(-500)}", far.format(3001)]
    assert done.err.count("is far outside the training data") == 1


def test_large_figures_are_written_out(nnfs):
    write("a,y", [f"{k % 7},{10000 * (k % 11)}.5" for k in range(90)])
    run = nnfs("train", "c.yaml", "--quiet").out.strip()
    lines = dict(line.split("  ", 1) for line in nnfs("evaluate", run, "--split", "train").out.splitlines()[1:])
    assert lines["rmse"].strip().replace(",", "").isdecimal()
    assert "," in lines["rmse"]


GERMAN = ("dataset.decimal=','", "dataset.thousands=.")


def reported(nnfs, *options: str) -> dict[str, list[str]]:
    done = nnfs("check", "c.yaml", "--data", "--json", *(word for option in options for word in ("--set", option)))
    assert done.code == 0, done.err
    return {column["name"]: column for column in json.loads(done.out)["data"]["columns"]}


def refused(nnfs, *options: str) -> str:
    done = nnfs("check", "c.yaml", "--data", *(word for option in options for word in ("--set", option)))
    assert done.code == 3
    (line,) = done.err.splitlines()
    return line


def test_the_notation_of_a_table_is_that_of_every_column(nnfs):
    write("price,y", [f"{1 + k % 9}.{100 + k},{k % 2}" for k in range(60)])
    assert reported(nnfs)["price"]["high"] == 9.153
    assert reported(nnfs, *GERMAN)["price"]["high"] == 9153
    run = nnfs("train", "c.yaml", "--quiet", *(word for option in GERMAN for word in ("--set", option))).out.strip()
    write("price", ["1.100", "1100", '"1.100,0"'], "new.csv")
    done = nnfs("predict", run, "new.csv")
    assert len({(row["label"], row["probability"]) for row in csv.DictReader(done.out.splitlines())}) == 1
    line = refused(nnfs, "dataset.decimal=','")
    assert line.startswith("t.csv:2: column 'price': got '1.100' among numbers with a decimal comma, the first of 60")


def test_a_group_of_thousands_does_not_begin_with_0(nnfs):
    write("a,x,y", [f'{k % 7},"{("0,942", "-0,813", "2,511")[k % 3]}",{k % 2}' for k in range(60)])
    column = reported(nnfs)["x"]
    assert (column["low"], column["high"]) == (-0.813, 2.511)


@pytest.mark.parametrize("options", [(), ("dataset.decimal=.",)])
def test_the_odd_cell_is_named_and_not_the_many(nnfs, options):
    write("a,x,y", [f"{k % 7},{f'{k}.5' if k < 59 else chr(34) + '5,67' + chr(34)},{k % 2}" for k in range(60)])
    assert refused(nnfs, *options).startswith("t.csv:61: column 'x': got '5,67' among ")


def test_the_odd_cell_among_decimal_commas(nnfs):
    write("a,x,y", [f"{k % 7},{'5.67' if k == 9 else chr(34) + f'{k},5' + chr(34)},{k % 2}" for k in range(60)])
    assert refused(nnfs, "dataset.decimal=','").startswith(
        "t.csv:11: column 'x': got '5.67' among numbers with a decimal comma. Fix it, "
    )


def test_numbers_in_other_notations_never_become_words_silently(nnfs):
    write("a,x,y", [f"{k % 7},{('1.5', chr(34) + '1,234' + chr(34))[k % 2]},{k % 2}" for k in range(60)])
    line = refused(nnfs, "dataset.decimal=','")
    assert line.startswith("t.csv:2: column 'x': got '1.5' among numbers with a decimal comma")


def test_years_of_two_digits_and_zones_that_only_some_times_have(nnfs):
    born = [f"{k % 28 + 1:02}.01.{40 + k % 50}" for k in range(60)]
    at = [f"2023-01-{k % 28 + 1:02}T10:00{'Z' * (k % 2)}" for k in range(60)]
    write("born,at,y", [f"{one},{other},{k % 2}" for k, (one, other) in enumerate(zip(born, at, strict=True))])
    years = "years of two digits are taken for 1969 to 2068. Write four if that is wrong"
    zone = "without a time zone beside others that have one: it is taken for UTC"
    assert warnings(nnfs) == [
        f"t.csv:2: column 'born': got '01.01.40': {years}",
        f"t.csv:2: column 'at': got '2023-01-01T10:00' {zone}",
    ]


def test_numbers_of_too_many_digits(nnfs):
    write("long,longer,y", [f"{10**17 + k % 30},{10**19 + k % 30},{k % 2}" for k in range(60)])
    rule = "Set dataset.columns: {long: {kind: category}} if these are codes"
    said = warnings(nnfs)
    assert f"t.csv: column 'long': a number keeps 15 digits, and it has longer ones. {rule}" in said
    assert any("longer (the same in every row in the 15 digits that a number keeps)" in line for line in said)


def test_the_order_of_words_is_told(nnfs):
    write("size,y", [f"{'SML'[k % 3]},{k % 2}" for k in range(60)])
    assert reported(nnfs, "dataset.columns={size: {encode: ordinal}}")["size"]["becomes"] == "the place in L, M, S"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("dataset.split=ordered", "dataset.group=g"), "ordered holds out the last rows, whatever their group."),
        (("dataset.weight=g", "dataset.group=g"), "weight: 'g' is both weight and group. Choose one."),
        (("dataset.weight=g", "dataset.drop=[g]"), "weight: 'g' is left out by drop. Choose one."),
        (("dataset.group=g", "dataset.drop=[g]"), "group: 'g' is left out by drop. Choose one."),
    ],
)
def test_columns_that_are_to_be_two_things(nnfs, options, said):
    write("a,g,y", [f"{k % 7},{k % 5},{k % 2}" for k in range(60)])
    done = nnfs("check", "c.yaml", *(word for option in options for word in ("--set", option)))
    assert done.code == 2
    assert said in done.err


def test_a_header_in_other_letters_is_no_row(nnfs):
    write("shape,color,y", [f"{('round', 'long')[k % 2]},{('red', 'blue')[k % 2]},{k % 2}" for k in range(60)])
    run = nnfs("train", "c.yaml", "--quiet").out.strip()
    write("Color,Shape", ["red,round"], "new.csv")
    done = nnfs("predict", run, "new.csv")
    assert done.code == 3
    assert "new.csv: has no column 'shape'. Did you mean 'Shape'? Rename it." in done.err
