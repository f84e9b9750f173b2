"""Metrics: small cases by hand, against slow formulas of textbooks, and golden values of scikit-learn."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nnfs_cli.nn.evaluation.confusion import Confusion
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.evaluation.ranking import Ranking
from nnfs_cli.nn.evaluation.reports import class_figures, class_report, figures_by_class, value_figures
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.metrics.accuracy import Accuracy
from nnfs_cli.nn.metrics.base import RankingMetric, fitting, kinds_for
from nnfs_cli.nn.metrics.log_loss import LogLoss
from nnfs_cli.nn.metrics.mape import MAPE
from nnfs_cli.nn.metrics.r2 import R2
from nnfs_cli.registry import METRICS
from nnfs_cli.training.records import Monitor
from tests.answers.independent import figures
from tests.nn.counts import of_matrix

RNG = np.random.default_rng(0)
CLASSES = RNG.integers(7, size=300)
SCORES = RNG.standard_normal((7, 300))
VALUES = RNG.standard_normal((2, 300)) * [[3], [50]] + [[1e6], [-3]]
GUESSES = VALUES + RNG.standard_normal((2, 300))
ACCURACY = Accuracy(np.zeros(2), np.ones(2))
SUMMED = sorted(name for name, kind in METRICS.items() if not issubclass(kind, RankingMetric))
ACTIVATE = CrossEntropy().activate
GOLDEN_CLASSES = {
    "accuracy": 0.875,
    "average_precision": 0.9722222222222222,
    "balanced_accuracy": 0.8888888888888888,
    "log_loss": 0.6529372216582724,
    "macro_f1": 0.8666666666666667,
    "matthews": 0.8333333333333334,
    "roc_auc": 0.9777777777777779,
}
GOLDEN_VALUES = {
    "r2": -0.02465919156920371,
    "mae": 0.86875,
    "mape": 1.7298468535141338,
    "mse": 1.1831250000000002,
    "rmse": 1.0843881804589923,
}
GOLDEN_MAPE = [1.492336309523811, 1.9673573975044567]


def example(name: str) -> tuple:
    """A metric with outputs and targets of 300 examples."""
    if METRICS[name].takes_classes:
        return METRICS[name](np.zeros(7), np.ones(7)), SCORES, CLASSES
    return METRICS[name](VALUES.mean(axis=1), np.array([2.0, 0.5]), 1, np.array([7.0, 0])), GUESSES, VALUES


def test_accuracy_counts_examples_whose_largest_score_is_their_class():
    scores, target = np.array([[0.9, 0.2, 0.1, 0.5], [0.1, 0.8, 0.9, 0.4]]), np.array([0, 1, 0, 1])
    assert ACCURACY.sums(Outputs(scores, ACTIVATE), target) == [2]
    assert ACCURACY.value(np.array([2.0]), 4) == 0.5


@pytest.mark.parametrize("name", SUMMED)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_over_any_blocks_are_those_of_the_whole(name, dtype):
    metric, scores, target = example(name)
    scores, target = scores.astype(dtype), target if target.ndim == 1 else target.astype(dtype)
    whole = metric.sums(Outputs(scores, ACTIVATE), target)
    assert len(whole) == metric.width
    for cuts in ([0, 255, 300], [0, 1, 2, 300], [0, 256, 256, 300]):
        blocks = (slice(*pair) for pair in itertools.pairwise(cuts))
        sums = [metric.sums(Outputs(scores[:, block], ACTIVATE), target[..., block]) for block in blocks]
        np.testing.assert_allclose(np.sum(sums, axis=0), whole, rtol=1e-6 if dtype == np.float32 else 1e-9, atol=1e-11)


def test_errors_are_averaged_over_targets_in_their_own_units():
    values, target = (of.T * [2.0, 0.5] + [7, 0] for of in (GUESSES, VALUES))
    for name, wanted in figures.of_values(values, target).items():
        metric, scores, learned = example(name)
        found = metric.value(metric.sums(Outputs(scores, np.copy), learned), 300)
        assert found == pytest.approx(wanted, rel=1e-9), name


@pytest.mark.parametrize("centre", [0.0, 1e6, 999_990.0])
def test_r2_is_the_mean_over_outputs_whatever_the_centre(centre):
    metric = R2(np.array([centre, -3.0]), np.ones(2))
    residual, total = ((GUESSES - VALUES) ** 2).sum(axis=1), 300 * VALUES.var(axis=1)
    tolerance = 1e-2 if centre == 0 else 1e-9
    found = metric.value(metric.sums(Outputs(GUESSES, np.copy), VALUES), 300)
    assert found == pytest.approx((1 - residual / total).mean(), rel=tolerance)


@pytest.mark.parametrize("level", [0.0, 0.1, 1e6])
@pytest.mark.parametrize("centre", [0.0, 0.1])
def test_r2_of_a_target_that_never_varies_is_none(level, centre):
    metric, scores = R2(np.full(2, centre), np.ones(2)), np.stack([np.arange(50.0), np.arange(50.0)])
    constant = np.stack([np.full(50, level), np.arange(50.0) ** 2])
    assert metric.value(metric.sums(Outputs(scores, np.copy), constant), 50) is None
    assert metric.value(metric.sums(Outputs(scores, np.copy), constant[::-1]), 50) is None


def test_which_value_is_better():
    lower = {name for name in METRICS if not Monitor.parse(f"val_{name}").higher_is_better}
    assert lower == {"log_loss", "mae", "mape", "mse", "rmse"}
    assert not Monitor.parse("val_loss").higher_is_better


def test_every_metric_has_a_file_of_its_name():
    """A configuration names metrics before any of them is imported."""
    assert set(METRICS) == set(METRICS.files) - {"base"}


@pytest.mark.parametrize(("classes", "names"), [(True, ["accuracy"]), (False, ["rmse", "r2"])])
def test_what_is_measured_unless_it_is_said_otherwise(classes, names):
    assert [kind.type_name for kind in kinds_for(classes=classes)] == names


def test_what_fits_a_task():
    assert {kind.type_name for kind in fitting(classes=None)} == {"mse", "rmse", "mae", "mape", "r2"}
    many = {kind.type_name for kind in fitting(classes=6)}
    assert many - {kind.type_name for kind in fitting(classes=5)} == {"top_5"}
    assert next(iter(fitting(classes=2))).type_name == "accuracy"


def drawn(classes: int, examples: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Scores (N, classes) and classes (N,)."""
    rng = np.random.default_rng([classes, examples])
    y, scores = rng.integers(classes, size=examples), 2 * rng.standard_normal((examples, classes))
    scores[np.arange(examples), y] += 1
    match kind:
        case "ties":
            scores = scores.round()
        case "equal":
            scores[:] = 0
        case "class absent":
            y[:] = np.minimum(y, classes - 2)
        case "one class":
            y[:] = classes - 1
    return scores, y


@pytest.mark.parametrize("kind", ["plain", "ties", "equal", "class absent", "one class"])
@pytest.mark.parametrize("examples", [1, 2, 9, 200])
@pytest.mark.parametrize("classes", [2, 3, 17])
def test_figures_of_classes_are_those_of_textbooks(classes, examples, kind):
    scores, y = drawn(classes, examples, kind)
    wanted, found = figures.of_classes(scores, y), class_figures(Outputs(scores.T, ACTIVATE), y)
    del wanted["loss"]
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        assert found[name] == (value if value is None else pytest.approx(value, rel=1e-12, abs=1e-12)), name


def test_figures_are_those_of_scikit_learn():
    """Of scikit-learn 1.9.1, for some rows of its iris data, with scores that tell the classes apart a little."""
    rows = "5.1 3.5 1.4,4.9 3.0 1.4,7.0 3.2 4.7,6.4 3.2 4.5,6.9 3.1 4.9,6.3 3.3 6.0,5.8 2.7 5.1,7.1 3.0 5.9"
    table, y = np.array([row.split() for row in rows.split(",")], float), np.array([0, 0, 1, 1, 1, 2, 2, 2])
    scores = table[:, [1, 0, 2]] - [2.9, 6.5, 4.8]
    assert class_figures(Outputs(scores.T, ACTIVATE), y) == pytest.approx(GOLDEN_CLASSES, rel=1e-12)
    overall, by_target = value_figures(scores[:, :2], scores[:, 1:])
    assert overall == pytest.approx(GOLDEN_VALUES, rel=1e-12)
    assert [row["mape"] for row in by_target] == pytest.approx(GOLDEN_MAPE, rel=1e-12)


def test_a_probability_of_0_costs_36_in_the_log_loss():
    metric = LogLoss(np.zeros(2), np.ones(2))
    (total,) = metric.sums(Outputs(np.array([[1.0, 0.0], [0.0, 1.0]]), np.copy), np.array([1, 1]))
    assert total == pytest.approx(-np.log(np.finfo(float).eps) - np.log1p(-np.finfo(float).eps))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_true_value_of_0_is_one_while_it_is_learned(dtype):
    """A standardized 0 is known to the rounding of its type."""
    y = np.array([0.0, 300_000, 450_000, 0])
    mean, deviation = np.array([y.mean()]), np.array([y.std()])
    learned = ((y - mean) / deviation).astype(dtype)[None]
    metric, values = MAPE(np.zeros(1), deviation, 1, mean), (learned + 1) * deviation + mean
    wanted, _ = value_figures(values.T.astype(float), y[:, None])
    found = metric.value(metric.sums(Outputs(learned + dtype(1), np.copy), learned), 4)
    assert found == pytest.approx(wanted["mape"], rel=1e-4)
    assert found > 1e15


def test_figures_of_some_classes_leave_the_others_0():
    metrics = [kind(np.zeros(7), np.ones(7)) for kind in fitting(classes=7) if issubclass(kind, RankingMetric)]
    p = ACTIVATE(SCORES)
    whole = figures_by_class(metrics, p, CLASSES, range(7))
    parts = [figures_by_class(metrics, p, CLASSES, wanted) for wanted in (range(3), range(3, 7))]
    assert (parts[0][:, 3:] == 0).all()
    np.testing.assert_array_equal(parts[0] + parts[1], whole)


def test_a_ranking_counts_what_lies_at_or_above_each_score():
    ranking = Ranking.of(np.array([0.2, 0.9, 0.5, 0.5, 0.1]), np.array([False, True, True, False, True]))
    assert (ranking.hits.tolist(), ranking.misses.tolist()) == ([1, 2, 2, 3], [0, 1, 2, 2])
    assert (ranking.positives, ranking.negatives) == (3, 2)


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


def test_figures_of_values():
    overall, (row,) = value_figures(np.array([[1.0], [2], [5]]), np.array([[1.0], [3], [3]]))
    assert overall == row
    wanted = {"mse": 5 / 3, "rmse": (5 / 3) ** 0.5, "mae": 1, "mape": 1 / 3, "r2": 1 - 5 / (8 / 3)}
    assert overall == pytest.approx(wanted, rel=1e-14)


def test_the_figures_of_targets_average_to_those_of_all():
    level = np.array([5.0, 0, -1e3])[:, None, None]
    values, target = (level + RNG.standard_normal((9, 3, 2, 2)) for _ in range(2))
    overall, by_target = value_figures(values, target)
    assert len(by_target) == 3
    assert overall == pytest.approx({name: np.mean([row[name] for row in by_target]) for name in overall}, rel=1e-13)


def test_r_squared_of_a_target_that_never_varies_is_none():
    overall, rows = value_figures(np.array([[1.0, 0], [2, 1]]), np.array([[3.0, 0], [3, 2]]))
    assert (overall["r2"], rows[0]["r2"], rows[1]["r2"]) == (None, None, 0.5)
    assert value_figures(np.array([[1.0], [2], [2]]), np.full((3, 1), 0.1))[0]["r2"] is None


def test_figures_are_computed_in_double_precision():
    target = (1e6 + np.arange(1000.0) / 1000)[:, None]
    overall, _ = value_figures(target + 0.01, target)
    assert overall["rmse"] == pytest.approx(0.01, rel=1e-6)
    assert overall["r2"] == pytest.approx(1 - 1e-4 / target.var(), rel=1e-6)
