"""Preparation: measured once, the same from a checkpoint, for bytes and numbers, classes and values."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from nnfs_cli.data.batches import Batches
from nnfs_cli.data.columns.category import Category
from nnfs_cli.data.columns.date import Date
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.preparation import Preparation, measured
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.embeddings import Embedding
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.losses.mse import MSE
from nnfs_cli.nn.network import Network
from nnfs_cli.saved.description import make_preparation

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (20, 1, 3, 4), np.uint8)
TABLE = RNG.normal(1e6, 2, (20, 3))
PRICES = RNG.normal(300_000, 60_000, (20, 2))
CLASSES = ("cat", "dog")


def prepared(x, y=None, *, standardize=True, transform="standardize", **source) -> Preparation:
    """A preparation for two classes, or for two values if y has them."""
    classes = CLASSES if y is None else None
    split = Examples(x, np.arange(len(x)) % 2 if y is None else y)
    return measured(DataSpec(x.shape[1:], classes, (2,)), split, standardize=standardize, transform=transform, **source)


def given(preparation, x, y=None, dtype=np.float64):
    """What a network gets, batch first."""
    batch, target = Batches(x, y, preparation, np.dtype(dtype)).take(np.arange(len(x)))
    return np.moveaxis(batch, -1, 0), target


@pytest.mark.parametrize(
    ("x", "white"),
    [
        (IMAGES, 255),
        (IMAGES.reshape(20, 12), 255),
        (IMAGES / 255, 1),
        (IMAGES.astype(np.float32), 255),
        (IMAGES * 257.0, 65535),
        (IMAGES * 1000.0, None),
        (IMAGES / 255 - 0.5, None),
        (TABLE, None),
        (IMAGES.reshape(20, 12) / 255, None),
    ],
)
def test_what_stands_for_white(x, white):
    assert prepared(x).white == white


@pytest.mark.parametrize(("share", "white"), [(0.4, None), (0.51, 255.0), (1.12, 255.0), (1.2, None)])
def test_white_is_at_most_twice_the_largest_number_and_hardly_below_it(share, white):
    assert prepared(255.0 * share * IMAGES / IMAGES.max()).white == white


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("trained", [IMAGES, IMAGES / 255, IMAGES.astype(np.float32), IMAGES * 257.0])
def test_a_picture_means_the_same_to_models_of_pixels_on_any_scale(trained, standardize):
    """257 * 255 = 65,535."""
    preparation = prepared(trained, standardize=standardize)
    bytes_given, _ = given(preparation, IMAGES)
    np.testing.assert_allclose(bytes_given, given(preparation, trained)[0], rtol=1e-12, atol=1e-12)
    if standardize:
        np.testing.assert_allclose(bytes_given, (IMAGES - IMAGES.mean()) / IMAGES.std(), rtol=1e-6, atol=1e-9)


def test_bytes_for_a_model_of_numbers_are_those_numbers():
    preparation = prepared(TABLE)
    small = np.arange(6, dtype=np.uint8).reshape(2, 3)
    np.testing.assert_allclose(given(preparation, small)[0], given(preparation, small.astype(float))[0], rtol=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_are_learned_with_mean_0_and_deviation_1_and_answered_in_their_units(dtype):
    preparation = prepared(TABLE, PRICES)
    _, target = given(preparation, TABLE, PRICES, dtype)
    assert (target.shape, target.dtype) == ((2, 20), dtype)
    np.testing.assert_allclose(target.T, (PRICES - PRICES.mean(axis=0)) / PRICES.std(axis=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(preparation.values(target.T.astype(np.float64)), PRICES, rtol=1e-6)


def test_values_may_be_learned_as_they_are():
    preparation = prepared(TABLE, PRICES, transform="none")
    np.testing.assert_array_equal(given(preparation, TABLE, PRICES)[1], PRICES.T)
    np.testing.assert_array_equal(preparation.values(PRICES), PRICES)


def test_classes_are_left_alone():
    preparation, y = prepared(TABLE), np.arange(20) % 2
    assert preparation.transform.deviation.tolist() == [1, 1]
    np.testing.assert_array_equal(given(preparation, TABLE, y)[1], y)
    answers = np.full((3, 2), 0.5)
    assert preparation.values(answers) is answers


def test_examples_without_answers_have_an_empty_target():
    assert given(prepared(TABLE), TABLE)[1].shape == (0,)


def test_metrics_are_in_the_units_of_the_target():
    (f1,) = prepared(TABLE).metrics(["macro_f1"])
    assert (f1.type_name, f1.width) == ("macro_f1", 6)
    rmse, r2, mape = prepared(TABLE, PRICES).metrics(["rmse", "r2", "mape"])
    assert (rmse.width, r2.width) == (2, 6)
    ones = Outputs(np.ones((2, 1)), np.copy)
    mean, deviation = PRICES.mean(axis=0), PRICES.std(axis=0)
    assert rmse.value(rmse.sums(ones, np.zeros((2, 1))), 1) == pytest.approx(deviation.mean())
    assert mape.value(mape.sums(ones, np.zeros((2, 1))), 1) == pytest.approx((deviation / np.abs(mean)).mean())


def test_an_untrained_model_takes_numbers_as_they_are_and_bytes_from_0_to_1():
    for x in (IMAGES, IMAGES[:, 0, 0]):
        untrained = Preparation.untrained(DataSpec(x.shape[1:], None, (2,)))
        np.testing.assert_allclose(given(untrained, x)[0], x / 255, rtol=1e-15)
        np.testing.assert_array_equal(given(untrained, x.astype(float))[0], x)
        np.testing.assert_array_equal(untrained.values(PRICES), PRICES)


@pytest.mark.parametrize("case", ["bytes", "numbers", "values", "table", "table of values", "embeddings", "untrained"])
def test_a_checkpoint_holds_all_of_it(case):
    columns = (
        Number("a", "mean", indicator=True, decimal=",", na_values=("-1.0",)),
        Date("d", "%d.%m.%Y", (), missing="error"),
    )
    fill = np.array([1.5, 0, 1e9 / 3])
    wordy = (Category("b", ("", "x", "y"), "embedding"), Number("a"), Category("c", ("u", "v"), "binary"))
    made = {
        "bytes": lambda: prepared(IMAGES, depth=12),
        "numbers": lambda: prepared(IMAGES / 255),
        "values": lambda: prepared(TABLE, PRICES),
        "table": lambda: prepared(TABLE, columns=columns, delimiter=";", fill=fill, keep=("id",)),
        "table of values": lambda: dataclasses.replace(
            prepared(TABLE, PRICES, columns=columns, fill=fill, answers=(Number("p", "error"), Number("q", unit="%"))),
            spec=DataSpec((3,), None, (2,), ("p", "q")),
        ),
        "embeddings": lambda: prepared(TABLE, columns=wordy, fill=fill),
        "untrained": lambda: Preparation.untrained(DataSpec((3,), None, (2,), ("height", "weight"))),
    }[case]()
    embeddings = (Embedding("b", 4),) if case == "embeddings" else ()
    network = Network([Dense(2)] if embeddings else [Flatten(), Dense(2)], made.spec.input_shape, embeddings=embeddings)
    text = json.dumps(made.to_json())
    loss = MSE() if made.spec.classes is None else CrossEntropy()
    again = make_preparation(json.loads(text), network, loss)
    assert json.dumps(again.to_json()) == text
    spec = dataclasses.replace(made.spec, embeddings=embeddings)
    assert (again.spec, again.white, again.columns) == (spec, made.white, made.columns)
    assert (again.delimiter, again.depth, again.answers) == (made.delimiter, made.depth, made.answers)
    assert (again.keep, again.fill is None) == (made.keep, made.fill is None)
    assert made.fill is None or again.fill.tobytes() == made.fill.tobytes()
    for dtype in (np.uint8, np.float64):
        for factor, before in zip(again.factors(np.dtype(dtype)), made.factors(np.dtype(dtype)), strict=True):
            np.testing.assert_array_equal(factor, before)


@pytest.mark.parametrize(
    ("categories", "encoding", "problem"),
    [
        (("a", "b", "a"), "onehot", "names a word twice"),
        (("", ""), "binary", "names a word twice"),
        (("a", "b", "c"), "binary", "binary is for 2 words, got 3"),
        (("a",), "binary", "binary is for 2 words, got 1"),
    ],
)
def test_words_that_no_training_gives(categories, encoding, problem):
    with pytest.raises(ConfigError, match=problem):
        Category("colour", categories, encoding)
