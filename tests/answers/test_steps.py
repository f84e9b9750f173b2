"""Every step and every epoch of a training, made again by hand from the first weights."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.answers.asking import Ask, json_of, table_of
from tests.answers.independent.figures import of_values, r_squared
from tests.answers.independent.network import Weights, weights_in
from tests.answers.independent.preparation import target_scale
from tests.answers.independent.replay import Replay, adam, batches, sgd
from tests.answers.independent.schedule import one_cycle
from tests.answers.small import BATCH, EXAMPLES, RATES, SEED, UNITS, make_small, outputs, prepared

RULES = {"sgd": sgd, "adam": lambda: adam(decay=0.01)}
CLOSE = 1e-9


def first_weights(ask: Ask, optimizer: str) -> Weights:
    """The weights before training: of a twin whose steps are too small to change any number."""
    ask("train", "small.yaml", "--name", "twin", "--quiet", "--workers", 1, "--set", f"{RATES[optimizer]}=1e-25")
    return weights_in(Path("runs/twin/checkpoints/last.safetensors"))


def test_first_weights_are_uniform_within_the_bounds_of_their_layer(ask, folder):
    make_small("classes", "sgd", folder)
    weights = first_weights(ask, "sgd")
    for name, bound in (("0.weight", math.sqrt(6 / 5)), ("2.weight", math.sqrt(6 / (UNITS + 3)))):
        assert 0.85 * bound < np.abs(weights[name]).max() <= bound
        assert abs(weights[name].mean()) < bound / 3
    for name in ("0.bias", "2.bias"):
        assert np.abs(weights[name]).max() < 1e-20


@pytest.mark.parametrize(
    ("task", "optimizer", "workers"),
    [("classes", "adam", 1), ("classes", "sgd", 2), ("values", "sgd", 1), ("values", "adam", 2)],
)
def test_steps_epochs_and_weights_are_those_of_a_training_by_hand(task, optimizer, workers, ask, folder):
    x, y = make_small(task, optimizer, folder)
    scaled, target = prepared(x, y)
    replay, made = Replay(first_weights(ask, optimizer), RULES[optimizer]()), []
    ask("train", "small.yaml", "--name", "run", "--quiet", "--workers", workers)
    steps, metrics = table_of(folder / "runs/run/steps.csv"), table_of(folder / "runs/run/metrics.csv")
    for (epoch, batch), step in zip(batches(SEED, EXAMPLES, BATCH, 2), steps, strict=True):
        lr, momentum = (0.05, 0.9) if optimizer == "sgd" else one_cycle(replay.steps, len(steps), 0.05)
        loss, scores = replay.learn(scaled[batch], target[batch], lr, momentum)
        assert (step["epoch"], step["step"]) == (epoch + 1, replay.steps)
        assert (step["lr"], step["momentum"]) == pytest.approx((lr, momentum), rel=CLOSE)
        assert step["loss"] == pytest.approx(loss, rel=CLOSE)
        made.append((epoch, batch, loss, scores))
    for name, array in weights_in(folder / "runs/run/checkpoints/last.safetensors").items():
        np.testing.assert_allclose(array, replay.weights[name], rtol=1e-7, atol=1e-9)
    for row in metrics:
        assert_epoch(row, [step[1:] for step in made if step[0] == row["epoch"] - 1], y)


def assert_epoch(row: dict, steps: list, y: np.ndarray) -> None:
    """The row of an epoch from its steps: the examples they saw, their losses, and what was said before each."""
    seen, scores = np.concatenate([step[0] for step in steps]), np.concatenate([step[2] for step in steps])
    assert row["train_loss"] == pytest.approx(sum(len(batch) * loss for batch, loss, _ in steps) / EXAMPLES, rel=CLOSE)
    if y.ndim == 1:
        assert row["train_accuracy"] == pytest.approx((scores.argmax(axis=1) == y[seen]).mean(), rel=CLOSE)
        return
    values = target_scale(y, standardize=True).undo(scores)
    assert row["train_rmse"] == pytest.approx(of_values(values, y[seen])["rmse"], rel=CLOSE)
    assert row["train_r2"] == pytest.approx(r_squared(values, y[seen]), rel=CLOSE, abs=CLOSE)


@pytest.mark.parametrize("task", ["classes", "values"])
def test_the_rates_and_losses_of_a_range_test_are_those_by_hand(task, ask, folder):
    x, y = make_small(task, "sgd", folder)
    scaled, target = prepared(x, y)
    replay, average = Replay(first_weights(ask, "sgd"), sgd()), 0.0
    said = json_of(ask("lr-find", "small.yaml", "--json", "--steps", 80, "--min-lr", 1e-5, "--max-lr", 4))
    points = table_of(folder / said["run"] / "lr_find.csv")
    rates = np.geomspace(1e-5, 4, 80)
    assert outputs(task) == replay.weights["2.bias"].size
    for point, rate, (_, batch) in zip(points, rates, batches(SEED, EXAMPLES, BATCH, 16), strict=False):
        loss, _ = replay.learn(scaled[batch], target[batch], rate, 0.9)
        average = 0.98 * average + 0.02 * loss
        assert point["step"] == replay.steps
        wanted = (rate, loss, average / (1 - 0.98**replay.steps))
        assert (point["lr"], point["loss"], point["smoothed"]) == pytest.approx(wanted, rel=1e-7)
    assert_suggestions(said, points, folder)


def assert_suggestions(said: dict, points: list[dict], folder: Path) -> None:
    """The rate that is told is the one that the method suggests, also in the file, and one that was tried."""
    written = json_of((folder / said["run"] / "lr_find.json").read_text())
    assert said["lr"] == said["suggestions"][said["method"]] == written["lr"]
    assert written["suggestions"] == said["suggestions"]
    assert points[0]["lr"] <= said["lr"] <= points[-1]["lr"]
