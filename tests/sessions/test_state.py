"""Progress: which epoch is the best, and when patience ends."""

from __future__ import annotations

import json
import math

import pytest

from nnfs_cli.config import EarlyStopping
from nnfs_cli.training.state import TrainingState, cost


def row(**values: float | None) -> dict[str, float | None]:
    return {"val_loss": None, "val_accuracy": None, "train_loss": 1.0, "train_accuracy": 0.5, **values}


def bests(values: list[float | None], monitor: str = "val_loss", **ties: str) -> list[bool]:
    state = TrainingState()
    rows = [row(**{"val_loss": 1.0, monitor: value}) for value in values]
    return [state.judge(each, monitor, None, **ties) for each in rows]


def test_lower_losses_and_higher_accuracies_are_better():
    assert bests([3, 2, 4, 2, 1]) == [True, True, False, False, True]
    assert bests([0.1, 0.3, 0.2, 0.3, 0.4], "val_accuracy") == [True, True, False, False, True]


def test_of_equally_good_epochs_the_first_or_the_last_is_the_best():
    assert bests([0.5, 0.9, 0.9, 0.7, 0.9], "val_accuracy", ties="first") == [True, True, False, False, False]
    assert bests([0.5, 0.9, 0.9, 0.7, 0.9], "val_accuracy", ties="last") == [True, True, True, False, True]
    assert bests([3, 3, 4, 2, 2], ties="last") == [True, True, False, True, True]
    assert bests([math.nan, 2, math.inf, 2], ties="last") == [False, True, False, True]


@pytest.mark.parametrize("strange", [math.nan, math.inf])
def test_what_is_not_finite_is_never_the_best(strange):
    assert bests([strange, 2, strange, 1]) == [False, True, False, True]
    state = TrainingState()
    state.judge(row(val_loss=strange), "val_loss", None)
    assert state.best is None


def test_an_error_is_better_when_it_is_lower_and_r2_when_it_is_higher():
    assert bests([3, 2, 4, 1], "val_rmse") == [True, True, False, True]
    assert bests([0.1, 0.3, 0.2, 0.4], "val_r2") == [True, True, False, True]
    assert bests([0.1, 0.3, 0.2, 0.4], "train_r2") == [True, True, False, True]


def test_a_figure_that_is_not_defined_is_never_the_best():
    assert bests([None, 0.3, None, 0.4], "val_r2") == [False, True, False, True]


def test_nothing_measured_means_the_training_split():
    assert cost(row(), "val_loss") == 1.0
    assert cost(row(), "val_accuracy") == -0.5
    assert cost(row(val_loss=0.0), "val_loss") == 0.0


@pytest.mark.parametrize(
    ("values", "patience", "min_delta", "epochs"),
    [
        ([5, 4, 3, 2, 1], 1, 0.0, None),
        ([5, 5], 1, 0.0, 2),
        ([5, 4, 4.5, 4.5, 3], 2, 0.0, 4),
        ([5, 4, 4.5, 3, 3.5, 3.5], 2, 0.0, 6),
        ([5, 4.9, 4.8, 4.7], 3, 0.5, 4),
        ([5, 4.9, 4.8, 4.4, 4.3], 3, 0.5, None),
    ],
)
def test_patience(values, patience, min_delta, epochs):
    state, rule = TrainingState(), EarlyStopping(patience=patience, min_delta=min_delta)
    ends = []
    for value in values:
        state.judge(row(val_loss=value), "val_loss", rule)
        ends.append(state.ended is not None)
    assert (ends.index(True) + 1 if any(ends) else None) == epochs


def test_patience_with_a_metric_of_its_own():
    state, rule = TrainingState(), EarlyStopping(monitor="train_accuracy", patience=1)
    state.judge(row(val_loss=2), "val_loss", rule)
    assert state.judge(row(val_loss=1), "val_loss", rule)
    assert state.ended == "train_accuracy has not improved for 1 epoch"


def test_sums_begin_anew_with_every_epoch():
    state = TrainingState()
    for loss in (1.0, 2.0):
        state.add([loss, 10 * loss], 4, 0.5)
    assert (state.step, state.epoch, state.position) == (2, 0, 2)
    assert (state.sums, state.epoch_examples, state.epoch_seconds) == ((3.0, 30.0), 8, 1.0)
    assert state.end_epoch() == ((3.0, 30.0), 8, 1.0)
    assert (state.step, state.epoch, state.position, state.sums) == (2, 1, 0, ())
    assert (state.epoch_examples, state.epoch_seconds) == (0, 0.0)
    assert (state.examples, state.seconds) == (8, 1.0)


def test_json_holds_all_of_it():
    state = TrainingState()
    state.add([0.1 + 0.2, 3.0], 4, 1 / 3)
    state.judge(row(val_loss=1 / 3), "val_loss", EarlyStopping())
    assert TrainingState(**json.loads(json.dumps(state.to_json()))) == state


def test_a_figure_that_is_not_defined_is_no_improvement():
    state = TrainingState()
    rule = EarlyStopping(monitor="val_r2", patience=2)
    for epoch, value in enumerate((None, 0.5, None, None), 1):
        state.judge({"epoch": epoch, "val_loss": 1.0, "val_r2": value}, "val_loss", rule)
        json.dumps(state.to_json(), allow_nan=False)
    assert (state.lowest, state.ended) == (-0.5, "val_r2 has not improved for 2 epochs")
