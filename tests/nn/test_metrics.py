"""Metrics: small cases by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from nnfs_cli.nn.confusion import Confusion
from nnfs_cli.nn.metrics.accuracy import Accuracy
from nnfs_cli.nn.metrics.base import kinds_for
from nnfs_cli.nn.metrics.r2 import R2
from nnfs_cli.nn.metrics.rmse import RMSE
from nnfs_cli.nn.reports import class_report, regression_report
from nnfs_cli.registry import METRICS
from nnfs_cli.training.records import Monitor
from tests.nn.counts import of_matrix

RNG = np.random.default_rng(0)
CLASSES = RNG.integers(3, size=300)
VALUES = RNG.standard_normal((2, 300)) * [[1], [50]] + [[1e6], [-3]]
GUESSES = VALUES + RNG.standard_normal((2, 300))
ACCURACY = Accuracy(np.zeros(3), np.ones(3))
CASES = {
    "accuracy": (ACCURACY, RNG.standard_normal((3, 300)), CLASSES),
    "rmse": (RMSE(np.zeros(2), np.array([2.0, 0.5])), GUESSES, VALUES),
    "r2": (R2(VALUES.mean(axis=1), np.ones(2)), GUESSES, VALUES),
}


def test_accuracy_counts_examples_whose_largest_score_is_their_class():
    scores, target = np.array([[0.9, 0.2, 0.1, 0.5], [0.1, 0.8, 0.9, 0.4]]), np.array([0, 1, 0, 1])
    assert ACCURACY.sums(scores, target) == [2]
    assert ACCURACY.sums(scores[:, :0], target[:0]) == [0]
    assert ACCURACY.value(np.array([2.0]), 4) == 0.5


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_over_any_blocks_are_those_of_the_whole(case, dtype):
    metric, scores, target = CASES[case]
    scores, target = scores.astype(dtype), target if target.ndim == 1 else target.astype(dtype)
    whole = metric.sums(scores, target)
    assert len(whole) == metric.width
    for cuts in ([0, 255, 300], [0, 1, 2, 300], [0, 256, 256, 300]):
        blocks = (slice(*pair) for pair in itertools.pairwise(cuts))
        summed = np.sum([metric.sums(scores[:, block], target[..., block]) for block in blocks], axis=0)
        np.testing.assert_allclose(summed, whole, rtol=1e-9, atol=1e-11)


def test_rmse_is_over_examples_and_outputs_in_the_units_of_the_target():
    metric, scores, target = CASES["rmse"]
    error = (scores - target) * [[2.0], [0.5]]
    assert metric.value(metric.sums(scores, target), 300) == pytest.approx(np.sqrt((error**2).mean()), rel=1e-12)


@pytest.mark.parametrize("centre", [0.0, 1e6, 999_990.0])
def test_r2_is_the_mean_over_outputs_whatever_the_centre(centre):
    _, scores, target = CASES["r2"]
    metric = R2(np.array([centre, -3.0]), np.ones(2))
    residual, total = ((scores - target) ** 2).sum(axis=1), 300 * target.var(axis=1)
    tolerance = 1e-3 if centre == 0 else 1e-9
    assert metric.value(metric.sums(scores, target), 300) == pytest.approx((1 - residual / total).mean(), rel=tolerance)


@pytest.mark.parametrize("level", [0.0, 0.1, 1e6])
@pytest.mark.parametrize("centre", [0.0, 0.1])
def test_r2_of_a_target_that_never_varies_is_none(level, centre):
    metric, scores = R2(np.full(2, centre), np.ones(2)), np.stack([np.arange(50.0), np.arange(50.0)])
    constant = np.stack([np.full(50, level), np.arange(50.0) ** 2])
    assert metric.value(metric.sums(scores, constant), 50) is None
    assert metric.value(metric.sums(scores, constant[::-1]), 50) is None


def test_which_value_is_better():
    better = {name: Monitor.parse(f"val_{name}").higher_is_better for name in ("loss", "accuracy", "rmse", "r2")}
    assert better == {"loss": False, "accuracy": True, "rmse": False, "r2": True}


def test_every_metric_has_a_case_and_a_file_of_its_name():
    """A configuration names metrics before any of them is imported."""
    assert set(METRICS) == set(CASES) == set(METRICS.files) - {"base"}


@pytest.mark.parametrize(("classes", "names"), [(True, ["accuracy"]), (False, ["rmse", "r2"])])
def test_the_first_metric_to_look_at_comes_last(classes, names):
    assert [kind.type_name for kind in kinds_for(classes=classes)] == names


def test_confusion_matrix_has_true_classes_as_rows():
    predicted, target = np.array([0, 1, 1, 2, 0]), np.array([0, 1, 0, 1, 0])
    assert Confusion.count(predicted, target, 3).matrix().tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 0]]


def test_confusion_matrix_of_nothing():
    nothing = np.array([], dtype=int)
    assert Confusion.count(nothing, nothing, 2).matrix().tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("classes", [3, 17])
def test_the_counts_are_those_of_a_loop(classes):
    predicted, target = np.random.default_rng(classes).integers(0, classes - 1, (2, 200))
    wanted = np.zeros((classes, classes), int)
    for guess, truth in zip(predicted, target, strict=True):
        wanted[truth, guess] += 1
    counts = Confusion.count(predicted, target, classes)
    assert [row.tolist() for row in counts.rows()] == wanted.tolist()
    assert (counts.hits.sum(), counts.counts.sum()) == ((predicted == target).sum(), 200)
    assert counts.answers.tolist() == wanted.sum(axis=0).tolist()
    worst = counts.mistakes(4)
    np.fill_diagonal(wanted, 0)
    assert worst.counts.tolist() == sorted(wanted[wanted > 0].tolist(), reverse=True)[:4]
    assert wanted[worst.true, worst.predicted].tolist() == worst.counts.tolist()


def test_class_report():
    rows = class_report(of_matrix([[2, 1, 0], [0, 1, 1], [0, 0, 0]]), ("cat", "dog", "eel"))
    cat, dog, eel = rows
    assert cat == {"class": "cat", "examples": 3, "precision": 1, "recall": pytest.approx(2 / 3), "f1": 0.8}
    assert dog == {"class": "dog", "examples": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert eel == {"class": "eel", "examples": 0, "precision": 0, "recall": None, "f1": 0}


def test_class_report_of_a_class_that_is_neither_there_nor_predicted():
    _, empty = class_report(of_matrix([[2, 0], [0, 0]]), ("there", "absent"))
    assert empty == {"class": "absent", "examples": 0, "precision": None, "recall": None, "f1": None}


def test_regression_report():
    report = regression_report(np.array([[1.0], [2], [5]]), np.array([[1.0], [3], [3]]))
    assert report["mse"] == pytest.approx(5 / 3)
    assert report["rmse"] == pytest.approx(math.sqrt(5 / 3))
    assert report["mae"] == pytest.approx(1)
    assert report["r2"] == pytest.approx(1 - 5 / (8 / 3))


def test_r_squared_is_the_mean_over_outputs():
    target = np.array([[0.0, 0], [2, 20]])
    values = np.array([[0.0, 10], [2, 10]])
    assert regression_report(values, target)["r2"] == pytest.approx((1 + 0) / 2)


def test_r_squared_of_a_target_that_never_varies_is_none():
    assert regression_report(np.array([[1.0], [2]]), np.array([[3.0], [3]]))["r2"] is None
    assert regression_report(np.array([[1.0], [2], [2]]), np.full((3, 1), 0.1))["r2"] is None


def test_a_report_is_computed_in_double_precision():
    target = (1e6 + np.arange(1000.0) / 1000)[:, None]
    report = regression_report(target + 0.01, target)
    assert report["rmse"] == pytest.approx(0.01, rel=1e-6)
    assert report["r2"] == pytest.approx(1 - 1e-4 / target.var(), rel=1e-6)
