"""Mean 0, deviation 1, for bytes and numbers alike."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnfs_cli.data.standardize import Standardizer

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (50, 3, 4, 5), np.uint8)
TABLE = RNG.normal(5, 3, (70, 4)).astype(np.float32)


@pytest.mark.parametrize(
    ("x", "axes", "shape"),
    [
        (PIXELS, (0, 2, 3), (3, 1, 1)),
        (PIXELS.astype(np.float32), (0, 2, 3), (3, 1, 1)),
        (PIXELS.reshape(50, -1), None, (1,)),
        (TABLE, 0, (4,)),
    ],
    ids=["images", "float images", "vectors of pixels", "table"],
)
def test_agrees_with_numpy(x, axes, shape):
    fitted = Standardizer.fit(x)
    assert fitted.mean.shape == fitted.deviation.shape == shape
    np.testing.assert_allclose(fitted.mean.ravel(), x.mean(axis=axes, dtype=np.float64).ravel(), rtol=1e-12)
    np.testing.assert_allclose(fitted.deviation.ravel(), x.std(axis=axes, dtype=np.float64).ravel(), rtol=1e-12)
    y = fitted.apply(x)
    assert y.dtype == np.float32
    assert abs(y.mean()) < 1e-5
    assert abs(y.std() - 1) < 1e-5


@pytest.mark.parametrize("x", [np.full((9, 1, 2, 2), 3, np.uint8), np.full((9, 3), 0.1, np.float32)])
def test_constant_features_become_zero(x):
    fitted = Standardizer.fit(x)
    assert (fitted.deviation == 1).all()
    np.testing.assert_allclose(fitted.apply(x), 0, atol=1e-7)


def test_unmeasured():
    np.testing.assert_allclose(Standardizer.unmeasured(PIXELS).apply(PIXELS), PIXELS / 255, rtol=1e-6)
    np.testing.assert_array_equal(Standardizer.unmeasured(TABLE).apply(TABLE), TABLE)


def test_json_keeps_every_bit():
    fitted = Standardizer.fit(TABLE)
    again = Standardizer.from_json(json.loads(json.dumps(fitted.to_json())))
    assert again.mean.tobytes() == fitted.mean.tobytes()
    assert again.deviation.tobytes() == fitted.deviation.tobytes()


def test_apply_leaves_its_input_alone():
    before = TABLE.copy()
    Standardizer.fit(TABLE).apply(TABLE)
    np.testing.assert_array_equal(TABLE, before)
