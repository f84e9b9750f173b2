"""max_lr="auto" from Python: the rate is found, told, and the training is the one with that number."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli import SGD, Adam, BatchNorm, Cosine, Dense, Model, OneCycle, ReLU
from nnfs_cli.errors import ConfigError, DivergedError
from tests.sessions.trainings import flowers

DATA = flowers(120)


def model() -> Model:
    return Model([Dense(8), BatchNorm(), ReLU(), Dense(3)], input_shape=(4,), seed=3)


def test_it_is_the_training_with_the_number():
    found, given = model(), model()
    rows = found.fit_one_cycle(**DATA, epochs=3, max_lr="auto", batch_size=16)
    others = given.fit_one_cycle(**DATA, epochs=3, max_lr=found.found_lr, batch_size=16)
    assert 1e-7 < found.found_lr < 10
    assert given.found_lr is None
    assert [row["train_loss"] for row in rows] == [row["train_loss"] for row in others]
    assert found.predict(DATA["x"]).tobytes() == given.predict(DATA["x"]).tobytes()


def test_what_is_handed_over_stays_as_it_is():
    scheduler, optimizer = OneCycle("auto"), Adam()
    first, second = model(), model()
    for one in (first, second):
        one.fit(**DATA, epochs=1, optimizer=optimizer, scheduler=scheduler)
    assert scheduler.max_lr == "auto"
    assert first.found_lr == second.found_lr


def test_where_no_rate_is_found_the_weights_are_as_before():
    """As many examples of each class, and nothing that tells them apart: the first weights are the best."""
    one, nothing = Model([Dense(3, init="zeros")], input_shape=(4,)), np.zeros((60, 4), np.float32)
    with pytest.raises(DivergedError, match="auto finds no rate"):
        one.fit(nothing, np.arange(60) % 3, epochs=1, optimizer=SGD(), scheduler=OneCycle("auto"), batch_size=30)
    assert not one.network.values.any()


def test_a_rate_below_the_smallest_one_is_refused():
    with pytest.raises(
        ConfigError, match=r"min_lr: expected at most the max_lr that the range test finds, .*, got 9.5"
    ):
        model().fit(**DATA, epochs=1, optimizer=SGD(), scheduler=Cosine("auto", min_lr=9.5))
