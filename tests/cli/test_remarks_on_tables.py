"""What is said of tables that are read as somebody may not have meant it, and of rows unlike those of the training."""

from __future__ import annotations

import csv
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
