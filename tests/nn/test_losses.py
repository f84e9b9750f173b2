"""Losses against the formulas of the books, and one battery for all of them."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.losses.binary_cross_entropy import BinaryCrossEntropy
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.losses.focal import Focal
from nnfs_cli.nn.losses.huber import Huber
from nnfs_cli.nn.losses.mae import MAE
from nnfs_cli.nn.losses.mse import MSE
from nnfs_cli.nn.losses.quantile import Quantile
from nnfs_cli.registry import LOSSES, describe_object
from tests.nn.gradients import assert_gradient
from tests.peak import peak_of

OUTPUTS, EXAMPLES = 5, 8
CASES = {
    "cross_entropy": CrossEntropy(),
    "cross_entropy smoothed": CrossEntropy(label_smoothing=0.3),
    "cross_entropy weighted": CrossEntropy(class_weights={"1": 2.0}),
    "binary_cross_entropy": BinaryCrossEntropy(),
    "binary_cross_entropy smoothed": BinaryCrossEntropy(label_smoothing=0.3, class_weights="balanced"),
    "focal": Focal(),
    "focal below 1": Focal(gamma=0.5),
    "mse": MSE(),
    "mae": MAE(),
    "huber": Huber(),
    "huber of larger errors": Huber(delta=2.5),
    "quantile": Quantile(0.9),
    "quantile below the median": Quantile(0.2),
}
each_case = pytest.mark.parametrize("loss", CASES.values(), ids=CASES.keys())


@pytest.fixture
def scores(request) -> np.ndarray:
    """(outputs, N): a single score for a loss that takes one."""
    callspec = getattr(request.node, "callspec", None)
    loss = callspec.params.get("loss") if callspec else None
    outputs = 1 if loss is not None and loss.binary else OUTPUTS
    return 3 * np.random.default_rng(0).standard_normal((outputs, EXAMPLES))


def target_for(loss: Loss, outputs: int = OUTPUTS, examples: int = EXAMPLES) -> np.ndarray:
    """Classes (N,) or values (outputs, N)."""
    rng = np.random.default_rng(1)
    classes = 2 if loss.binary else outputs
    return rng.integers(classes, size=examples) if loss.takes_classes else rng.standard_normal((outputs, examples))


def test_every_loss_has_a_case():
    assert {loss.type_name for loss in CASES.values()} == set(LOSSES)


@each_case
def test_one_number_an_example_each_for_itself(loss, scores):
    target = target_for(loss)
    together = loss.forward(scores, target).copy()
    assert together.shape == (EXAMPLES,)
    for n in range(EXAMPLES):
        part = slice(n, n + 1)
        np.testing.assert_allclose(loss.forward(scores[:, part], target[..., part]), together[part], rtol=1e-12)


@each_case
def test_gradient_of_the_mean(loss, scores):
    target = target_for(loss)
    loss.forward(scores, target)
    gradient = loss.backward(EXAMPLES)
    assert_gradient(lambda: loss.forward(scores, target).mean(), scores, gradient)


@each_case
def test_gradients_of_shares_make_the_gradient_of_the_batch(loss, scores):
    target = target_for(loss)
    loss.forward(scores, target)
    whole = loss.backward(EXAMPLES).copy()
    for part in (slice(0, 3), slice(3, 3), slice(3, EXAMPLES)):
        loss.forward(scores[:, part], target[..., part])
        np.testing.assert_allclose(loss.backward(EXAMPLES), whole[:, part], rtol=1e-12)


@each_case
def test_keeps_float32(loss, scores):
    target = target_for(loss)
    target = target if loss.takes_classes else target.astype(np.float32)
    assert loss.forward(scores.astype(np.float32), target).dtype == np.float32
    assert loss.backward(EXAMPLES).dtype == np.float32


@each_case
def test_leaves_its_arguments_alone(loss, scores):
    target = target_for(loss)
    scores.flags.writeable = target.flags.writeable = False
    loss.forward(scores, target)
    loss.backward(EXAMPLES)
    loss.activate(scores)


@each_case
def test_a_step_of_training_allocates_no_array(loss):
    outputs, examples = (1, 500_000) if loss.binary else (500, 1000)
    scores = np.random.default_rng(2).standard_normal((outputs, examples))
    target = target_for(loss, outputs, examples)

    def step() -> None:
        loss.forward(scores, target)
        loss.backward(examples)

    step()
    assert peak_of(step) < scores.nbytes / 20


@each_case
def test_every_step_works_in_the_same_memory(loss, scores):
    target = target_for(loss)
    first, gradient = loss.forward(scores, target), loss.backward(EXAMPLES)
    assert np.shares_memory(first, loss.forward(scores, target))
    assert np.shares_memory(gradient, loss.backward(EXAMPLES))


@each_case
def test_predictions_are_memory_of_their_own(loss, scores):
    first = loss.activate(scores)
    kept = first.copy()
    loss.activate(scores + 1)
    assert not np.shares_memory(first, scores)
    np.testing.assert_array_equal(first, kept)
    assert first.shape == loss.class_scores(scores).shape == ((2, EXAMPLES) if loss.binary else scores.shape)


@each_case
def test_configuration_round_trip(loss):
    described = describe_object(loss)
    arguments = {name: value for name, value in described.items() if name != "type"}
    assert describe_object(LOSSES[described["type"]](**arguments)) == described


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_cross_entropy_equals_its_definition(scores, smoothing):
    loss = CrossEntropy(smoothing)
    target = target_for(loss)
    p = np.exp(scores) / np.exp(scores).sum(axis=0)
    q = np.full((OUTPUTS, EXAMPLES), smoothing / OUTPUTS)
    q[target, np.arange(EXAMPLES)] += 1 - smoothing
    np.testing.assert_allclose(loss.forward(scores, target), -(q * np.log(p)).sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(loss.backward(EXAMPLES), (p - q) / EXAMPLES, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_of_huge_scores_stays_finite(dtype):
    scores = np.array([[1e4, -1e4], [-1e4, 1e4], [0, 0]], dtype)
    loss = CrossEntropy()
    assert loss.forward(scores, np.array([0, 0])).tolist() == [0, 2e4]
    assert loss.backward(1).tolist() == [[0, -1], [0, 1], [0, 0]]
    assert loss.activate(scores).tolist() == [[1, 0], [0, 1], [0, 0]]


def test_smoothed_cross_entropy_of_huge_scores_stays_finite():
    scores = np.array([[1e4], [-1e4]], np.float32)
    loss = CrossEntropy(label_smoothing=0.5)
    assert loss.forward(scores, np.array([0])).tolist() == [0.25 * 2e4]
    assert loss.backward(1).tolist() == [[0.25], [-0.25]]


def test_cross_entropy_predicts_probabilities(scores):
    p = CrossEntropy().activate(scores)
    np.testing.assert_allclose(p.sum(axis=0), 1, rtol=1e-12)
    np.testing.assert_allclose(p, np.exp(scores) / np.exp(scores).sum(axis=0), rtol=1e-12)


def test_mse_equals_its_definition(scores):
    target = target_for(MSE())
    loss = MSE()
    np.testing.assert_allclose(loss.forward(scores, target), ((scores - target) ** 2).sum(axis=0) / OUTPUTS)
    np.testing.assert_allclose(loss.backward(EXAMPLES), 2 * (scores - target) / (OUTPUTS * EXAMPLES))


ERRORS = np.array([[-7.0, -1.5, -0.5, 0.0, 0.5, 1.5, 7.0]])
"""scores - target of one output."""


@pytest.mark.parametrize(
    ("loss", "values", "slopes"),
    [
        (MAE(), [7, 1.5, 0.5, 0, 0.5, 1.5, 7], [-1, -1, -1, 0, 1, 1, 1]),
        (Huber(), [6.5, 1, 0.125, 0, 0.125, 1, 6.5], [-1, -1, -0.5, 0, 0.5, 1, 1]),
        (Huber(delta=2), [12, 1.125, 0.125, 0, 0.125, 1.125, 12], [-2, -1.5, -0.5, 0, 0.5, 1.5, 2]),
        (Quantile(0.75), [5.25, 1.125, 0.375, 0, 0.125, 0.375, 1.75], [-0.75, -0.75, -0.75, 0, 0.25, 0.25, 0.25]),
    ],
    ids=lambda value: getattr(value, "type_name", ""),
)
def test_losses_of_values_by_hand(loss, values, slopes):
    """The same numbers as PyTorch's L1Loss and HuberLoss, and as scikit-learn's mean_pinball_loss."""
    target = np.arange(7.0)[None, :]
    np.testing.assert_allclose(loss.forward(target + ERRORS, target), values, rtol=1e-12)
    np.testing.assert_allclose(loss.backward(4), [[slope / 4 for slope in slopes]], rtol=1e-12)


@pytest.mark.parametrize("loss", [MSE(), MAE(), Huber(), Quantile(0.3)], ids=lambda loss: loss.type_name)
def test_the_loss_of_an_example_is_the_mean_over_its_outputs(loss, scores):
    target = target_for(loss)
    together = loss.forward(scores, target).copy()
    alone = [loss.forward(scores[k : k + 1], target[k : k + 1]).copy() for k in range(OUTPUTS)]
    np.testing.assert_allclose(together, np.mean(alone, axis=0), rtol=1e-12)


@pytest.mark.parametrize(("loss", "expected"), [(MAE(), 3.0), (Quantile(0.25), 2.0), (Quantile(0.875), 40.0)])
def test_the_best_single_answer_is_a_quantile(loss, expected):
    """Of 1, 2, 3, 4, 40, looked for on a grid."""
    target = np.array([[1.0, 2, 3, 4, 40]])
    grid = np.arange(0, 50, 0.25)
    means = [loss.forward(np.full_like(target, value), target).mean() for value in grid]
    assert grid[np.argmin(means)] == expected


@pytest.mark.parametrize("loss", [MSE(), MAE(), Huber(), Quantile()], ids=lambda loss: loss.type_name)
def test_losses_of_values_answer_with_the_values_themselves(loss, scores):
    np.testing.assert_array_equal(loss.activate(scores), scores)
