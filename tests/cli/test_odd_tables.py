"""Tables that somebody made to break the program: each ends in an answer or in one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.data.tables.beside import Beside

CONFIG = """\
dataset: {type: csv, train: data.csv, target: y, validation: 0}
model: {layers: [{type: dense, units: auto}]}
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 2, workers: 1}
"""


def table(text: str, **replaced: str) -> None:
    Path("data.csv").write_text(text, encoding="utf-8")
    config = CONFIG
    for old, new in replaced.items():
        config = config.replace(f"{old}: ", f"{old}: {new}", 1)
    Path("c.yaml").write_text(config)


@pytest.fixture
def logarithms(nnfs) -> None:
    """A network `log` of logarithms, which rise with x."""
    x = np.random.default_rng(0).normal(size=300).round(3)
    table("x,y\n" + "".join(f"{value},{np.exp(2 * value):.5f}\n" for value in x))
    config = Path("c.yaml").read_text().replace("validation: 0", "validation: 0, target_transform: log")
    Path("c.yaml").write_text(config.replace("epochs: 2", "epochs: 60") + "loss: mse\n")
    assert nnfs("train", "c.yaml", "--name", "log", "--quiet").code == 0


@pytest.mark.usefixtures("logarithms")
def test_an_exponential_beyond_all_numbers_is_no_answer(nnfs):
    Path("far.csv").write_text("x,y\n1,2\n100000,2\n0,1\n")
    done = nnfs("predict", "log", "far.csv", "--format", "jsonl")
    first, second, third = map(json.loads, done.out.splitlines())
    assert done.code == 3
    assert second["error"] == (
        "far.csv[1]: its numbers are too large for the network: the answer is not finite. Rescale them."
    )
    assert first["y"] > third["y"] > 0
    for options in ((), ("--json",)):
        done = nnfs("evaluate", "log", "--set", "dataset.test=far.csv", *options)
        assert (done.code, done.out) == (3, "")
        assert "far.csv: holds numbers that are too large for the network: its loss is " in done.err


def test_a_validation_beyond_all_numbers_has_no_figure(nnfs):
    x = [*np.random.default_rng(0).normal(size=300).round(3).tolist(), 100000.0, 1.0]
    table("x,y\n" + "".join(f"{value},{np.exp(min(2 * value, 3)):.5f}\n" for value in x))
    config = Path("c.yaml").read_text()
    config = config.replace("validation: 0", "validation: 2, split: ordered, target_transform: log")
    Path("c.yaml").write_text(config.replace("epochs: 2", "epochs: 30") + "loss: mse\n")
    done = nnfs("train", "c.yaml", "--name", "far", "--quiet")
    assert done.code == 0, done.err
    *_, last = Path("runs/far/metrics.csv").read_text().splitlines()
    head = Path("runs/far/metrics.csv").read_text().splitlines()[0].split(",")
    assert dict(zip(head, last.split(","), strict=True))["val_rmse"] == ""


@pytest.mark.parametrize("form", ["%Y %d %d", "%d.%m.%Y.%Y", "%Y", "%Q"])
def test_a_form_that_no_date_has(nnfs, form):
    table("d,y\n" + "".join(f"2024-01-{1 + k % 28:02d},{k % 2}\n" for k in range(60)))
    done = nnfs("check", "c.yaml", "--set", f"dataset.columns={{d: {{format: '{form}'}}}}")
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("name", ["first\tname", "a\u200bb", "a\u202eb", "a\x07b"])
def test_an_embedding_of_a_column_with_a_name_that_cannot_be_shown(nnfs, name):
    rows = "".join(f"{k % 7},w{k % 60},{k % 2}\n" for k in range(300))
    table(f'x,"{name}",y\n' + rows)
    assert nnfs("train", "c.yaml", "--name", "run", "--quiet").code == 0
    done = nnfs("predict", "run", "data.csv")
    assert (done.code, done.out.count("\n")) == (0, 301)


def test_rows_that_name_no_group_are_groups_by_themselves():
    beside = Beside(group="g")
    (gatherer,) = beside.gatherers()
    gatherer.add(["a", "", "b", "a", " ", "NA", "b"])
    groups = beside.arrays([gatherer.cells()], slice(None))["group"]
    assert groups[0] == groups[3]
    assert groups[2] == groups[6]
    assert len(set(groups.tolist())) == 5


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{missing: mean}", "dataset.columns.w.missing: mean is of numbers, the column holds words. Leave it out."),
        (
            "{standardize: true}",
            "dataset.columns.w.standardize: True is of numbers, the column holds words. Leave it out.",
        ),
    ],
)
def test_what_is_said_of_words_as_if_they_were_numbers(nnfs, rule, said):
    table("w,y\n" + "".join(f"{'abc'[k % 3]},{k % 2}\n" for k in range(60)))
    done = nnfs("check", "c.yaml", "--set", f"dataset.columns={{w: {rule}}}")
    assert (done.code, done.out) == (3, "")
    assert done.err == f"data.csv: {said}\n"
    ordinal = "{encode: ordinal, standardize: true}"
    assert nnfs("check", "c.yaml", "--set", f"dataset.columns={{w: {ordinal}}}").code == 0


@pytest.mark.parametrize("key", ["drop: [w]", "keep: [w]", "weight: w", "group: w"])
def test_what_is_said_of_a_column_that_is_no_feature(nnfs, key):
    table("w,x,y\n" + "".join(f"{k % 5},{k % 3},{k % 2}\n" for k in range(60)))
    text = Path("c.yaml").read_text().replace("target: y", f"target: y, {key}, columns: {{w: {{kind: number}}}}")
    Path("c.yaml").write_text(text)
    done = nnfs("check", "c.yaml")
    assert (done.code, done.out) == (2, "")
    assert "columns: w is no feature, so nothing can be said of it. Leave it out." in done.err


def test_groups_are_asked_for_before_anything_is_read(nnfs):
    table("x,y\n" + "".join(f"{k % 5},{k % 2}\n" for k in range(60)))
    Path("c.yaml").write_text(Path("c.yaml").read_text().replace("validation: 0", "split: group"))
    done = nnfs("check", "c.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "c.yaml:1: dataset.split: group needs dataset.group, the column of a csv table that tells the groups. "
        "Add it, or leave split out.\n"
    )


def test_logarithms_of_classes(nnfs):
    table("x,y\n" + "".join(f"{k % 5},{'ab'[k % 2]}\n" for k in range(60)))
    done = nnfs("check", "c.yaml", "--set", "dataset.target_transform=log")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "--set dataset.target_transform=log: dataset.target_transform: log is of values, csv has 2 classes: 'a', 'b'. "
        "Leave it out.\n"
    )


def test_percent_beside_plain_numbers(nnfs):
    table("x,y\n" + "".join(f"{f'{k}%' if k % 2 else k / 100},{k % 2}\n" for k in range(100)))
    assert "; the 50 without a sign are taken as they are" in nnfs("check", "c.yaml").err
