"""Every kind of column and every rule of it, through train, evaluate and predict, against features made row by row."""

from __future__ import annotations

import csv
import datetime
import io
import math
import random
from pathlib import Path

import numpy as np
import pytest

from tests.answers.asking import json_of
from tests.answers.independent import figures
from tests.answers.independent.network import embedded, embeddings_in, scores_of, softmax, weights_in
from tests.answers.tables import layers_of, write_config

ROWS = {"train": 2300, "validation": 1200, "test": 4500}
"""More than one block while a table is read (1,000 rows), predicted (4,096) and measured (256)."""
TOWNS, SIZES = 60, ("XS", "S", "M", "L", "XL")
RULES = {
    "mean": {"missing": "mean"},
    "constant": {"missing": "constant", "fill": -7.5},
    "raw": {"standardize": False},
    "size": {"encode": "ordinal", "order": list(SIZES)},
    "few": {"encode": "embedding"},
    "many": {"encode": "onehot"},
    "code": {"kind": "category"},
    "when": {"format": "%d.%m.%Y %H:%M"},
    "text": {"kind": "text"},
    "named": {"kind": "id"},
    "ignored": {"kind": "ignore"},
    "answer": {"missing": "category"},
}
DATASET = {
    **{"type": "csv", "train": "train.csv", "validation": "validation.csv", "test": "test.csv", "target": "answer"},
    **{"delimiter": ";", "keep": ["named"], "drop": ["dropped"], "na_values": ["refused", -999], "columns": RULES},
}
START = datetime.datetime(2019, 1, 1)


def drawn(split: str) -> list[dict[str, str]]:
    """The rows of a table as people write them."""
    rng, rows = random.Random(split), []
    for k in range(ROWS[split]):
        day, moment = (
            START + datetime.timedelta(rng.randrange(900)),
            START + datetime.timedelta(0, 60 * rng.randrange(10**6)),
        )
        town, number = rng.randrange(TOWNS), f"{rng.gauss(3, 2):.3f}"
        row = {
            "town": f"town {town:02}" if rng.random() < 0.97 else rng.choice(["", "NA"]),
            "median": f"{rng.gauss(50, 20):.2f}" if rng.random() < 0.9 else rng.choice(["", "-", "unknown", "refused"]),
            "mean": f"{rng.gauss(0, 9):.2f}" if rng.random() < 0.9 else "-999.0",
            "constant": f"{rng.gauss(0, 1):.2f}" if rng.random() < 0.9 else "NaN",
            "whole": str(rng.randrange(1000)),
            "comma": f"{rng.randrange(9999):,}".replace(",", ".") + f",{rng.randrange(1, 9)}",
            "money": f"${rng.randrange(10**6):,}.50",
            "raw": number,
            "size": rng.choice(SIZES),
            "few": rng.choice("abc"),
            "many": f"many {rng.randrange(45)}",
            "sex": rng.choice(["female", "male"]) if rng.random() < 0.98 else "",
            "two": rng.choice(["no", "yes"]),
            "code": f"{rng.randrange(4):03}",
            "day": day.date().isoformat() if rng.random() < 0.9 else "NA",
            "when": moment.strftime("%d.%m.%Y %H:%M"),
            "text": f"some words {rng.random()}",
            "named": f"id{k}",
            "ignored": str(rng.random()),
            "counter": str(k),
            "always": "5",
            "dropped": str(rng.random()),
        }
        score = town % 4 + float(number) + SIZES.index(row["size"]) + rng.gauss(0, 1)
        row["answer"] = "NA" if score > 9 else "high" if score > 6 else "low"
        rows.append(row)
    return rows


def write(path: str, rows: list[dict[str, str]], order: list[str]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, order, delimiter=";", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def number(cell: str) -> float | None:
    """What a cell of a column of numbers means, in any notation that stands in this table; None if it is missing."""
    if cell.strip().lower() in ("", "na", "nan", "-", "unknown", "refused") or cell == "-999.0":
        return None
    if cell.startswith("$"):
        return float(cell[1:].replace(",", ""))
    return float(cell.replace(".", "").replace(",", ".")) if "," in cell else float(cell)


def circles(seconds: float, *periods: float) -> list[float]:
    return [turn(2 * math.pi * seconds / (period * 86_400)) for period in periods for turn in (math.sin, math.cos)]


def features(row: dict[str, str]) -> list[float | None]:
    """One row in the order of the training table: None for a missing number, the rows of the two tables at the end."""
    found: list[float | None] = []
    for name in ("median", "mean", "constant"):
        value = number(row[name])
        found += [value, float(value is None)]
    found += [number(row[name]) for name in ("whole", "comma", "money", "raw")]
    found.append(SIZES.index(row["size"]) if row["size"] in SIZES else 2.0)
    found += [float(row["many"] == word) for word in sorted(f"many {k}" for k in range(45))]
    found += [float(row["sex"] == word) for word in ("", "female", "male")]
    found.append({"no": 0.0, "yes": 1.0}.get(row["two"], 0.5))
    found += [float(row["code"] == f"{k:03}") for k in range(4)]
    if row["day"] == "NA":
        found += [None] * 5 + [1.0]
    else:
        days = (datetime.date.fromisoformat(row["day"]) - datetime.date(1970, 1, 1)).days
        found += [days, *circles(days * 86_400, 365.2425, 7), 0.0]
    seconds = (
        datetime.datetime.strptime(row["when"], "%d.%m.%Y %H:%M") - datetime.datetime(1970, 1, 1)
    ).total_seconds()
    found += [seconds / 86_400, *circles(seconds, 365.2425, 7, 1)]
    town = "" if row["town"] == "NA" else row["town"]
    towns, few = ["", *(f"town {k:02}" for k in range(TOWNS))], ["a", "b", "c"]
    return [
        *found,
        1 + towns.index(town) if town in towns else 0,
        1 + few.index(row["few"]) if row["few"] in few else 0,
    ]


SCALED = (0, 2, 4, 6, 7, 8, 10, 64, 70)
"""The features that are standardized: numbers but `raw`, the place of `size`, days."""
MEANS = {2: "mean", 65: "mean", 66: "mean", 67: "mean", 68: "mean", 4: -7.5}
"""What takes the place of a missing number where it is no median."""


def matrix(rows: list[dict[str, str]], train: list[dict[str, str]]) -> np.ndarray:
    """What the network gets (N, features), the rows of tables as they are; measured on the training rows one by one."""
    of_train, x = [features(row) for row in train], [features(row) for row in rows]
    for feature in range(len(x[0]) - 2):
        known = sorted(row[feature] for row in of_train if row[feature] is not None)
        half, kind = len(known) // 2, MEANS.get(feature, "median")
        fill = sum(known) / len(known) if kind == "mean" else kind
        if kind == "median":
            fill = known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2
        for row in (*of_train, *x):
            row[feature] = fill if row[feature] is None else row[feature]
        if feature in SCALED:
            values = [row[feature] for row in of_train]
            mean = math.fsum(values) / len(values)
            deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
            for row in x:
                row[feature] = (row[feature] - mean) / deviation
    return np.array(x)


@pytest.mark.parametrize("workers", [1, 2])
def test_every_kind_of_column(workers, ask, folder):
    tables = {split: drawn(split) for split in ROWS}
    names = list(tables["train"][0])
    for split, rows in tables.items():
        order = names if split == "train" else random.Random(1).sample(names, len(names))
        write(f"{split}.csv", rows, order)
    layers, classes = layers_of(3), ["NA", "high", "low"]
    write_config(Path("c.yaml"), DATASET, layers, "cross_entropy", workers=workers, dtype="float64", monitor="val_loss")
    ask("train", "c.yaml", "--name", "run", "--quiet")
    checkpoint = folder / "runs/run/checkpoints/best.safetensors"
    weights, learned = weights_in(checkpoint), embeddings_in(checkpoint)
    new = drawn("test")
    for row in new[::11]:
        row["two"], row["sex"], row["few"], row["town"], row["many"] = "maybe", "other", "z", "nowhere", "none such"
        row["size"] = "XXL"
    write("new.csv", new, [name for name in random.Random(2).sample(names, len(names)) if name != "answer"])
    for split, rows in (*tables.items(), ("new", new)):
        x = matrix(rows, tables["train"])
        assert x.shape[1] == 79
        scores = scores_of(layers, weights, embedded(x, x, ("town", "few"), learned))
        if split != "new":
            said = json_of(ask("evaluate", "run", "--split", split, "--json"))
            wanted = figures.of_classes(scores, np.array([classes.index(row["answer"]) for row in rows]))
            assert {name: said[name] for name in wanted} == pytest.approx(wanted, rel=1e-6)
        if split in ("test", "new"):
            ask("predict", "run", f"{split}.csv", "--output", "answers.npy")
            np.testing.assert_allclose(np.load("answers.npy"), softmax(scores), rtol=0, atol=1e-9)
    rows = list(csv.DictReader(io.StringIO(ask("predict", "run", "new.csv"))))
    assert list(rows[0]) == ["source", "label", "probability", "named", "note", "error"]
    assert [row["named"] for row in rows] == [row["named"] for row in new]
    assert [row["label"] for row in rows] == [classes[k] for k in scores.argmax(axis=1)]
    assert [k for k, row in enumerate(rows) if row["note"]] == list(range(0, len(new), 11))
    assert rows[0]["note"].count("was not there in training") == 6
