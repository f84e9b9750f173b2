"""Median 0, quartiles 1 apart, smoothly kept within +-3: against the textbook, one number at a time."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from nnfs_cli.build import build_parts
from nnfs_cli.config import load
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.encode.standardize import Standardizer
from nnfs_cli.data.preparation import measured
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.errors import ConfigError
from tests.peak import peak_of

RNG = np.random.default_rng(4)
TABLE = np.column_stack(
    [
        RNG.normal(5, 3, 71),
        1.7e9 + RNG.integers(0, 50, 71),
        RNG.standard_cauchy(71),
        np.repeat([0.0, 1.0], [60, 11]),
        np.full(71, 0.1),
    ]
)
"""Numbers, a time stamp, a feature of outliers, one of 0 with few 1, and one that does not vary."""


def quantile(values: list[float], share: float) -> float:
    """Between the two nearest of the sorted values, in a straight line (Hyndman & Fan 1996, definition 7)."""
    place = (len(values) - 1) * share
    below, above = sorted(values)[math.floor(place)], sorted(values)[math.ceil(place)]
    return below + (place - math.floor(place)) * (above - below)


def textbook(train: list[float], x: float) -> float:
    """Robust scaling and smooth clipping of one number of a feature."""
    width = quantile(train, 0.75) - quantile(train, 0.25)
    if width == 0:
        width = (max(train) - min(train)) / 2
    z = (x - quantile(train, 0.5)) / width if width else 0.0
    return z / math.sqrt(1 + (z / 3) ** 2)


def expected(train: np.ndarray, x: np.ndarray) -> np.ndarray:
    """What the textbook makes of every number of x (N, features)."""
    columns = [[textbook(old.tolist(), float(v)) for v in new] for old, new in zip(train.T, x.T, strict=True)]
    return np.array(columns).T


def prepared(x: np.ndarray, standardize: bool | str = "robust", **source):
    split = Examples(x, np.zeros((len(x), 1)))
    return measured(DataSpec(x.shape[1:], None, (1,)), split, standardize=standardize, transform="none", **source)


def applied(preparation, x: np.ndarray, dtype: type = np.float64) -> np.ndarray:
    """What a network gets of x, batch first."""
    return np.moveaxis(Batches(x, None, preparation, np.dtype(dtype)).take(np.arange(len(x)))[0], -1, 0)


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 70, 71])
@pytest.mark.parametrize("stored", [np.float64, np.float32, np.uint8])
def test_equals_the_textbook(rows, stored):
    train = (TABLE[:rows] if stored != np.uint8 else RNG.integers(0, 256, (rows, 5))).astype(stored)
    new = (TABLE[::-1] * 3 - 7 if stored != np.uint8 else RNG.integers(0, 256, (40, 5))).astype(stored)
    for x in (train, new):
        np.testing.assert_allclose(applied(prepared(train), x), expected(train, x), rtol=1e-12, atol=1e-13)
        single = applied(prepared(train), x, np.float32)
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, expected(train, x), rtol=2e-6, atol=2e-6)


def test_more_numbers_than_are_bent_at_once():
    x = RNG.normal(size=(3, 40_000))
    np.testing.assert_allclose(applied(prepared(x), x), expected(x, x), rtol=1e-12, atol=1e-13)


def test_no_number_is_too_large():
    with np.errstate(over="raise", invalid="raise"):
        y = applied(prepared(TABLE), np.full((1, 5), 3e38) * [[1], [-1]])
    np.testing.assert_allclose(y[:, :4], [[3] * 4, [-3] * 4])
    assert (y[:, 4] == 0).all(), "nothing was learned of it"


def test_a_width_whose_inverse_single_precision_cannot_hold_is_none():
    x = np.array([[0.0, 0.0], [1e-38, 1e-20]])
    assert prepared(x).standardizer.scale.tolist() == [0, pytest.approx(2e20)]


def test_order_is_kept_far_outside():
    y = applied(prepared(TABLE), np.linspace(-1000, 1000, 401)[:, None] * np.ones(5))[:, 0]
    assert (np.diff(y) > 0).all()
    assert -3 < y[0] < -2.9
    assert 2.9 < y[-1] < 3


def test_each_feature_is_measured_in_its_own_way():
    ways = [True, "robust", False, "robust", False]
    each = Standardizer.fit_each(TABLE, ways)
    standard, robust = Standardizer.fit(TABLE), Standardizer.fit_robust(TABLE)
    for place, way in enumerate(ways):
        expected = {True: standard, "robust": robust}.get(way)
        mean, deviation = (
            (0, 1 if place != 4 else 0) if expected is None else (expected.mean[place], expected.deviation[place])
        )
        assert (each.mean[place], each.deviation[place]) == (mean, deviation)
        assert each.bend[place] == (1 / 3 if way == "robust" else 0)
    assert Standardizer.fit_each(TABLE, [True, True, False, True, True]).bend is None


def test_the_numbers_of_scikit_learn():
    """RobustScaler of scikit-learn 1.9.1, then the smooth clipping."""
    x = np.array([[1.0, 10.0], [2.0, 0.0], [4.0, 30.0], [8.0, 20.0], [1000.0, 25.0]])
    scaled = np.array([[-0.5, -2 / 3], [-1 / 3, -4 / 3], [0, 2 / 3], [2 / 3, 0], [166, 1 / 3]])
    np.testing.assert_allclose(applied(prepared(x), x), scaled / np.sqrt(1 + (scaled / 3) ** 2), rtol=1e-12)


@pytest.mark.parametrize("ways", [["robust"] * 5, [False, "robust", True, "robust", False]])
def test_json_keeps_every_bit(ways):
    fitted = Standardizer.fit_each(TABLE, ways)
    again = Standardizer.from_json(json.loads(json.dumps(fitted.to_json(), allow_nan=False)), (5,))
    for one in ("mean", "deviation", "bend"):
        assert getattr(again, one).tobytes() == getattr(fitted, one).tobytes()


@pytest.mark.parametrize("bend", [[0.5], [[0.5, 0.5]], [-0.1, 0], [0, 1.1], [0, math.nan], 0.5])
def test_refuses_what_no_training_gives(bend):
    state = {"mean": [0, 0], "deviation": [1, 1], "bend": bend}
    with pytest.raises(ValueError, match=r"does not bend features as a training does, got "):
        Standardizer.from_json(state, (2,))


def test_a_description_from_before_is_read():
    assert Standardizer.from_json({"mean": [0], "deviation": [1]}, (1,)).bend is None


def test_its_input_is_left_alone():
    before = TABLE.copy()
    applied(prepared(TABLE), TABLE)
    np.testing.assert_array_equal(TABLE, before)


def test_images_are_refused(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        "dataset:\n  type: digits\n  standardize: robust\n"
        "model: {layers: [flatten, {type: dense, units: 10}]}\noptimizer: {type: adam, lr: 1}\ntraining: {epochs: 1}\n"
    )
    with pytest.raises(ConfigError) as refused:
        build_parts(load(path), Locator(tmp_path))
    assert list(refused.value.problems) == [
        f"{path}:3: dataset.standardize: robust is for vectors, such as rows of a table, "
        "got images of shape (1, 8, 8). Set it to true."
    ]


def test_one_column_is_in_memory_beside_the_table():
    """In double precision: as much as the order of the examples takes in every epoch that follows."""
    x = np.resize(RNG.random(1 << 16, np.float32), (500_000, 3))
    assert peak_of(lambda: Standardizer.fit_robust(x)) == pytest.approx(8 * len(x), rel=0.01)
