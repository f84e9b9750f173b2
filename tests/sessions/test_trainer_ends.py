"""Trainer: the ways in which a training ends before its last step."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from nnfs_cli.config import EarlyStopping
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.encode.standardize import Standardizer
from nnfs_cli.errors import DivergedError
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.optimizers.sgd import SGD
from tests.sessions.trainers import PREPARATION, trainer
from tests.sessions.trainings import epochs_of, steps_of


def test_max_steps_ends_in_an_epoch_which_is_still_measured():
    short = trainer(epochs=5, max_steps=9, held=20)
    records = list(short.run())
    assert len(steps_of(records)) == 9
    assert short.state.ended == "max_steps"
    assert [epoch.row["step"] for epoch in epochs_of(records)] == [7, 9]
    assert all(epoch.row["val_loss"] > 0 for epoch in epochs_of(records))


@pytest.mark.parametrize("workers", [1, 2])
def test_early_stopping(workers):
    rule = EarlyStopping(patience=2, min_delta=10.0)
    stopping = trainer(workers=workers, epochs=50, held=20, early_stopping=rule)
    assert len(epochs_of(stopping.run())) == 3
    assert stopping.state.ended == "val_loss has not improved by more than 10 for 2 epochs"
    assert stopping.finished


@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy"])
def test_without_validation_the_training_split_is_monitored(monitor):
    rule = EarlyStopping(monitor=monitor, patience=1, min_delta=10.0)
    alone = trainer(epochs=9, monitor=monitor, early_stopping=rule)
    records = epochs_of(alone.run())
    assert [record.row["val_loss"] for record in records] == [None, None]
    assert records[0].best
    assert alone.state.ended == f"{monitor} has not improved by more than 10 for 1 epoch"


@pytest.mark.parametrize(("ties", "best"), [("first", [True, False, False]), ("last", [True, True, True])])
def test_the_best_of_epochs_that_are_equally_good(ties, best):
    """At this rate no number changes."""
    still = trainer(epochs=3, optimizer=SGD(lr=1e-30), held=20, monitor="val_accuracy", ties=ties)
    assert [record.best for record in epochs_of(still.run())] == best


@pytest.mark.parametrize("workers", [1, 2])
def test_divergence_is_told_and_leaves_the_weights_of_the_step_before(workers):
    enormous = SGD(lr=1)
    enormous.lr = 1e200
    diverging = trainer(workers=workers, optimizer=enormous, epochs=20)
    values = [diverging.network.values.copy()]
    with pytest.raises(DivergedError) as diverged:
        values.extend(diverging.network.values.copy() for _ in diverging.run())
    assert str(diverged.value) == (
        f"loss became NaN at epoch 1, step {len(values)}, lr = 1e+200, first in the output of model.layers[3] (dense). "
        "Try a smaller rate (nnfs lr-find suggests one) or training.gradient_clip_norm: 1."
    )
    np.testing.assert_array_equal(diverging.network.values, values[-1])


def test_a_loss_beyond_all_numbers_is_infinite():
    far = trainer([Flatten(), Dense(10)], count=16)
    far.network.values *= 5e307
    with pytest.raises(DivergedError, match=r"infinite at epoch 1, step 1, lr = 0\.1, though every layer's"):
        list(far.run())


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("place", [1, 3])
def test_an_infinite_gradient_is_divergence_before_it_moves_a_parameter(workers, place):
    steep = trainer(workers=workers, epochs=3)
    layer = steep.network.layers[place]
    backward = layer.backward

    def overflow(dy, context, *, need_dx):
        dx = backward(dy, context, need_dx=need_dx)
        if steep.state.step == 4 and steep.group.rank == workers - 1:
            layer.variables["bias"].grad[2] = -np.inf
        return dx

    layer.backward = overflow
    values = [steep.network.values.copy()]
    message = rf"gradient of model\.layers\[{place}\] \(dense\) became infinite at epoch 1, step 5, lr = 0\.1\. Try"
    with pytest.raises(DivergedError, match=message):
        values.extend(steep.network.values.copy() for _ in steep.run())
    assert len(values) == 5
    np.testing.assert_array_equal(steep.network.values, values[-1])


def test_squares_beyond_all_numbers_are_no_divergence():
    network = trainer(epochs=1)
    last = network.network.layers[-1]
    backward = last.backward

    def enormous(dy, context, *, need_dx):
        dx = backward(dy, context, need_dx=need_dx)
        last.variables["bias"].grad[0] = 1e200
        return dx

    last.backward = enormous
    network.optimizer.lr = 1e-210
    assert len(steps_of(network.run())) == 7


def test_a_validation_loss_that_is_not_finite_is_divergence_too():
    hopeless = trainer(held=20)
    enlarging = dataclasses.replace(PREPARATION, standardizer=Standardizer(np.zeros(1), np.full(1, 1e-300)))
    far = np.full((20, 1, 8, 8), 1e300), np.zeros(20, np.int64)
    hopeless.measure.batches = Batches(*far, enlarging, np.dtype(np.float64))
    with pytest.raises(DivergedError, match="val_loss became NaN at epoch 1, step 7"):
        list(hopeless.run())


@pytest.mark.parametrize("stop", [1, 6, 7, 8])
@pytest.mark.parametrize("workers", [1, 2])
def test_it_stops_in_the_step_in_which_it_is_told(workers, stop):
    asked = iter(range(1, 100))
    told = trainer(workers=workers, epochs=3)
    steps = steps_of(told.run(lambda: next(asked) == stop))
    assert len(steps) == told.state.step == stop
    assert not told.finished
