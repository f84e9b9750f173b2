"""Model: the scale of its inputs stays that of its first training, and an untrained one is the same after loading."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli import SGD, Dense, Flatten, Model
from nnfs_cli.errors import DataError

BYTES = np.random.default_rng(0).integers(0, 256, (20, 1, 3, 3), np.uint8)
CLASSES = np.arange(20) % 2


def made() -> Model:
    return Model([Flatten(), Dense(2)], (1, 3, 3), seed=3)


@pytest.fixture
def trained() -> Model:
    model = made()
    model.fit(BYTES, CLASSES, epochs=1, optimizer=SGD(lr=1e-4))
    return model


def test_other_scales_are_refused_wherever_examples_come_in(trained):
    with pytest.raises(DataError, match=r"x: has numbers from 0 to 0.97.*, the .*.*0 to 255. Multiply them by 255"):
        trained.predict(BYTES / 255)
    with pytest.raises(DataError, match="test: x: has numbers"):
        trained.evaluate(BYTES / 255, CLASSES)
    with pytest.raises(DataError, match="train: x: has numbers"):
        trained.fit(BYTES / 255, CLASSES, epochs=1, optimizer=SGD(lr=1e-4))
    with pytest.raises(DataError, match="validation: x: has numbers"):
        made().fit(BYTES, CLASSES, epochs=1, optimizer=SGD(lr=1e-4), validation=(BYTES / 255, CLASSES))


def test_black_is_on_every_scale(trained):
    black = np.zeros((1, 1, 3, 3))
    np.testing.assert_array_equal(trained.predict(black), trained.predict(black.astype(np.uint8)))


@pytest.mark.parametrize("x", [BYTES, BYTES / 255, BYTES.astype(np.float32), BYTES.astype(np.int64) - 128])
def test_an_untrained_model_answers_and_learns_alike_before_and_after_a_file(tmp_path, x):
    model = made()
    answers = model.predict(x)
    model.save(tmp_path / "m.safetensors")
    loaded = Model.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(loaded.predict(x), answers)
    weight = model.network.layers[1].variables["weight"].value.astype(np.float64)
    scores = (x / (255 if x.dtype == np.uint8 else 1)).reshape(20, 9) @ weight.T
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    np.testing.assert_allclose(answers, shares / shares.sum(axis=1, keepdims=True), atol=1e-5)
    assert loaded.fit(x, CLASSES, epochs=1, optimizer=SGD(lr=1e-4))[0]["train_loss"] == pytest.approx(
        model.fit(x, CLASSES, epochs=1, optimizer=SGD(lr=1e-4))[0]["train_loss"]
    )
    np.testing.assert_array_equal(loaded.predict(x), model.predict(x))
    assert loaded.preparation.white == model.preparation.white
