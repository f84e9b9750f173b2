"""Accumulation: steps of several batches, whose gradients are added up."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.nn.layers.batch_norm import BatchNorm
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.optimizers.adam import Adam
from nnfs_cli.nn.optimizers.sgd import SGD
from tests.sessions.trainers import conv, dense, dropout, everything, trainer
from tests.sessions.trainings import steps_of


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("layers", [dense, conv])
@pytest.mark.parametrize("count", [96, 101, 33, 5])
def test_several_batches_are_one_large_one(layers, workers, count):
    """Also where the last step has fewer of them, and where the last batch is not full."""
    settings = {"workers": workers, "count": count, "epochs": 2, "held": 10}
    apart = trainer(layers(), batch_size=8, accumulate=4, **settings)
    together = trainer(layers(), batch_size=32, **settings)
    parts, wholes = steps_of(apart.run()), steps_of(together.run())
    assert [(step.step, step.examples) for step in parts] == [(step.step, step.examples) for step in wholes]
    np.testing.assert_allclose([step.loss for step in parts], [step.loss for step in wholes], rtol=0, atol=1e-12)
    np.testing.assert_allclose(apart.network.values, together.network.values, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("count", "sizes"), [(101, [64, 32]), (96, [64, 32]), (64, [64]), (70, [64]), (9, [9])])
def test_batches_that_are_not_full_are_left_out(count, sizes):
    dropping = trainer(count=count, batch_size=16, accumulate=4, drop_last=True)
    assert dropping.steps == len(sizes)
    assert [step.examples for step in steps_of(dropping.run())] == sizes


def test_every_batch_drops_other_inputs():
    """The same examples twice in a step: were the masks the same too, the gradient would be that of the first half."""

    def gradient(batch_size: int, accumulate: int) -> np.ndarray:
        one = trainer(dropout(), batch_size=batch_size, accumulate=accumulate, count=16)
        one._gradient.compute(np.tile(np.arange(8), accumulate), 0, one._sum)
        return one.network.grads.copy()

    assert not np.allclose(gradient(8, 2), gradient(8, 1))


def test_the_same_seed_gives_the_same_bytes():
    def found() -> tuple:
        return everything(trainer(dropout(), workers=2, held=30, epochs=2, batch_size=8, accumulate=3, dtype="float32"))

    assert found() == found()


def test_batch_norm_looks_at_each_batch():
    """Its running mean moves once a batch, as in PyTorch."""
    layers = [Flatten(), BatchNorm(momentum=0.5), Dense(10)]
    one = trainer(layers, batch_size=8, accumulate=2, count=16, max_steps=1, shuffle=False)
    x = one.train.take(np.arange(16))[0].reshape(64, 16).copy()
    list(one.run())
    expected = 0.25 * x[:, :8].mean(axis=1) + 0.5 * x[:, 8:].mean(axis=1)
    np.testing.assert_allclose(one.network.states()["1.running_mean"].value, expected, atol=1e-12)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_numbers_of_the_whole_gradient_are_clipped(workers):
    """With a rate of 1 and no momentum the weights move by exactly the clipped gradient; its norm comes last."""

    def moved(**settings) -> np.ndarray:
        one = trainer(
            workers=workers, optimizer=SGD(lr=1.0), count=32, batch_size=8, accumulate=4, shuffle=False, **settings
        )
        before = one.network.values.copy()
        list(one.run())
        return before - one.network.values

    gradient = moved()
    limit = float(np.quantile(np.abs(gradient), 0.8))
    clipped = np.clip(gradient, -limit, limit)
    np.testing.assert_allclose(moved(gradient_clip_value=limit), clipped, rtol=0, atol=1e-15)
    norm = float(np.linalg.norm(clipped)) / 2
    both = moved(gradient_clip_value=limit, gradient_clip_norm=norm)
    np.testing.assert_allclose(both, clipped / 2, rtol=0, atol=1e-15)


def test_adam_and_the_plan_count_steps():
    one = trainer(optimizer=Adam(0.01), batch_size=8, accumulate=4, epochs=3)
    list(one.run())
    assert one.optimizer.steps == one.state.step == one.steps == 12
