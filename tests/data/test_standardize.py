"""Mean 0, deviation 1, for bytes and numbers alike."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnfs_cli.data.batches import Batches
from nnfs_cli.data.encode.standardize import Standardizer
from nnfs_cli.data.encode.target_transform import TargetTransform
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.spec import DataSpec

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (50, 3, 4, 5), np.uint8)
TABLE = RNG.normal(5, 3, (70, 4)).astype(np.float32)


def applied(standardizer, x, white=255.0, dtype=np.float32):
    """What a network gets of x, batch first."""
    preparation = Preparation(DataSpec(x.shape[1:], None, (1,)), standardizer, TargetTransform.unmeasured(1), white)
    return np.moveaxis(Batches(x, None, preparation, np.dtype(dtype)).take(np.arange(len(x)))[0], -1, 0)


@pytest.mark.parametrize(
    ("x", "axes", "shape"),
    [
        (PIXELS, (0, 2, 3), (3, 1, 1)),
        (PIXELS.astype(np.float32), (0, 2, 3), (3, 1, 1)),
        (PIXELS.reshape(50, -1), None, (1,)),
        (PIXELS.ravel()[:7, None], None, (1,)),
        (PIXELS.ravel()[:1, None], None, (1,)),
        (np.tile(PIXELS, (99, 1, 3, 4))[:, :, :9, :9], (0, 2, 3), (3, 1, 1)),
        (TABLE, 0, (4,)),
    ],
    ids=["images", "float images", "vectors of pixels", "odd", "one pixel", "blocks", "table"],
)
def test_agrees_with_numpy(x, axes, shape):
    fitted = Standardizer.fit(x)
    assert fitted.mean.shape == fitted.deviation.shape == shape
    np.testing.assert_allclose(fitted.mean.ravel(), x.mean(axis=axes, dtype=np.float64).ravel(), rtol=1e-12)
    np.testing.assert_allclose(fitted.deviation.ravel(), x.std(axis=axes, dtype=np.float64).ravel(), rtol=1e-12)
    y = applied(fitted, x)
    assert y.dtype == np.float32
    assert abs(y.mean()) < 1e-5
    assert abs(y.std() - (x.std() > 0)) < 1e-5


@pytest.mark.parametrize("x", [np.full((9, 1, 2, 2), 3, np.uint8), np.full((9, 3), 0.1, np.float32)])
def test_constant_features_become_zero(x):
    fitted = Standardizer.fit(x)
    assert (fitted.deviation == 0).all()
    assert (fitted.scale == 0).all()
    assert (applied(fitted, x) == 0).all()
    assert (applied(fitted, x + 7) == 0).all(), "nothing was learned of them"


def test_unmeasured():
    np.testing.assert_allclose(applied(Standardizer.unmeasured(PIXELS), PIXELS), PIXELS / 255, rtol=1e-6)
    np.testing.assert_array_equal(applied(Standardizer.unmeasured(TABLE), TABLE), TABLE)


def test_json_keeps_every_bit():
    fitted = Standardizer.fit(TABLE)
    again = Standardizer.from_json(json.loads(json.dumps(fitted.to_json())), (4,))
    assert again.mean.tobytes() == fitted.mean.tobytes()
    assert again.deviation.tobytes() == fitted.deviation.tobytes()


@pytest.mark.parametrize(
    ("mean", "deviation", "shape", "words"),
    [
        ([0, 0], [1, 1], (3,), "cannot be broadcast"),
        ([0, 0], [1], (2,), "does not fit examples of shape"),
        ([[0, 0]], [[1, 1]], (2,), "does not fit examples of shape"),
        ([0, np.nan], [1, 1], (2,), "is not finite, or has deviations below 0"),
        ([0, 0], [1, np.inf], (2,), "is not finite, or has deviations below 0"),
        ([0, 0], [1, -1], (2,), "is not finite, or has deviations below 0"),
    ],
)
def test_refuses_what_no_training_gives(mean, deviation, shape, words):
    with pytest.raises(ValueError, match=words):
        Standardizer.from_json({"mean": mean, "deviation": deviation}, shape)


def test_a_deviation_of_0_is_what_a_training_gives():
    scale = Standardizer.from_json({"mean": [3, 4], "deviation": [0, 2]}, (2,)).scale
    assert scale.tolist() == [0, 0.5]


def test_large_numbers_that_differ_little_keep_their_digits():
    x = 1.7e9 + np.arange(100.0).reshape(50, 2)
    expected = (x - x.mean(axis=0)) / x.std(axis=0)
    np.testing.assert_allclose(applied(Standardizer.fit(x), x), expected, rtol=1e-6)
    np.testing.assert_allclose(applied(Standardizer.fit(x), x, dtype=np.float64), expected, rtol=1e-12)


def test_its_input_is_left_alone():
    before = TABLE.copy()
    applied(Standardizer.fit(TABLE), TABLE)
    np.testing.assert_array_equal(TABLE, before)


def test_a_deviation_whose_inverse_single_precision_cannot_hold_is_none():
    assert Standardizer.fit(np.array([[0.0, 0.0], [1e-38, 1e-20]])).scale.tolist() == [0, pytest.approx(2e20)]
