"""What is said of where data come from and what it was taken for, by train, check and predict."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from nnfs_cli.runs import checkpoint
from tests.cli.program import ROWS

FLOWERS = """\
dataset: {type: csv, train: "embedded:iris.csv", target: species, test: 0.2}
model: {layers: [{type: dense, units: 4}, relu, {type: dense, units: 3}]}
optimizer: {type: adam, lr: 0.01}
training: {epochs: 1}
"""


def test_the_files_of_all_splits_are_said_in_log_and_summary(nnfs):
    Path("flowers.yaml").write_text(FLOWERS)
    done = nnfs("train", "flowers.yaml")
    file = json.loads(Path("runs/flowers-1/summary.json").read_text())["data"]["files"]["train"]
    assert Path(file).name == "iris.csv"
    assert f"data: {file} (train, validation, test)\n" in done.err


def test_a_file_of_its_own_is_said_beside_it(nnfs, runs):
    Path("held.csv").write_text(ROWS)
    done = nnfs("train", "kinds.yaml", "--set", "dataset.test=held.csv")
    assert "data: table.csv (train, validation); held.csv (test)\n" in done.err


def test_an_embedded_table_never_stands_in_for_a_file(nnfs):
    Path("flowers.yaml").write_text(FLOWERS.replace('"embedded:iris.csv"', "iris.csv"))
    done = nnfs("train", "flowers.yaml")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith(
        "iris.csv: there is no such file. Did you mean embedded:iris.csv, which comes with nnfs?"
    )


def test_the_configuration_of_a_run_says_how_weights_were_drawn(nnfs):
    Path("flowers.yaml").write_text(FLOWERS)
    nnfs("train", "flowers.yaml", "--quiet")
    config = Path("runs/flowers-1/config.yaml").read_text()
    assert "{type: dense, units: 4, bias: true, init: he_uniform, " in config
    assert "{type: dense, units: 3, bias: true, init: glorot_uniform, " in config
    layers = checkpoint.read(Path("runs/flowers-1/checkpoints/last.safetensors")).state["config"]["model"]["layers"]
    assert [layer.get("init") for layer in layers] == ["he_uniform", None, "glorot_uniform"]


def test_a_column_that_is_not_plain_is_told_of_by_check_and_train(nnfs, runs):
    rows = ROWS.replace("size", "share").splitlines()
    Path("table.csv").write_text(
        "\n".join([rows[0], *(f'"{row.split(",")[0]},5"{row[row.index(",") :]}' for row in rows[1:])])
    )
    words = "'0,5': read as numbers with a decimal comma, as 0.5"
    for command in (("check", "kinds.yaml"), ("train", "kinds.yaml", "--quiet")):
        done = nnfs(*command)
        assert done.code == 0
        assert done.err.startswith("warning: table.csv:2: column 'share': got ")
        assert words in done.err
    assert words in json.loads(Path("runs/kinds-1/summary.json").read_text())["data"]["notes"][0]


def test_labels_come_back_as_they_were_written(nnfs, runs, monkeypatch):
    Path("table.csv").write_text(ROWS.replace("mug", "007").replace("cup", "010"))
    assert nnfs("train", "kinds.yaml", "--quiet", "--name", "agents").code == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("size,colour,price\n3,red,4.5\n4,blue,6\n"))
    rows = nnfs("predict", "agents", "-").out.splitlines()[1:]
    assert {row.split(",")[1] for row in rows} <= {"007", "010"}
    assert [row["class"] for row in json.loads(nnfs("evaluate", "agents", "--json").out)["classes"]] == ["007", "010"]


def test_inputs_far_outside_are_told_of_once_and_answered(nnfs, runs):
    Path("far.csv").write_text("size,colour,price\n3,red,4.5\n999,red,4.5\n1000,red,4.5\n")
    done = nnfs("predict", "kinds", "far.csv", "--format", "jsonl")
    assert (done.code, len(done.out.splitlines())) == (0, 3)
    assert done.err.startswith("warning: far.csv[1]: column 'size': 999 is far outside the training data, ")
    assert done.err.count("warning") == 1
