"""Labels come back as they were written, and accuracy, confusion matrix and printed labels say the same."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from tests.answers.asking import json_of, records_in
from tests.answers.independent.network import scores_of, weights_in
from tests.answers.tables import layers_of, write_config

WRITTEN = {
    "numbers with zeros in front": ["007", "010", "012", "100"],
    "numbers and what only Python takes for one": ["007", "010", "1_1", "11"],
    "whole numbers": ["-3", "0", "5", "12"],
    "decimal points": ["1.0", "2.0", "3.0", "4.0"],
    "quotes and delimiters": ['a "b"', "c; d", "e, f", " g"],
    "words of truth": ["true", "no", "None", "unknown"],
}


def write_table(path, columns):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    path.write_text(text.getvalue())


@pytest.mark.parametrize("labels", WRITTEN.values(), ids=WRITTEN)
def test_labels_are_told_as_they_were_written(labels, ask, folder):
    rng = np.random.default_rng(3)
    places = np.resize(np.arange(4), 80)
    x = np.eye(4)[places] * 3 + 0.3 * rng.normal(size=(80, 4))
    columns = {f"f{k}": x[:, k].tolist() for k in range(4)} | {"kind": [labels[k] for k in places]}
    write_table(folder / "train.csv", columns)
    write_table(folder / "test.csv", {name: columns[name] for name in ("f2", "kind", "f0", "f3", "f1")})
    dataset = {"type": "csv", "train": "train.csv", "test": "test.csv", "target": "kind", "delimiter": ";"}
    write_config(folder / "c.yaml", {**dataset, "standardize": False}, layers_of(4), "cross_entropy", epochs=12)
    ask("train", "c.yaml", "--name", "run", "--quiet")
    said = json_of(ask("evaluate", "run", "--json"))
    order = [row["class"] for row in said["classes"]]
    assert sorted(order) == sorted(labels)
    scores = scores_of(layers_of(4), weights_in(folder / "runs/run/checkpoints/best.safetensors"), x)
    guesses = [order[k] for k in scores.argmax(axis=1)]
    assert said["accuracy"] == pytest.approx(np.mean([g == labels[k] for g, k in zip(guesses, places, strict=True)]))
    assert said["accuracy"] > 0.9
    for form in ("csv", "jsonl"):
        rows = records_in(ask("predict", "run", "test.csv", "--format", form), f".{form}")
        assert [row["label"] for row in rows] == guesses
    with open(folder / "runs/run/confusion-test.csv", newline="") as file:
        (_, *head), *rows = csv.reader(file)
    assert head == [row[0] for row in rows] == order


def test_scores_that_round_to_the_same_probability_are_one_answer_everywhere(ask, folder):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(600, 3))
    y = (x[:, 0] > 0).astype(int)
    np.savez(folder / "train.npz", x=x, y=y)
    np.savez(folder / "tiny.npz", x=x * 1e-9, y=y)
    np.save(folder / "tiny.npy", x * 1e-9)
    dataset = {"type": "npz", "train": "train.npz", "test": "tiny.npz", "standardize": False}
    write_config(folder / "c.yaml", dataset, layers_of(2, bias=False), "cross_entropy", epochs=3)
    ask("train", "c.yaml", "--name", "run", "--quiet")
    said = json_of(ask("evaluate", "run", "--json"))
    with open(folder / "runs/run/confusion-test.csv", newline="") as file:
        counts = np.array([row[1:] for row in list(csv.reader(file))[1:]], int)
    labels = [row["label"] for row in records_in(ask("predict", "run", "tiny.npy"), ".csv")]
    assert counts.trace() / counts.sum() == pytest.approx(said["accuracy"], abs=1e-12)
    assert np.mean([int(label) == k for label, k in zip(labels, y, strict=True)]) == pytest.approx(said["accuracy"])
    assert said["accuracy"] > 0.9
