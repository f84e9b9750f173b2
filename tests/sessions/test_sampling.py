"""Balanced sampling: every class as often, the same for every worker and resumption."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli import MSE, SGD, Dense, Model
from nnfs_cli.config import Training
from nnfs_cli.errors import ConfigError
from nnfs_cli.training.order import order_of
from tests.sessions.trainers import losses, trainer
from tests.sessions.trainings import flowers, go_on, remains, start

Y = np.random.default_rng(0).permutation(np.repeat([0, 1, 3], [9000, 900, 100]))
BALANCED = Training(1, sampling="balanced")


def test_classes_are_equally_likely_and_examples_within_them():
    order = order_of(BALANCED, Y, 0, 0)
    assert order.shape == Y.shape
    counts = np.bincount(Y[order], minlength=4)
    deviation = np.sqrt(len(Y) * (1 / 3) * (2 / 3))
    assert (np.abs(counts[[0, 1, 3]] - len(Y) / 3) < 4 * deviation).all()
    assert counts[2] == 0
    for label in (1, 3):
        each = np.bincount(order, minlength=len(Y))[label == Y]
        mean = len(Y) / 3 / len(each)
        assert np.abs(each.mean() - mean) < 0.1 * mean
        assert np.abs(each - mean).max() < 6 * np.sqrt(mean)
        assert each.var() > mean / 2


def test_it_is_a_function_of_the_seed_and_the_epoch():
    first, same, *others = (order_of(BALANCED, Y, *where) for where in ((3, 5), (3, 5), (3, 6), (4, 5)))
    np.testing.assert_array_equal(first, same)
    for other in others:
        assert np.mean(first == other) < 0.1


def test_two_workers_agree_with_one():
    alone, shared = (losses(trainer(workers=workers, epochs=2, sampling="balanced")) for workers in (1, 2))
    np.testing.assert_allclose(alone, shared, rtol=1e-9)
    assert alone != losses(trainer(epochs=2))


def test_it_is_resumed_to_the_same_bytes(locator):
    np.savez(locator.data_dir / "flowers.npz", **flowers())
    whole = start(locator, "training.sampling=balanced", name="whole")
    part = start(locator, "training.sampling=balanced", name="part", stop=7)
    assert remains(go_on(locator, part.run).run) == remains(whole.run)


def test_values_are_not_drawn_by_class():
    with pytest.raises(ConfigError, match="sampling: balanced draws every class as often, but these are values"):
        order_of(BALANCED, np.zeros((1, 5)), 0, 0)


def test_from_python():
    x, y = flowers()["x"], flowers()["y"]
    models = [Model([Dense(3)], input_shape=(4,)) for _ in range(2)]
    for model, sampling in zip(models, ("uniform", "balanced"), strict=True):
        model.fit(x, y, epochs=1, optimizer=SGD(lr=0.1), sampling=sampling)
    assert not np.array_equal(*(model.predict(x) for model in models))
    with pytest.raises(ConfigError, match="these are values"):
        Model([Dense(1)], input_shape=(4,)).fit(
            x, x[:, 0], epochs=1, optimizer=SGD(lr=0.1), loss=MSE(), sampling="balanced"
        )
