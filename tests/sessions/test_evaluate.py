"""Evaluate: the numbers of a split, and sentences for what cannot be measured."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from nnfs_cli.errors import CheckpointError, ConfigError, DataError
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.saved.predictor import load_predictor
from nnfs_cli.sessions.evaluation.evaluate import evaluate
from tests.sessions.trainings import flowers, start


@pytest.fixture
def run(locator) -> RunDirectory:
    np.savez(locator.data_dir / "test.npz", **flowers(30, seed=1))
    return RunDirectory(start(locator, "dataset.test=test.npz").run)


def test_the_numbers_are_those_of_the_predictions(run, locator):
    found, test = evaluate(run.best, locator), flowers(30, seed=1)
    guesses = load_predictor(checkpoint.read(run.best)).predict(test["x"]).argmax(axis=1)
    assert found.report["accuracy"] == pytest.approx((guesses == test["y"]).mean())
    assert found.confusion.counts.sum() == found.report["examples"] == 30
    assert found.confusion.hits.sum() == (guesses == test["y"]).sum()
    assert found.classes == ("0", "1", "2")


def test_the_validation_split_gives_the_metrics_of_training(run, locator):
    found, best = (
        evaluate(run.best, locator, split="validation"),
        checkpoint.read(run.best).state["training"]["progress"],
    )
    assert found.report["loss"] == pytest.approx(best["best"]["val_loss"], rel=1e-12)
    assert found.report["step"] == best["step"]


def test_other_data_of_the_same_kind(run, locator):
    shutil.copy(locator.data_dir / "flowers.npz", locator.data_dir / "other.npz")
    assert evaluate(run.best, locator, overrides=["dataset.test=other.npz"]).report["examples"] == 42


def test_only_the_data_can_be_another(run, locator):
    with pytest.raises(ConfigError, match=r"--set seed=3: expected a key of dataset"):
        evaluate(run.best, locator, overrides=["seed=3"])


def test_a_split_that_is_not_there(locator):
    run = RunDirectory(start(locator).run)
    with pytest.raises(DataError, match=r"npz: has no test split\. It has: train, validation\."):
        evaluate(run.best, locator)


@pytest.mark.parametrize(
    ("config", "words"),
    [(None, "was not made by nnfs train"), ({"dataset": {"type": "os.system"}}, "its configuration is not valid")],
)
def test_a_configuration_that_is_not_sound_is_the_fault_of_the_checkpoint(run, locator, config, words):
    saved = checkpoint.read(run.best)
    checkpoint.write(run.best, saved.tensors, {**saved.state, "config": config})
    with pytest.raises(CheckpointError, match=words):
        evaluate(run.best, locator)


def test_every_mistake_of_a_saved_configuration_has_a_line(run, locator):
    saved = checkpoint.read(run.best)
    checkpoint.write(
        run.best, saved.tensors, {**saved.state, "config": saved.state["config"] | {"seed": -1, "loss": "x"}}
    )
    with pytest.raises(CheckpointError) as refusal:
        evaluate(run.best, locator)
    sound = f"{run.best}: its configuration is not valid: tiny: "
    assert [line.startswith(sound) and "\n" not in line for line in refusal.value.lines] == [True, True]
