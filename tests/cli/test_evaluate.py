"""nnfs evaluate: the numbers of a split, on standard output and in the run directory."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.runs import checkpoint


def test_classes_as_text(nnfs, runs):
    done = nnfs("evaluate", "runs/tiny")
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert lines[0] == "360 test examples of digits, checkpoint of step 12"
    end = lines.index("")
    assert lines[1].split()[::3] == ["accuracy", "loss"]
    names = [
        "average_precision",
        "balanced_accuracy",
        "log_loss",
        "macro_f1",
        "matthews",
        "roc_auc",
        "top_5",
    ]
    assert [line.split()[0] for line in lines[2 : end - 1]] == names
    assert {line.index(line.split()[1]) for line in lines[2 : end - 1]} == {len("balanced_accuracy") + 2}
    assert lines[end + 1].split() == ["class", "examples", "precision", "recall", "F1"]
    assert [line.split()[0] for line in lines[end + 2 :]] == list("0123456789")
    rows = list(csv.DictReader(Path("runs/tiny/mistakes-test.csv").read_text().splitlines()))
    wrong = round(360 * (1 - json.loads(Path("runs/tiny/evaluation-test.json").read_text())["accuracy"]))
    first = f"{rows[0]['source']}, {rows[0]['true']} taken for {rows[0]['label']}"
    share = f"{100 * float(rows[0]['probability']):.2f} %"
    assert lines[end - 1] == f"{wrong} of 360 examples taken for another class, most surely {first} ({share})"


def test_json_is_what_the_file_holds(nnfs, runs):
    report = json.loads(nnfs("evaluate", "tiny", "--json").out)
    assert report == json.loads(Path("runs/tiny/evaluation-test.json").read_text())
    assert report["examples"] == 360
    assert {"loss", "accuracy", "classes"} <= set(report)


def test_the_confusion_matrix_counts_every_example(nnfs, runs):
    report = json.loads(nnfs("evaluate", "tiny", "--json").out)
    head, *rows = csv.reader(Path("runs/tiny/confusion-test.csv").read_text().splitlines())
    counts = [[int(cell) for cell in row[1:]] for row in rows]
    assert head == ["true \\ predicted", *"0123456789"]
    assert sum(map(sum, counts)) == 360
    assert sum(counts[k][k] for k in range(10)) / 360 == pytest.approx(report["accuracy"])
    assert Path("runs/tiny/confusion-test.png").exists()


@pytest.mark.parametrize(("split", "examples"), [("train", 180), ("validation", 20)])
def test_other_splits(nnfs, runs, split, examples):
    assert json.loads(nnfs("evaluate", "tiny", "--split", split, "--json").out)["examples"] == examples
    assert Path(f"runs/tiny/evaluation-{split}.json").exists()


def test_the_validation_split_gives_the_numbers_of_the_training(nnfs, runs):
    report = json.loads(nnfs("evaluate", "tiny", "--split", "validation", "--json").out)
    best = json.loads(Path("runs/tiny/summary.json").read_text())["best"]
    assert report["loss"] == pytest.approx(best["val_loss"], rel=1e-6)
    assert report["accuracy"] == best["val_accuracy"]


def test_regression(nnfs, runs):
    done = nnfs("evaluate", "prices")
    assert [line.split()[0] for line in done.out.splitlines()[1:]] == ["r2", "mae", "mape", "mse", "rmse", "loss"]
    assert {path.name for path in Path("runs/prices").glob("*-test.*")} == {
        "evaluation-test.json",
        "mistakes-test.csv",
        "predicted-test.png",
    }


def test_several_targets_have_a_line_each(nnfs, runs):
    rows = np.random.default_rng(0).normal(size=(40, 5))
    np.savez("two.npz", x=rows[:, :3], y=np.column_stack([rows[:, 3], np.ones(40)]))
    config = "dataset: {type: npz, train: two.npz, test: two.npz}\nmodel: {layers: [{type: dense, units: 2}]}\n"
    Path("two.yaml").write_text(
        config + "loss: mse\ntraining: {epochs: 1, metrics: [mae, mse]}\noptimizer: {type: sgd, lr: 0.1}\n"
    )
    assert nnfs("train", "two.yaml", "--name", "two").code == 0
    report, text = json.loads(nnfs("evaluate", "two", "--json").out), nnfs("evaluate", "two").out
    first, second = report["targets"]
    assert (first["target"], second["target"], second["r2"], report["r2"]) == ("value_1", "value_2", None, None)
    assert report["rmse"] == pytest.approx((first["rmse"] + second["rmse"]) / 2, rel=1e-12)
    assert text.splitlines()[8].split() == ["target", "r2", "mae", "mape", "mse", "rmse"]
    assert [line.split()[:2] for line in text.splitlines()[9:]] == [["value_1", f"{first['r2']:.4g}"], ["value_2", "-"]]


def test_words_as_classes(nnfs, runs):
    assert [row["class"] for row in json.loads(nnfs("evaluate", "kinds", "--json").out)["classes"]] == ["cup", "mug"]


def test_other_data_of_the_same_kind(nnfs, runs):
    Path("held.csv").write_text("kind,price,colour,size\nmug,4.5,red,3\ncup,9,blue,6\nmug,7.5,blue,5\n")
    before = {path.name for path in Path("runs/kinds").iterdir()}
    done = nnfs("evaluate", "kinds", "--set", "dataset.test=held.csv", "--json")
    report = json.loads(done.out)
    assert (done.code, report["examples"], report["data"]) == (0, 3, "held.csv")
    assert done.err == ""
    made = {path.name for path in Path("runs/kinds").iterdir()} - before
    pictures = {f"{kind}-test-held.png" for kind in ("confusion", "roc", "calibration")}
    tables = {f"{kind}-test-held.csv" for kind in ("confusion", "mistakes")}
    assert made == {"evaluation-test-held.json", *tables, *pictures}
    assert json.loads(Path("runs/kinds/evaluation-test-held.json").read_text()) == report


@pytest.mark.parametrize("split", ["train", "validation"])
def test_a_drawn_split_that_comes_out_differently_is_refused(nnfs, runs, split):
    done = nnfs("evaluate", "tiny", "--split", split, "--set", "dataset.limit=100", "--json")
    examples = {"train": "90 examples now, 180 then", "validation": "10 examples now, 20 then"}[split]
    assert (done.code, done.out) == (3, "")
    assert f"digits: the {split} split was drawn from this file, and comes out differently: {examples}." in done.err


def test_only_the_data_can_be_changed(nnfs, runs):
    done = nnfs("evaluate", "tiny", "--set", "optimizer.lr=1")
    assert (done.code, done.err) == (
        2,
        "--set optimizer.lr=1: expected a key of dataset, such as --set dataset.test=FILE.\n",
    )


def test_data_of_another_shape(nnfs, runs):
    done = nnfs("evaluate", "tiny", "--set", "dataset.size=28")
    assert (done.code, done.out) == (3, "")
    assert "images of shape (1, 28, 28), the network was trained on (1, 8, 8). Set size to 8." in done.err


def test_a_split_that_is_not_there(nnfs, runs):
    nnfs("train", "tiny.yaml", "--set", "dataset.validation=0", "--set", "training.epochs=1", "--name", "all")
    done = nnfs("evaluate", "all", "--split", "validation")
    assert done.code == 3
    assert done.err == "digits: has no validation split. It has: train, test. Choose one with --split.\n"


def test_a_checkpoint_file(nnfs, runs):
    done = nnfs("evaluate", "runs/tiny/checkpoints/last.safetensors", "--json")
    assert json.loads(done.out)["checkpoint"] == "runs/tiny/checkpoints/last.safetensors"
    assert Path("runs/tiny/evaluation-test.json").exists()


def test_a_checkpoint_out_of_its_run_writes_nothing(nnfs, runs):
    Path("runs/tiny/checkpoints/best.safetensors").rename("lonely.safetensors")
    before = set(Path().iterdir())
    assert nnfs("evaluate", "lonely.safetensors").code == 0
    assert set(Path().iterdir()) == before


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("tinny", "tinny: no such run or checkpoint. Did you mean 'tiny'?\n"),
        (
            "something-else",
            "something-else: no such run or checkpoint. runs holds 3 runs. Give another name or --runs-dir.\n",
        ),
        ("runs", "runs: is a directory, but not of a run: it has no checkpoints folder. Name a run.\n"),
    ],
)
def test_a_run_that_is_not_there(nnfs, runs, run, message):
    done = nnfs("evaluate", run)
    assert (done.code, done.out, done.err) == (4, "", message)


def test_a_table_for_a_model_of_something_else(nnfs, runs):
    best = Path("runs/kinds/checkpoints/best.safetensors")
    saved = checkpoint.read(best)
    data = {**saved.state["data"], "columns": None, "fill": None}
    checkpoint.write(best, saved.tensors, {**saved.state, "data": data})
    done = nnfs("evaluate", "kinds")
    said = "table.csv: is a table, but the model was not trained on one. Give it such data.\n"
    assert (done.code, done.out, done.err) == (3, "", said)


@pytest.mark.parametrize("option", ["dataset.target=a", "dataset.drop=[a]", "dataset.standardize=false"])
def test_what_the_training_decided_cannot_be_overridden(nnfs, runs, option):
    done = nnfs("evaluate", "prices", "--set", option)
    said = f"--set {option}: was decided by the training and cannot be changed. Leave it out.\n"
    assert (done.code, done.out, done.err) == (2, "", said)
