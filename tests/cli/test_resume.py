"""nnfs train --resume: goes on as if the training had never stopped."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nnfs_cli.cli.display import Bars
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.network import Network
from nnfs_cli.registry import METRICS
from nnfs_cli.sessions.records import Started

LONG = ("--set", "training.epochs=4")


def tensors(run: str) -> bytes:
    """The bytes of all weights and slots of the last checkpoint."""
    data = Path("runs", run, "checkpoints", "last.safetensors").read_bytes()
    return data[8 + int.from_bytes(data[:8], "little") :]


def without_times(run: str) -> list[list[str]]:
    lines = Path("runs", run, "metrics.csv").read_text().splitlines()
    return [line.split(",")[:-2] for line in lines]


def test_more_steps_give_the_bytes_of_one_long_run(nnfs):
    nnfs("train", "tiny.yaml", "--name", "whole", *LONG)
    nnfs("train", "tiny.yaml", "--name", "parts", *LONG, "--set", "training.max_steps=12")
    assert tensors("parts") != tensors("whole")
    done = nnfs("train", "--resume", "parts", "--set", "training.max_steps=null")
    assert (done.code, done.out) == (0, "runs/parts\n")
    assert "24 steps, 12 of them done" in done.err
    assert tensors("parts") == tensors("whole")
    assert without_times("parts") == without_times("whole")
    assert Path("runs/parts/steps.csv").read_text() == Path("runs/whole/steps.csv").read_text()


def test_a_training_that_stopped_within_an_epoch_goes_on(nnfs):
    nnfs("train", "tiny.yaml", "--set", "training.max_steps=3")
    done = nnfs("train", "--resume", "tiny-1", "--set", "training.max_steps=null", "--json")
    assert done.code == 0
    assert json.loads(done.out)["epochs"] == 2


def test_more_epochs(nnfs, runs):
    done = nnfs("train", "--resume", "runs/tiny", "--json", "--set", "training.epochs=3")
    assert done.code == 0
    assert "warning: the schedule is computed again for 18 steps instead of 12" in done.err
    assert (json.loads(done.out)["epochs"], json.loads(done.out)["steps"]) == (3, 18)


def test_the_threads_of_blas_are_those_of_the_run(nnfs):
    """They change the bits of results."""
    nnfs("train", "tiny.yaml", "--set", "training.threads=3", "--set", "training.max_steps=3")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    assert nnfs("train", "--resume", "tiny-1", "--set", "training.max_steps=null").code == 0
    assert os.environ["OPENBLAS_NUM_THREADS"] == "3"


def test_nothing_to_do_is_no_failure(nnfs, runs):
    before = tensors("tiny")
    done = nnfs("train", "--resume", "tiny")
    assert (done.code, done.out) == (0, "runs/tiny\n")
    assert "nothing to do: all 2 epochs are done" in done.err
    assert tensors("tiny") == before


def test_a_key_that_the_steps_depend_on_may_not_change(nnfs, runs):
    done = nnfs("train", "--resume", "tiny", "--set", "optimizer.lr=1", "--set", "training.batch_size=8")
    assert (done.code, done.out) == (2, "")
    assert "--set optimizer.lr=…: cannot change in a resumed training." in done.err
    assert "--set training.batch_size=…: cannot change in a resumed training." in done.err


def test_data_that_changed_is_refused(nnfs, runs):
    assert nnfs("train", "prices.yaml", "--name", "own").code == 0
    Path("table.csv").write_text(Path("table.csv").read_text().replace("1.5", "1.25"))
    done = nnfs("train", "--resume", "own", "--set", "training.epochs=3")
    assert done.code == 3
    assert "is not the data that this run was trained on" in done.err


@pytest.mark.parametrize(
    "extra", [("tiny.yaml",), ("--seed", "1"), ("--name", "x"), ("--workers", "2"), ("--init-from", "tiny")]
)
def test_resume_stands_alone(nnfs, runs, extra):
    done = nnfs("train", "--resume", "tiny", *extra)
    assert (done.code, done.out) == (2, "")
    assert "--resume" in done.err


def test_neither_configuration_nor_run(nnfs):
    done = nnfs("train")
    assert done.code == 2
    assert "Give a CONFIG to train, or --resume RUN to go on with a run." in done.err


def test_an_unknown_run_suggests_a_known_one(nnfs, runs):
    done = nnfs("train", "--resume", "tinny")
    assert (done.code, done.err) == (4, "tinny: no such run or checkpoint. Did you mean 'tiny'?\n")


def test_a_checkpoint_outside_of_a_run(nnfs, runs):
    Path("runs/tiny/checkpoints/last.safetensors").rename("lonely.safetensors")
    done = nnfs("train", "--resume", "lonely.safetensors")
    assert done.code == 4
    assert "start one with --init-from lonely.safetensors" in done.err


@pytest.mark.parametrize("position", [3, 0])
def test_the_bars_begin_where_the_training_goes_on(position):
    """After 8 steps of epochs of 5, three of the second epoch are made, or none where `max_steps` had ended one."""
    bars, kind = Bars(), METRICS["accuracy"]
    network = Network([Dense(2)], (2,))
    bars.start(Started(Path("r"), network, 40, 3, 8, 15, 1, kind, {"train": "x"}, (), 5, position))
    assert [(bar.n, bar.total) for bar in (bars._one, bars._all)] == [(position, 5), (8, 15)]
    bars.close()
