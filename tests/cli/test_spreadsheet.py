"""--spreadsheet: no text of an answer is a formula, and without it labels come back as they were written."""

from __future__ import annotations

import csv
import io

import pytest

from nnfs_cli.runs.spreadsheet import cells

LABELS = ["=1+1", "+cmd", "-x", "@sum", "plain"]
CONFIG = """
dataset: {type: csv, train: labels.csv, target: kind, validation: 0, test: labels.csv}
model: {layers: [{type: dense, units: 5}]}
optimizer: {type: sgd, lr: 0.5}
training: {epochs: 40, batch_size: 5}
"""


@pytest.mark.parametrize("text", ["=1", "+a", "-a", "@a", "\ta", "\ra", "-", "=", "-1+1", "+1-2"])
def test_a_formula_becomes_a_text(text):
    assert cells(harmless=True)([text]) == [f"'{text}"]
    assert cells(harmless=False)([text]) == [text]


@pytest.mark.parametrize("cell", ["-1", "+2.5", "-3e-5", "a=b", "", -1.5, 3])
def test_numbers_and_words_stay(cell):
    assert cells(harmless=True)([cell]) == [cell]


@pytest.fixture
def table(nnfs, directory):
    rows = [f"{i == 0:d},{i == 1:d},{i == 2:d},{i == 3:d},{label}" for i, label in enumerate(LABELS)] * 2
    (directory / "labels.csv").write_text("\n".join(["a,b,c,d,kind", *rows]) + "\n")
    (directory / "c.yaml").write_text(CONFIG)
    assert nnfs("train", "c.yaml", "--name", "r", "--quiet").code == 0
    return directory


@pytest.mark.parametrize("option", [(), ("--spreadsheet",)])
def test_answers_and_confusion_tables(nnfs, table, option):
    wanted = [f"'{label}" if option and label != "plain" else label for label in LABELS]
    done = nnfs("predict", "r", "labels.csv", *option)
    assert done.code == 0
    assert [row["label"] for row in csv.DictReader(io.StringIO(done.out))] == wanted * 2
    assert nnfs("evaluate", "r", *option).code == 0
    head, *rows = csv.reader((table / "runs/r/confusion-test.csv").read_text().splitlines())
    assert sorted(head[1:]) == sorted(wanted) == sorted(row[0] for row in rows)
