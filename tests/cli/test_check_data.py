"""nnfs check --data: columns, classes and values as plain Python counts them, and what is said of them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

CONFIG = """\
dataset: {type: csv, train: data.csv, target: y, test: 0.2}
model: {layers: [{type: dense, units: auto}]}
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 1, workers: 1}
"""
ROWS = 1500


@pytest.fixture
def rows() -> list[list[str]]:
    """A table with a number that is missing at times, words, a date, an id, a constant and names."""
    rng = np.random.default_rng(8)
    found = [["id", "age", "town", "when", "always", "name", "y"]]
    for row in range(ROWS):
        age = "" if row % 11 == 0 else f"{rng.normal(40, 9):.1f}"
        town = ("Bonn", "Köln", "Ulm", "NA")[row % 4]
        when = f"2024-{1 + row % 12:02d}-{1 + row % 28:02d}"
        found.append([str(row), age, town, when, "x", f"Person {row}", "yes" if row % 40 == 0 else "no"])
    with open("data.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(found)
    Path("c.yaml").write_text(CONFIG)
    return found


def test_columns_as_they_are(nnfs, rows):
    done = nnfs("check", "c.yaml", "--data", "--json")
    assert done.code == 0, done.err
    told = {column["name"]: column for column in json.loads(done.out)["data"]["columns"]}
    assert list(told) == rows[0]
    cells = {name: [row[place] for row in rows[1:]] for place, name in enumerate(rows[0])}
    for name, missing in (("age", ""), ("town", "NA")):
        assert told[name]["missing"] == cells[name].count(missing) > 0
    ages = [float(cell) for cell in cells["age"] if cell]
    assert (told["age"]["low"], told["age"]["high"]) == (min(ages), max(ages))
    assert told["age"]["distinct"] == len(set(ages))
    assert (told["town"]["low"], told["town"]["high"], told["town"]["distinct"]) == ("Bonn", "Ulm", 3)
    assert (told["when"]["low"], told["when"]["high"]) == (min(cells["when"]), max(cells["when"]))
    assert {name: column["kind"] for name, column in told.items()} == {
        "id": "id",
        "age": "number",
        "town": "category",
        "when": "date",
        "always": "constant",
        "name": "text",
        "y": "target",
    }
    assert told["town"]["becomes"] == "one-hot of 4"
    assert told["always"]["becomes"] == "left out: the same in every row"


def test_limits_of_numbers_and_dates_as_they_are_written(nnfs):
    prices = [f"{k * 1.5:.2f}".replace(".", ",") for k in range(1, 60)]
    days = [f"{1 + k % 28:02d}.{1 + k % 12:02d}.{2020 + k % 3}" for k in range(59)]
    rows = (f'"{price}",{day},"{k},5"' for k, (price, day) in enumerate(zip(prices, days, strict=True)))
    Path("data.csv").write_text("price,day,y\n" + "\n".join(rows) + "\n")
    Path("c.yaml").write_text(CONFIG.replace("test: 0.2", "validation: 0") + "loss: mse\n")
    columns = json.loads(nnfs("check", "c.yaml", "--data", "--json").out)["data"]["columns"]
    price, day, y = ((column["low"], column["high"]) for column in columns)
    assert price == (1.5, 88.5)
    first, last = (pick(days, key=lambda text: text.split(".")[::-1]) for pick in (min, max))
    assert day == (first, last) == ("01.01.2020", "24.12.2022")
    assert y == (0.5, 58.5)


def test_columns_that_nearly_never_vary_are_told_in_one_line(nnfs):
    rows = [",".join(["7"] * 8 + ["p"]) if k else ",".join(["8"] * 7 + ["7", "q"]) for k in range(200)]
    Path("data.csv").write_text(
        "a,b,c,d,e,f,g,h,w,x,y\n" + "".join(f"{row},{k * 37 % 101},{k % 3}\n" for k, row in enumerate(rows))
    )
    Path("c.yaml").write_text(CONFIG.replace("test: 0.2", "validation: 0"))
    said = nnfs("check", "c.yaml").err.splitlines()
    assert said == [
        "warning: data.csv: left out: h (the same in every row). dataset.columns: {h: {kind: number}} takes one in",
        "warning: data.csv: the same in nearly all of 200 rows: a in 199, b in 199, c in 199, d in 199, e in 199, "
        "f in 199 and 2 more columns. Little is learned from them",
    ]


def test_words_that_look_like_numbers_keep_their_zeros(nnfs):
    Path("data.csv").write_text("zip,y\n" + "".join(f"{k % 50:05d},{'007' if k % 3 else '012'}\n" for k in range(200)))
    Path("c.yaml").write_text(CONFIG.replace("test: 0.2", "validation: 0, columns: {zip: {kind: category}}"))
    columns = json.loads(nnfs("check", "c.yaml", "--data", "--json").out)["data"]["columns"]
    assert [(column["low"], column["high"]) for column in columns] == [("00000", "00049"), ("007", "012")]


@pytest.mark.parametrize("bad", ["2023-02-30", "heute", "0000-00-00"])
def test_a_few_texts_among_dates_are_refused(nnfs, bad):
    days = [f"2023-{1 + k % 12:02d}-{1 + k % 28:02d}" for k in range(300)]
    days[77] = days[99] = bad
    Path("data.csv").write_text("day,y\n" + "".join(f"{day},{k % 2}\n" for k, day in enumerate(days)))
    Path("c.yaml").write_text(CONFIG)
    done = nnfs("check", "c.yaml")
    assert done.code == 3
    told = (
        f"data.csv:79: column 'day': got '{bad}' among dates, the first of 2 such cells. Fix it, set dataset.na_values"
    )
    assert done.err.startswith(told)
    assert nnfs("check", "c.yaml", "--set", f"dataset.na_values=['{bad}']").code == 0


def test_rows_that_are_written_twice(nnfs):
    rows = [f"{k / 7:.5f},{k * 37 % 101 / 3:.4f},{'ab'[k * k % 3 % 2]}\n" for k in range(300)]
    Path("data.csv").write_text("x,z,y\n" + "".join(row * 2 for row in rows))
    Path("c.yaml").write_text(CONFIG)
    assert "test examples are in the training split too" in nnfs("check", "c.yaml", "--data").err


@pytest.mark.parametrize(
    "name", ["id", "ID", "order_id", "Order ID", "CUSTOMER_ID", "Kunden_ID", "customerId", "ID_x", "UUID"]
)
def test_identifiers_by_their_names(nnfs, name):
    cells = [k * 7919 % 10007 for k in range(300)]
    Path("data.csv").write_text(f"{name},x,y\n" + "".join(f"{c},{k % 13},{k % 2}\n" for k, c in enumerate(cells)))
    Path("c.yaml").write_text(CONFIG)
    assert f"left out: {name} (" in nnfs("check", "c.yaml").err
    assert "left out" not in nnfs("check", "c.yaml", "--set", f"dataset.columns={{{name}: {{kind: number}}}}").err


@pytest.mark.parametrize("name", ["paid", "valid", "humid", "identity", "idle"])
def test_names_that_are_none_of_identifiers(nnfs, name):
    Path("data.csv").write_text(f"{name},y\n" + "".join(f"{k * 7919 % 10007},{k % 2}\n" for k in range(300)))
    Path("c.yaml").write_text(CONFIG)
    assert nnfs("check", "c.yaml").err == ""


def test_classes_and_splits(nnfs, rows):
    data = json.loads(nnfs("check", "c.yaml", "--data", "--json").out)["data"]
    assert data["examples"] == {"train": 1080, "validation": 120, "test": 300}
    counts = Counter(row[-1] for row in rows[1:])
    for one in data["classes"]:
        assert sum(one["examples"].values()) == counts[one["name"]]
    assert data["values"] == []


def test_the_same_as_a_table_for_people(nnfs, rows):
    done = nnfs("check", "c.yaml", "--data")
    lines = [line.split() for line in done.out.splitlines()]
    assert ["class", "train", "validation", "test"] in lines
    assert ["yes", "27", "3", "8"] in lines
    assert ["always", "constant", "left", "out:", "the", "same", "in", "every", "row", "0", "1", "x", "x"] in lines
    assert (
        "1,080 examples to learn from, 120 examples to choose the best epoch by, 300 examples to measure in the end"
        in done.out.splitlines()
    )


def test_a_rare_class(nnfs, rows):
    (said,) = [line for line in nnfs("check", "c.yaml", "--data").err.splitlines() if "accuracy says little" in line]
    assert said == (
        "warning: class 'yes' has 27 of 1,080 training examples (2.5 %), 'no' has 1,053: accuracy says little. Look at "
        "balanced_accuracy and macro_f1, and try loss.class_weights: balanced"
    )
    assert said in nnfs("train", "c.yaml", "--quiet").err
    followed = ("--set", "loss.class_weights=balanced")
    for command in (("check", "--data"), ("train", "--quiet")):
        for options in (followed, ("--set", "training.sampling=balanced")):
            done = nnfs(*command, "c.yaml", *options)
            assert f"{said.removesuffix(', and try loss.class_weights: balanced')}\n" in done.err
            assert done.code == 0


def test_values(nnfs):
    rng = np.random.default_rng(1)
    values = rng.normal(5, 2, 900).round(3)
    Path("data.csv").write_text("x,y\n" + "".join(f"{rng.random():.4f},{value}\n" for value in values))
    Path("c.yaml").write_text(CONFIG.replace("test: 0.2", "validation: 0") + "loss: mse\n")
    done = nnfs("check", "c.yaml", "--data", "--json")
    (told,) = json.loads(done.out)["data"]["values"]
    assert (told["name"], told["low"], told["high"]) == ("y", values.min(), values.max())
    assert (told["mean"], told["deviation"]) == pytest.approx((values.mean(), values.std()), rel=1e-12)


def test_a_column_that_gives_the_answer_away(nnfs):
    Path("data.csv").write_text("x,paid,y\n" + "".join(f"{k * 37 % 97},{k % 3},{k % 3 == 1}\n" for k in range(600)))
    Path("c.yaml").write_text(CONFIG)
    for command in (("check", "c.yaml", "--data"), ("train", "c.yaml", "--quiet")):
        (said,) = nnfs(*command).err.splitlines()
        assert said.startswith("warning: column 'paid' alone tells the class of 100 % of the training examples.")
        assert nnfs(*command, "--set", "dataset.drop=[paid]").err == ""


def test_rows_in_two_splits(nnfs):
    rows = [f"{k / 7:.5f},{'ab'[k % 2]}\n" for k in range(400)]
    Path("data.csv").write_text("x,y\n" + "".join(rows))
    Path("test.csv").write_text("x,y\n" + "".join(rows[:30]) + "".join(f"{k / 7:.5f},a\n" for k in range(900, 930)))
    Path("c.yaml").write_text(CONFIG.replace("test: 0.2", "test: test.csv, validation: 0"))
    (said,) = [line for line in nnfs("check", "c.yaml", "--data").err.splitlines() if "training split too" in line]
    assert said == (
        "warning: 30 of 60 test examples are in the training split too: they are measured better than new ones would be"
    )


def test_other_data(nnfs):
    data = json.loads(nnfs("check", "tiny.yaml", "--data", "--json").out)["data"]
    assert data["columns"] == []
    assert [one["name"] for one in data["classes"]] == [str(digit) for digit in range(10)]
    assert sum(sum(one["examples"].values()) for one in data["classes"]) == sum(data["examples"].values()) == 560


def test_a_run_keeps_what_was_seen(nnfs, rows):
    run = Path(nnfs("train", "c.yaml", "--quiet").out.strip())
    kept, told = (
        json.loads((run / "data.json").read_text()),
        json.loads(nnfs("check", "c.yaml", "--data", "--json").out),
    )
    assert kept == told["data"]


def test_a_training_says_it_in_short(nnfs, rows):
    assert (
        "columns: 1 number, 1 category, 1 date, 2 of them with missing cells, 3 left out" in nnfs("train", "c.yaml").err
    )
