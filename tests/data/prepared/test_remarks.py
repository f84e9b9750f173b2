"""Inputs that are not like those of the training: far outside its ranges, or on another scale."""

from __future__ import annotations

import contextlib
import dataclasses
import json

import numpy as np
import pytest

from nnfs_cli.data.columns.category import Category
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.encode.ranges import MOST_FEATURES, Ranges
from nnfs_cli.data.inputs.remarks import Remarks
from nnfs_cli.data.preparation import Preparation, measured
from nnfs_cli.data.scales import refuse_other_scale
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.errors import DataError

X = np.linspace(0, 1, 24).reshape(2, 1, 3, 4)
TABLE = np.array([[0.0, 5, -3], [10, 5, 7], [4, 5, 0]])
COLUMNS = (Number("size"), Category("colour", ("green", "red")))


def prepared(x, **source) -> Preparation:
    spec = DataSpec(x.shape[1:], None, (1,))
    return measured(spec, Examples(x, np.zeros((len(x), 1))), standardize=True, transform="none", **source)


def told(x, row, **source) -> tuple[str, ...]:
    return Remarks("in.csv", prepared(x, **source)).on(np.atleast_2d(row), 3)


@pytest.mark.parametrize("inside", [[0, 5, -3], [10, 5, 7], [-10, 5, -13], [20, 5, 17]])
def test_nothing_is_said_up_to_the_width_of_the_range_beyond_it(inside):
    assert told(TABLE, inside) == ()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ([21, 5, 0], "in.csv[3]: feature 0: 21 is far outside the training data, 0 to 10: do not trust the answer"),
        ([-11, 5, 0], "in.csv[3]: feature 0: -11 is far outside the training data, 0 to 10: do not trust the answer"),
        ([0, 5, 18], "in.csv[3]: feature 2: 18 is far outside the training data, -3 to 7: do not trust the answer"),
        ([0, 5.5, 0], "in.csv[3]: feature 1 is 5.5, it was always 5 in training: nothing was learned of it"),
    ],
)
def test_what_is_far_outside_is_said_with_its_range(row, sentence):
    assert told(TABLE, row) == (sentence,)


def test_bytes_for_a_model_of_numbers_are_numbers():
    assert len(told(TABLE, np.array([[200, 5, 0]], np.uint8))) == 1


def test_a_column_is_named_and_a_word_is_not_spoken_of():
    x = np.array([[0.0, 0, 1], [1, 0, 1], [2, 0, 1]])
    (sentence,) = told(x, [9, 1, 0], columns=COLUMNS)[:1]
    assert sentence.startswith("in.csv[3]: column 'size': 9 is far outside the training data, 0 to 2")


def test_each_feature_is_named_once_with_its_first_example():
    remarks = Remarks("in.csv", prepared(TABLE))
    (first,) = remarks.on(np.array([[0.0, 5, 0], [99, 5, 0], [100, 5, 0]]), 10)
    assert first.startswith("in.csv[11]: feature 0: 99 ")
    (second,) = remarks.on(np.array([[99.0, 5, 99]]), 13)
    assert second.startswith("in.csv[13]: feature 2: 99 ")


def test_ten_features_at_the_most():
    remarks = Remarks("in.csv", prepared(np.zeros((2, 30))))
    wrong = np.zeros((2, 30))
    wrong[0, :6] = 1
    wrong[1, 6:] = 1
    assert [len(remarks.on(wrong[:1], 0)), len(remarks.on(wrong[1:], 1)), len(remarks.on(wrong[1:], 2))] == [6, 4, 0]


def test_images_share_one_range():
    x = np.linspace(-1, 1, 2 * 12).reshape(2, 1, 3, 4)
    remarks, far = Remarks("x.npy", prepared(x)), np.zeros((2, 1, 3, 4))
    far[1, 0, 2, 3], far[1, 0, 0, 0] = -7, 4
    (sentence,) = remarks.on(far, 0)
    assert sentence == "x.npy[1]: -7 is far outside the training data, -1 to 1: do not trust the answer"
    assert remarks.on(far, 2) == ()


def test_pixels_and_untrained_models_have_no_ranges():
    pixels = np.full((2, 1, 3, 4), 90, np.uint8)
    assert prepared(pixels).ranges is Preparation.untrained(DataSpec((3,), None, (1,))).ranges is None
    assert Remarks("x", prepared(pixels)).on(np.full((1, 1, 3, 4), 250.0), 0) == ()
    grey = prepared(X)
    assert Remarks("x", grey).on(np.full((1, 1, 3, 4), 250, np.uint8), 0) == ()


@pytest.mark.parametrize("count", [MOST_FEATURES, MOST_FEATURES + 1])
def test_ranges_of_many_features_are_one(count):
    ranges = Ranges.fit(np.stack([np.arange(count), np.arange(count)]).astype(np.float32))
    assert len(ranges.low) == len(ranges.high) == (count if count == MOST_FEATURES else 1)
    assert (ranges.low[0], ranges.high[-1], ranges.low.dtype) == (0, count - 1, np.float64)


def test_numbers_of_any_size_are_compared():
    ranges = Ranges.fit(np.array([[-1e308], [1e308]]))
    assert list(ranges.outliers(np.array([[1.7e308], [0.0]]))) == []


def test_json_keeps_every_bit():
    ranges = Ranges.fit(TABLE / 3)
    again = Ranges.from_json(json.loads(json.dumps(ranges.to_json())), (3,))
    assert (again.low.tobytes(), again.high.tobytes()) == (ranges.low.tobytes(), ranges.high.tobytes())
    with pytest.raises(ValueError, match=r"do not fit examples of shape \(4,\)"):
        Ranges.from_json(ranges.to_json(), (4,))


@pytest.mark.parametrize(("given", "largest", "white"), [(X * 255 / 15, 17, 255), ((X * 17).astype(np.uint8), 17, 255)])
def test_pixels_that_are_all_dark_may_be_on_another_scale(given, largest, white):
    (sentence,) = Remarks("x.npy", prepared((X * 255).astype(np.uint8))).on(given, 0)
    assert sentence == f"x.npy: has pixels up to {largest}, where {white} is white. Are they on another scale?"
    assert Remarks("x.npy", prepared((X * 255).astype(np.uint8))).on(given, 5) == ()
    assert Remarks("x.npy", prepared((X * 255).astype(np.uint8))).on(given + 1, 0) == ()


def test_an_untrained_model_takes_any_scale():
    refuse_other_scale("x.npy", X * 255, Preparation.untrained(DataSpec((1, 3, 4), None, (1,))))
    trained = dataclasses.replace(prepared(X), ranges=None)
    refuse_other_scale("x.npy", X * 255, trained)


def test_an_example_beyond_the_first_that_are_looked_at_together_has_its_own_number(monkeypatch):
    monkeypatch.setattr("nnfs_cli.data.inputs.remarks.BLOCK", 4)
    x = np.zeros((9, 2))
    x[7, 1] = 50
    preparation = measured(
        DataSpec((2,), None, (1,)), Examples(np.eye(2), np.eye(2)[:, :1]), standardize=True, transform="none"
    )
    (told,) = Remarks("x.npy", preparation).on_values(x, range(100, 109))
    assert told.startswith("x.npy[107]: feature 1: 50 is far outside")


@pytest.mark.parametrize(("low", "refused"), [(-20, False), (-64, True)])
def test_pixels_may_go_a_little_below_black(low, refused):
    """As they do where pictures were resampled: up to an eighth of white."""
    x = np.array([low, 255.0]).reshape(2, 1, 1, 1)
    pixels = np.array([0, 255], np.uint8).reshape(2, 1, 1, 1)
    spec = DataSpec((1, 1, 1), None, (1,))
    preparation = measured(spec, Examples(pixels, np.eye(2)[:, :1]), standardize=True, transform="none")
    with pytest.raises(DataError, match="numbers from -64 to 255") if refused else contextlib.nullcontext():
        refuse_other_scale("x", x, preparation)
