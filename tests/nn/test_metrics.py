"""Metrics: small cases by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnfs_cli.nn.metrics import class_report, confusion_matrix, correct, regression_report


def test_correct_counts_examples_whose_largest_score_is_their_class():
    scores = np.array([[0.9, 0.2, 0.1, 0.5], [0.1, 0.8, 0.9, 0.4]])
    assert correct(scores, np.array([0, 1, 0, 1])) == 2
    assert correct(scores[:, :0], np.array([], dtype=int)) == 0


def test_confusion_matrix_has_true_classes_as_rows():
    predicted, target = np.array([0, 1, 1, 2, 0]), np.array([0, 1, 0, 1, 0])
    assert confusion_matrix(predicted, target, 3).tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 0]]


def test_confusion_matrix_of_nothing():
    nothing = np.array([], dtype=int)
    assert confusion_matrix(nothing, nothing, 2).tolist() == [[0, 0], [0, 0]]


def test_class_report():
    rows = class_report(np.array([[2, 1, 0], [0, 1, 1], [0, 0, 0]]), ("cat", "dog", "eel"))
    cat, dog, eel = rows
    assert cat == {"class": "cat", "examples": 3, "precision": 1, "recall": pytest.approx(2 / 3), "f1": 0.8}
    assert dog == {"class": "dog", "examples": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert eel == {"class": "eel", "examples": 0, "precision": 0, "recall": None, "f1": 0}


def test_class_report_of_a_class_that_is_neither_there_nor_predicted():
    _, empty = class_report(np.array([[2, 0], [0, 0]]), ("there", "absent"))
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
