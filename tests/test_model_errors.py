"""Model: sentences for what does not fit, and nothing half done."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli import MSE, SGD, Dense, Model, ReLU
from nnfs_cli.data.augment.shift import Shift
from nnfs_cli.errors import CheckpointError, DataError, DivergedError, MachineError, NnfsError, ShapeError

RNG = np.random.default_rng(0)
Y = np.arange(48) % 3
X = (RNG.standard_normal((48, 5)) + 2 * np.eye(3, 5)[Y]).astype(np.float32)


def small(seed: int = 0, **options) -> Model:
    return Model([Dense(8), ReLU(), Dense(3)], input_shape=(5,), seed=seed, **options)


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (X[:, :4], Y, "train: examples have shape (4,), expected (5,). Bring them to that shape."),
        (X[:0], Y[:0], "train: holds no examples. Add some."),
        (X, Y[:-1], "train: 48 examples and 47 answers. Make their numbers equal."),
        (
            X,
            Y + 1,
            "train: example 2: expected a label from 0 to 2, got 3. Correct it, or train on "
            "examples of that class too.",
        ),
        (
            X,
            Y - 1,
            "train: example 0: expected a label from 0 to 2, got -1. Correct it, or train on "
            "examples of that class too.",
        ),
        (X, Y.astype(float), "train: y holds float64, expected whole numbers, the classes. Convert it, or use MSE."),
        (X, np.eye(3, dtype=int)[Y], "train: answers are values, expected class numbers as in train. Save those."),
        (X, np.array(["a"] * 48), "train: y: expected numbers, got text. Turn words into numbers first."),
        (X.astype(str), Y, "train: x: expected numbers, got text. Turn words into numbers first."),
        (X.astype(object), Y, "train: x: expected numbers, got object. Turn words into numbers first."),
        (5.0, 1, "train: examples have shape (), expected (5,). Bring them to that shape."),
        (
            np.where(np.arange(240).reshape(48, 5) == 7, np.nan, X),
            Y,
            "train: example 1, feature 2: expected a finite number, got nan. Replace such numbers, or leave "
            "these examples out.",
        ),
    ],
)
def test_examples_that_do_not_fit(x, y, sentence):
    with pytest.raises(DataError) as refused:
        small().fit(x, y, epochs=1, optimizer=SGD(lr=0.1))
    assert str(refused.value) == sentence


@pytest.mark.parametrize("y", [X[:, :2], X[:, :3, None], X[:0, 0]])
def test_values_that_do_not_fit(y):
    with pytest.raises(DataError):
        small().fit(X, y, epochs=1, optimizer=SGD(lr=0.1), loss=MSE())


def test_validation_that_does_not_fit():
    with pytest.raises(DataError, match="validation: 48 examples and 3 answers"):
        small().fit(X, Y, epochs=1, optimizer=SGD(lr=0.1), validation=(X, Y[:3]))


def test_inputs_that_do_not_fit():
    with pytest.raises(DataError) as refused:
        small().predict(X[:, :4])
    assert str(refused.value) == "the model expects examples of shape (5,), got (4,)."
    with pytest.raises(DataError, match=r"x: expected numbers, got text"):
        small().predict(X.astype(str))
    assert small().predict(X[:0]).shape == (0, 3)


def test_layers_that_do_not_fit():
    with pytest.raises(ShapeError, match=r"layers\[0\] \(dense\): takes vectors"):
        Model([Dense(3)], input_shape=(1, 28, 28))


def test_divergence():
    with pytest.raises(DivergedError, match="at epoch 1, step 2"):
        small().fit(X, Y, epochs=9, optimizer=SGD(lr=1e30))


def test_files_that_cannot_be_read_or_written(tmp_path):
    with pytest.raises(CheckpointError, match="cannot be read"):
        Model.load(tmp_path / "gone.safetensors")
    with pytest.raises(MachineError, match="cannot be written"):
        small().save(tmp_path / "nowhere" / "m.safetensors")


@pytest.mark.parametrize(
    ("augment", "sentence"),
    [
        (Shift(1), "augment: expected a list of augmentations, got Shift. Put it into a list: [...]."),
        ("shift", "augment: expected a list of augmentations, got 'shift'."),
        (None, "augment: expected a list of augmentations, got None."),
    ],
)
def test_augmentations_that_are_no_list(augment, sentence):
    with pytest.raises(NnfsError) as refused:
        small().fit(X, Y, epochs=1, optimizer=SGD(lr=0.1), augment=augment)
    assert str(refused.value) == sentence
