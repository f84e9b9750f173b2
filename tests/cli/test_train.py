"""nnfs train: what it answers, what it leaves behind, and what it refuses."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import pytest

from nnfs_cli import footprint
from tests.cli.program import ROWS, ended, regression, start

METRICS = "epoch,step,train_loss,val_loss,train_accuracy,val_accuracy,lr,momentum,seconds,samples_per_second"
STEPS = "step,epoch,loss,lr,momentum"
FILES = {
    "data.json",
    "config.yaml",
    "metrics.csv",
    "steps.csv",
    "summary.json",
    "curves.png",
    ".lock",
    "checkpoints/best.safetensors",
    "checkpoints/previous.safetensors",
    "checkpoints/last.safetensors",
}


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def last(run: str) -> bytes:
    """The bytes of all weights and slots: what follows the header of the last checkpoint."""
    data = Path("runs", run, "checkpoints", "last.safetensors").read_bytes()
    return data[8 + int.from_bytes(data[:8], "little") :]


def test_the_answer_is_the_directory_alone(nnfs):
    done = nnfs("train", "tiny.yaml")
    assert (done.code, done.out) == (0, "runs/tiny-1\n")
    assert files(Path("runs/tiny-1")) == FILES


def test_json_is_one_object_for_sweeps(nnfs):
    answer = json.loads(nnfs("train", "tiny.yaml", "--json").out)
    assert {"run", "status", "epochs", "steps", "best", "seconds", "samples_per_second"} <= set(answer)
    assert (answer["run"], answer["status"], answer["epochs"], answer["steps"]) == ("runs/tiny-1", "completed", 2, 12)
    assert answer["best"] == min(float(row["val_loss"]) for row in rows(Path("runs/tiny-1/metrics.csv")))


def test_the_tables_have_a_row_an_epoch_and_a_row_a_step(nnfs):
    nnfs("train", "tiny.yaml", "--set", "training.epochs=3")
    metrics, steps = Path("runs/tiny-1/metrics.csv"), Path("runs/tiny-1/steps.csv")
    assert metrics.read_text().splitlines()[0] == METRICS
    assert [row["epoch"] for row in rows(metrics)] == ["1", "2", "3"]
    assert [row["step"] for row in rows(metrics)] == ["6", "12", "18"]
    assert steps.read_text().splitlines()[0] == STEPS
    assert [int(row["step"]) for row in rows(steps)] == list(range(1, 19))
    assert [row["epoch"] for row in rows(steps)] == ["1"] * 6 + ["2"] * 6 + ["3"] * 6


def test_the_summary_tells_how_it_was_made(nnfs):
    nnfs("train", "tiny.yaml", "--seed", "7", "--set", "description=a trial")
    summary = json.loads(Path("runs/tiny-1/summary.json").read_text())
    assert summary["status"] == "completed"
    assert summary["best"]["epoch"] in (1, 2)
    assert summary["last"]["epoch"] == 2
    assert (summary["seed"], summary["workers"], summary["threads"]) == (7, 1, 1)
    assert summary["description"] == "a trial"
    assert summary["data"]["files"] == dict.fromkeys(["train", "validation", "test"], "digits")
    digests = summary["data"]["digests"].values()
    assert [(digest["examples"], len(digest["sha256"])) for digest in digests] == [(180, 64), (20, 64), (360, 64)]
    assert {"training_seconds", "samples_per_second", "versions", "processor", "blas", "git_commit"} <= set(summary)


def test_the_configuration_of_a_run_repeats_it_to_the_byte(nnfs):
    nnfs("train", "tiny.yaml", "--seed", "3", "--set", "training.batch_size=50")
    assert nnfs("train", "runs/tiny-1/config.yaml", "--name", "again").out == "runs/again\n"
    assert last("again") == last("tiny-1")
    assert Path("runs/again/config.yaml").read_text() == Path("runs/tiny-1/config.yaml").read_text()


def test_the_seed_decides(nnfs):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert nnfs("train", "tiny.yaml", "--name", name, "--seed", str(seed)).code == 0
    assert last("a") == last("b") != last("c")
    assert "seed: 1\n" in Path("runs/a/config.yaml").read_text()


def test_set_overrides_and_a_mistake_in_it_names_the_option(nnfs):
    nnfs("train", "tiny.yaml", "--set", "model.layers.1.units=5", "--set", "training.epochs=1")
    assert "{type: dense, units: 5," in Path("runs/tiny-1/config.yaml").read_text()
    done = nnfs("train", "tiny.yaml", "--set", "optimizer.weight_deacy=1", "--set", "training.epochs=none")
    assert done.code == 2
    assert done.err.splitlines() == [
        "--set optimizer.weight_deacy=1: optimizer.weight_deacy: adam has no such key. Did you mean 'weight_decay'?",
        "--set training.epochs=none: training.epochs: expected a whole number from 1 to 1,000,000,000, or 'auto', "
        "got 'none'.",
    ]


def test_two_workers_give_the_same_bytes_twice(nnfs):
    for name in ("a", "b"):
        done = ended(start("train", "tiny.yaml", "--workers", "2", "--name", name))
        assert (done.code, done.out) == (0, f"runs/{name}\n")
    assert last("a") == last("b")
    assert "workers: 2\n" in Path("runs/a/config.yaml").read_text()


def test_runs_are_numbered(nnfs):
    assert [nnfs("train", "tiny.yaml", "--quiet").out for _ in range(3)] == [f"runs/tiny-{k}\n" for k in (1, 2, 3)]


def test_a_name_that_is_taken_changes_nothing(nnfs, runs):
    before = {name: Path("runs/tiny", name).read_bytes() for name in FILES}
    done = nnfs("train", "tiny.yaml", "--name", "tiny", "--seed", "5")
    assert (done.code, done.out) == (2, "")
    assert done.err == "--name tiny: runs/tiny exists. Choose another name, or go on with --resume tiny.\n"
    assert {name: Path("runs/tiny", name).read_bytes() for name in FILES} == before


@pytest.mark.parametrize("name", ["", ".", "..", "a/b"])
def test_a_name_must_be_plain(nnfs, name):
    done = nnfs("train", "tiny.yaml", "--name", name)
    assert (done.code, done.err) == (2, f"--name {name}: expected a plain name without slashes.\n")
    assert not Path("runs").exists()


def test_weights_can_come_from_another_run(nnfs, runs):
    nnfs("train", "tiny.yaml", "--name", "fresh", "--set", "training.max_steps=1")
    nnfs("train", "tiny.yaml", "--name", "taught", "--set", "training.max_steps=1", "--init-from", "tiny")
    loss = {name: float(rows(Path("runs", name, "steps.csv"))[0]["loss"]) for name in ("fresh", "taught")}
    assert loss["taught"] < loss["fresh"]


def test_weights_of_another_network_are_refused_with_a_table(nnfs, runs):
    done = nnfs("train", "tiny.yaml", "--init-from", "tiny", "--set", "model.layers.1.units=17", "--name", "new")
    assert done.code == 4
    assert "mismatched  model.1.weight: the network has (17, 64), the file (16, 64)" in done.err
    assert not Path("runs/new").exists()


def test_a_fallback_is_announced_everywhere(nnfs):
    mnist = "{type: mnist, fallback: digits, limit: 100}"
    done = nnfs("train", "tiny.yaml", "--set", f"dataset={mnist}", "--set", "training.epochs=1", "--quiet")
    note = (
        "mnist is neither in data/mnist nor downloadable (NNFS_OFFLINE is set): "
        "training on the embedded digits instead, resized to 28 x 28"
    )
    assert (done.code, done.out) == (0, "runs/tiny-1\n")
    assert done.err.startswith(f"warning: {note}")
    assert note in json.loads(Path("runs/tiny-1/summary.json").read_text())["data"]["notes"][0]
    config = Path("runs/tiny-1/config.yaml").read_text()
    assert config.startswith(f"# {note}")
    assert "type: digits\n  size: 28\n" in config


def test_data_that_is_not_there_leaves_no_run(nnfs):
    done = nnfs("train", "tiny.yaml", "--set", "dataset.type=fashion_mnist")
    assert (done.code, done.out) == (3, "")
    assert "train-images-idx3-ubyte.gz" in done.err
    assert not list(Path().glob("runs/*"))


def test_damaged_data_leaves_no_run(nnfs):
    Path("table.csv").write_text(ROWS.replace("5,blue,7.5,mug", "5,blue,inf,mug"))
    Path("prices.yaml").write_text(regression())
    done = nnfs("train", "prices.yaml")
    assert done.code == 3
    assert done.err.startswith("table.csv:7: ")
    assert not list(Path().glob("runs/*"))


def test_a_configuration_with_mistakes_is_refused_before_anything_is_made(nnfs):
    Path("bad.yaml").write_text(Path("tiny.yaml").read_text().replace("units", "unit").replace("epochs", "epoch"))
    done = nnfs("train", "bad.yaml")
    assert (done.code, done.out) == (2, "")
    assert "bad.yaml:8: model.layers[1].unit: dense has no such key. Did you mean 'units'?" in done.err
    assert "bad.yaml:14: training.epoch: training has no such key. Did you mean 'epochs'?" in done.err
    assert not Path("runs").exists()


@pytest.mark.parametrize("name", ["tini.yaml", "runs", "tiny"])
def test_a_configuration_that_is_no_file(nnfs, runs, name):
    done = nnfs("train", name)
    assert done.code == 2
    assert done.err.startswith(f"{name}: ")


def test_regression_has_errors_in_the_place_of_an_accuracy(nnfs, runs):
    for row in rows(Path("runs/prices/metrics.csv")):
        assert [*row][2:8] == ["train_loss", "val_loss", "train_rmse", "val_rmse", "train_r2", "val_r2"]
        assert min(float(row["val_loss"]), float(row["val_rmse"]), 1 - float(row["val_r2"])) > 0


def test_quiet_is_silent(nnfs):
    assert nnfs("train", "tiny.yaml", "--quiet").err == ""


def test_a_file_gets_plain_lines(nnfs):
    done = nnfs("train", "tiny.yaml")
    assert done.err.splitlines()[0] == ("runs/tiny-1: 1,210 parameters, 180 training examples, 12 steps, 1 process")
    assert "2/2" in done.err
    assert "completed: 2 epochs" in done.err
    assert not set(done.err) & {"\r", "\x1b"}


def test_divergence_says_where(nnfs):
    done = nnfs("train", "tiny.yaml", "--set", "optimizer={type: sgd, lr: 1e30}")
    assert (done.code, done.out) == (5, "")
    assert "loss became NaN at epoch 1, step 2, lr = 1e+30, first in the output of model.layers[3] (dense)." in done.err
    assert "Warning" not in done.err
    assert json.loads(Path("runs/tiny-1/summary.json").read_text())["status"] == "diverged"


def test_a_network_beyond_the_memory_is_refused_before_allocating(nnfs, monkeypatch):
    monkeypatch.setattr(footprint, "available_memory", lambda: 2**30)
    done = nnfs("train", "tiny.yaml", "--set", "model.layers.1.units=1000000000")
    assert (done.code, done.out) == (6, "")
    assert re.match(r"tiny\.yaml: model: training needs \d+\.\d TiB, 1\.0 GiB available\. Make its layers ", done.err)
    assert not list(Path().glob("runs/*"))


def test_a_folder_of_runs_that_cannot_be_made(nnfs):
    done = nnfs("train", "tiny.yaml", "--runs-dir", "tiny.yaml")
    assert (done.code, done.out) == (6, "")
    assert done.err.startswith("tiny.yaml/tiny: cannot be written: ")


def test_paths_with_spaces_and_unicode(nnfs):
    folder = Path("Übung 1")
    folder.mkdir()
    Path("tiny.yaml").rename(folder / "größe 数.yaml")
    done = nnfs("train", folder / "größe 数.yaml", "--runs-dir", folder / "läufe")
    assert (done.code, done.out) == (0, f"{folder}/läufe/größe 数-1\n")
    assert nnfs("evaluate", done.out.strip()).code == 0


def test_a_system_without_fork_says_once_that_it_trains_with_one_worker(nnfs, monkeypatch):
    monkeypatch.delattr(os, "fork")
    done = nnfs("train", "tiny.yaml", "--workers", 2)
    assert done.code == 0
    assert done.err.count("this system has no fork, which workers need: 1 worker instead of 2") == 1
    assert json.loads(Path(done.out.strip(), "summary.json").read_text())["workers"] == 1
