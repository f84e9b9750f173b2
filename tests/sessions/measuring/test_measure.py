"""Measure: over several blocks and workers, what NumPy says of the whole, for every loss."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.batches import Batches
from nnfs_cli.data.preparation import measured
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.nn.costs import MOST_EXAMPLES
from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.losses.mse import MSE
from nnfs_cli.nn.metrics.base import fitting
from nnfs_cli.nn.network import Network
from nnfs_cli.parallel.choose import group_of
from nnfs_cli.saved.predictor import Predictor
from nnfs_cli.training.measure import Measure, figures, mean_loss, overflowing, scores_of
from tests.answers.independent.figures import of_classes, of_values

RNG = np.random.default_rng(0)
X = RNG.standard_normal((1000, 4)) + 1e6
LABELS = RNG.integers(3, size=1000)
VALUES = X[:, :3] * [1, 60_000, 1e-3] + RNG.standard_normal((1000, 3))
COUNTS = [1, MOST_EXAMPLES - 1, MOST_EXAMPLES, MOST_EXAMPLES + 1, 1000]


def trained(classes: bool) -> tuple[Predictor, np.ndarray]:
    """A predictor with weights that nobody trained, and what it should say."""
    y = LABELS if classes else VALUES
    spec = DataSpec((4,), ("a", "b", "c") if classes else None, (3,))
    preparation = measured(spec, Examples(X, y), standardize=True, transform="standardize")
    network = Network([Dense(8), ReLU(), Dense(3)], (4,), seed=1, dtype="float64")
    network.allocate()
    network.initialize()
    return Predictor(network, CrossEntropy() if classes else MSE(), preparation), y


def expected_scores(predictor: Predictor) -> np.ndarray:
    """The network as matrices, all examples at once."""
    first, second = (predictor.network.layers[index].variables for index in (0, 2))
    x = (X - X.mean(axis=0)) / X.std(axis=0)
    hidden = np.maximum(x @ first["weight"].value.T + first["bias"].value, 0)
    return hidden @ second["weight"].value.T + second["bias"].value


def expected_figures(scores: np.ndarray, y: np.ndarray) -> dict[str, float | None]:
    if y.ndim == 1:
        return of_classes(scores, y)
    mean, deviation = VALUES.mean(axis=0), VALUES.std(axis=0)
    loss = ((scores - (y - mean) / deviation) ** 2).mean()
    return {"loss": loss, **of_values(scores * deviation + mean, y)}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("classes", [True, False])
def test_figures_are_those_of_the_whole(classes, count, workers):
    predictor, y = trained(classes)
    batches = Batches(X[:count], y[:count], predictor.preparation, np.dtype(np.float64))
    metrics = predictor.preparation.metrics(kind.type_name for kind in fitting(classes=3 if classes else None))
    measure = Measure(metrics, batches, 3, group := group_of(workers))
    group.reserve(measure.numbers)
    (found,) = group.run(lambda: iter([measure(predictor.network, predictor.loss)]))
    expected = expected_figures(expected_scores(predictor)[:count], y[:count])
    assert set(found) == set(expected)
    assert found == {
        name: value if value is None else pytest.approx(value, rel=1e-7) for name, value in expected.items()
    }


@pytest.mark.parametrize("count", [0, *COUNTS])
@pytest.mark.parametrize("classes", [True, False])
def test_scores_and_answers_of_every_example_are_its_own(classes, count):
    predictor, y = trained(classes)
    batches = Batches(X[:count], y[:count], predictor.preparation, np.dtype(np.float64))
    scores, expected = scores_of(predictor.network, batches), expected_scores(predictor)[:count]
    assert scores.shape == (count, 3)
    np.testing.assert_allclose(scores, expected, rtol=1e-7, atol=1e-9)
    if count:
        loss = expected_figures(expected, y[:count])["loss"]
        assert mean_loss(predictor.loss, scores, batches) == pytest.approx(loss, rel=1e-7)
    answers = predictor.predict(X[:count])
    if classes:
        exponentials = np.exp(expected)
        np.testing.assert_allclose(answers, exponentials / exponentials.sum(axis=1, keepdims=True), rtol=1e-7)
    else:
        np.testing.assert_allclose(answers, expected * VALUES.std(axis=0) + VALUES.mean(axis=0), rtol=1e-9)


def test_answers_are_in_double_precision_and_agree_with_the_scores():
    """Two scores that differ in the last bit give probabilities that are equal in single precision."""
    predictor, _ = trained(True)
    close = np.array([[np.nextafter(np.float32(20), np.float32(0)), 20, -90]], np.float32)
    answers = predictor.answers(close)
    assert answers.dtype == np.float64
    assert answers[0, 1] > answers[0, 0]


def test_the_metric_that_overflows_is_told_from_one_without_a_value():
    """R2 of a value that does not vary has no value, though nothing is too large."""
    r2, mae = (next(kind for kind in fitting(classes=None) if kind.type_name == name) for name in ("r2", "mae"))
    metrics = [kind(np.zeros(1), np.ones(1)) for kind in (r2, mae)]
    sums = np.zeros(1 + sum(metric.width for metric in metrics))
    assert figures(metrics, sums, 3)["r2"] is None
    assert overflowing(metrics, sums) is None
    sums[-1] = np.inf
    assert overflowing(metrics, sums) == "mae"
    sums[1] = np.nan
    assert overflowing(metrics, sums) == "r2"
