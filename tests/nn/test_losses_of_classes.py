"""Binary cross-entropy and the focal loss: numbers of PyTorch, the formulas of the books, scores without bounds.

Golden numbers: PyTorch 2.13.0 in float64; of the focal loss its formula in PyTorch, as in torchvision's
sigmoid_focal_loss with alpha = -1, and with log_softmax for many classes.
"""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.nn.losses.binary_cross_entropy import BinaryCrossEntropy
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.losses.focal import Focal

SCORES = np.array([[-3.0, -0.5, 0.0, 0.25, 2.0, 7.0]])
TARGET = np.array([0, 1, 1, 0, 1, 0])
BINARY = {
    0.0: (
        [
            0.04858735157,
            0.9740769842,
            0.6931471806,
            0.8259394199,
            0.126928011,
            7.000911466,
        ],
        [
            0.007904312196,
            -0.1037432219,
            -0.08333333333,
            0.09369608348,
            -0.01986715367,
            0.1665148248,
        ],
    ),
    0.2: (
        [
            0.3485873516,
            0.9240769842,
            0.6931471806,
            0.8009394199,
            0.326928011,
            6.300911466,
        ],
        [
            -0.00876235447,
            -0.0870765552,
            -0.06666666667,
            0.07702941681,
            -0.003200487004,
            0.1498481581,
        ],
    ),
}
FOCAL = {
    2.0: (
        [
            0.0001092833245,
            0.3774116009,
            0.1732867951,
            0.2610318915,
            0.001803562835,
            6.9881609,
        ],
        [
            5.247864108e-05,
            -0.08769197031,
            -0.04971446586,
            0.0677072355,
            -0.0008118233659,
            0.1683337467,
        ],
    ),
    0.5: (
        [
            0.01058110185,
            0.7685086723,
            0.4901290717,
            0.6192764122,
            0.04382288099,
            6.997721645,
        ],
        [
            0.002561300504,
            -0.1060279541,
            -0.07934760975,
            0.09284633311,
            -0.0100758778,
            0.1669702293,
        ],
    ),
}


def both(scores: np.ndarray) -> np.ndarray:
    """Two scores with the same difference, neither of them 0."""
    return np.concatenate([0.3 - scores / 4, 0.3 + 0.75 * scores])


@pytest.mark.parametrize("smoothing", BINARY)
def test_binary_cross_entropy_as_in_pytorch(smoothing):
    loss, (values, gradient) = BinaryCrossEntropy(smoothing), BINARY[smoothing]
    np.testing.assert_allclose(loss.forward(SCORES, TARGET), values, rtol=1e-9)
    np.testing.assert_allclose(loss.backward(6), [gradient], rtol=1e-9)


@pytest.mark.parametrize("gamma", FOCAL)
def test_focal_of_two_classes_as_in_torchvision(gamma):
    loss, (values, gradient) = Focal(gamma), FOCAL[gamma]
    np.testing.assert_allclose(loss.forward(both(SCORES), TARGET), values, rtol=1e-9)
    np.testing.assert_allclose(loss.backward(6), [np.negative(gradient), gradient], rtol=1e-9)


def test_focal_of_three_classes_as_in_pytorch():
    loss, scores = Focal(), np.array([[1.5, -2, 0.3], [0.2, 0.1, -0.4], [-1.0, 3.0, 0.9]])
    values = [0.02080036705, 2.661095728, 0.1219295447]
    gradient = [
        [-0.0162168618, 0.002517091014, 0.05024680916],
        [0.0124630602, -0.3760865201, 0.02495182699],
        [0.003753801595, 0.3735694291, -0.07519863615],
    ]
    np.testing.assert_allclose(loss.forward(scores, np.arange(3)), values, rtol=1e-9)
    np.testing.assert_allclose(loss.backward(3), gradient, rtol=1e-9)


def test_focal_without_gamma_is_cross_entropy():
    scores, target = np.random.default_rng(0).standard_normal((4, 9)), np.arange(9) % 4
    focal, cross_entropy = Focal(gamma=0), CrossEntropy()
    np.testing.assert_allclose(focal.forward(scores, target), cross_entropy.forward(scores, target), rtol=1e-12)
    np.testing.assert_allclose(focal.backward(9), cross_entropy.backward(9), rtol=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_one_score_is_cross_entropy_of_two(smoothing):
    one, two = BinaryCrossEntropy(smoothing), CrossEntropy(smoothing)
    np.testing.assert_allclose(one.forward(SCORES, TARGET), two.forward(both(SCORES), TARGET), rtol=1e-12)
    np.testing.assert_allclose(one.backward(6)[0], two.backward(6)[1], rtol=1e-9)
    np.testing.assert_allclose(one.activate(SCORES), two.activate(both(SCORES)), rtol=1e-12)
    np.testing.assert_allclose(two.activate(one.class_scores(SCORES)), one.activate(SCORES), rtol=1e-12)


def test_the_second_class_is_the_answer_above_zero():
    assert BinaryCrossEntropy().class_scores(SCORES).argmax(axis=0).tolist() == [0, 0, 0, 1, 1, 1]


def test_class_scores_are_memory_of_their_own():
    loss, scores = BinaryCrossEntropy(), np.array([[1.0, -2.0]])
    first = loss.class_scores(scores)
    loss.class_scores(scores + 5)
    assert first.tolist() == [[0, 0], [1, -2]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_scores_stay_finite(dtype):
    scores, target = np.array([[1e4, 1e4, -1e4, -1e4, 0]], dtype), np.array([0, 1, 0, 1, 1])
    loss = BinaryCrossEntropy()
    np.testing.assert_allclose(loss.forward(scores, target), [1e4, 0, 0, 1e4, np.log(2)], rtol=1e-6)
    assert loss.backward(1).tolist() == [[1, 0, 0, -1, -0.5]]
    assert loss.activate(scores).tolist() == [[0, 0, 1, 1, 0.5], [1, 1, 0, 0, 0.5]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_focal_of_huge_scores_stays_finite(gamma, dtype):
    scores = np.array([[1e4, -1e4, 0], [-1e4, 1e4, 0]], dtype)
    loss = Focal(gamma)
    np.testing.assert_allclose(loss.forward(scores, np.array([0, 0, 0])), [0, 2e4, np.log(2) / 2**gamma], rtol=1e-6)
    at_half = (1 + gamma * np.log(2)) / 2**gamma / 2
    np.testing.assert_allclose(loss.backward(1), [[0, -1, -at_half], [0, 1, at_half]], rtol=1e-6)
