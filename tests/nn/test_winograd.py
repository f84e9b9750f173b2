"""Winograd: the same numbers as im2col, forward and backward, whatever the shape and the margins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.nn.convolution.im2col import Im2Col
from nnfs_cli.nn.convolution.windows import Geometry
from nnfs_cli.nn.convolution.winograd import Winograd
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.workspace import Workspace
from tests.nn.layer_cases import TRAINING

margins = st.tuples(st.integers(0, 2), st.integers(0, 2))


class FullOfNaN:
    """A workspace whose memory holds nothing that may be used."""

    def __init__(self) -> None:
        self._arrays: dict = {}

    def array(self, name, shape, dtype):
        return self._arrays.setdefault((name, shape), np.full(shape, np.nan, dtype))


def all_results(
    algorithm: type, geometry: Geometry, channels: int, filters: int, examples: int
) -> dict[str, np.ndarray]:
    """y, dx and dW of a convolution with random numbers, by one algorithm."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((channels, *geometry.size, examples))
    weight, bias = rng.standard_normal((filters, channels, 3, 3)), rng.standard_normal(filters)
    convolution, y = algorithm(geometry, FullOfNaN()), np.empty((filters, *geometry.output, examples))
    convolution.forward(x, weight, bias, y)
    dy, grad = rng.standard_normal(y.shape), np.empty_like(weight)
    assert convolution.backward(dy, weight, grad, need_dx=False) is None
    both = np.empty_like(grad)
    dx = convolution.backward(dy, weight, both, need_dx=True)
    np.testing.assert_array_equal(both, grad)
    return {"y": y, "dW": grad, "dx": dx}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(3, 8), st.integers(3, 8), margins, margins, st.integers(0, 3))
def test_equals_im2col(channels, filters, height, width, vertical, horizontal, examples):
    grown = (height + sum(vertical)) % 2, (width + sum(horizontal)) % 2
    geometry = Geometry((height + grown[0], width + grown[1]), (3, 3), (1, 1), (vertical, horizontal))
    assert Winograd.fits(geometry)
    found = all_results(Winograd, geometry, channels, filters, examples)
    for name, expected in all_results(Im2Col, geometry, channels, filters, examples).items():
        np.testing.assert_allclose(found[name], expected, rtol=0, atol=1e-12, err_msg=name)


def test_many_rows_of_tiles_are_worked_on_in_parts(monkeypatch):
    monkeypatch.setattr("nnfs_cli.nn.convolution.winograd.CACHE_BYTES", 1)
    geometry = Geometry((12, 8), (3, 3), (1, 1), ((1, 1), (1, 1)))
    found = all_results(Winograd, geometry, 2, 3, 4)
    for name, expected in all_results(Im2Col, geometry, 2, 3, 4).items():
        np.testing.assert_allclose(found[name], expected, rtol=0, atol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "fits"),
    [
        ((6, 6), (3, 3), (1, 1), True),
        ((7, 6), (3, 3), (1, 1), False),
        ((6, 6), (3, 3), (2, 2), False),
        ((6, 6), (5, 5), (1, 1), False),
    ],
)
def test_fits_only_3_by_3_without_stride_and_even_outputs(size, kernel, stride, fits):
    assert Winograd.fits(Geometry(size, kernel, stride, ((0, 0), (0, 0)))) is fits


def test_a_layer_uses_it_where_it_pays():
    """That depends on the channels, and on the outputs of a channel over the batch."""
    large, narrow, grouped = (Conv2D(filters, 3, padding="same", groups=g) for filters, g in ((64, 1), (8, 1), (64, 2)))
    for layer in (large, narrow, grouped):
        layer.build((32, 16, 16))
    assert isinstance(large.algorithm_for(16), Winograd)
    assert isinstance(large.algorithm_for(15), Im2Col)
    assert isinstance(narrow.algorithm_for(256), Im2Col)
    assert isinstance(grouped.algorithm_for(256), Im2Col)


def test_batches_of_every_size_follow_each_other():
    """A few examples go another way than many: each pass has its own, and its backward pass too."""
    layer, rng = Conv2D(16, 3, padding="same"), np.random.default_rng(0)
    network = Network([layer], (16, 8, 8), dtype="float64")
    network.allocate()
    network.initialize()
    x, dy = rng.standard_normal((16, 8, 8, 80)), rng.standard_normal((16, 8, 8, 80))
    parts = []
    for some in (slice(0, 70), slice(70, 80)):
        y = network.forward(x[..., some], TRAINING)
        dx = layer.backward(dy[..., some], TRAINING).copy()
        parts.append((layer.algorithm, y, dx, network.grads.copy()))
    assert [type(part[0]) for part in parts] == [Winograd, Im2Col]
    plain = Im2Col(layer.geometry, Workspace())
    whole, grad = np.empty_like(dy), np.empty((16, 16, 3, 3))
    weight, bias = (layer.variables[name].value for name in ("weight", "bias"))
    plain.forward(x, weight, bias, whole)
    dx = plain.backward(dy, weight, grad, need_dx=True)
    np.testing.assert_allclose(np.concatenate([part[1] for part in parts], axis=-1), whole, rtol=0, atol=1e-11)
    np.testing.assert_allclose(np.concatenate([part[2] for part in parts], axis=-1), dx, rtol=0, atol=1e-11)
    total = sum(part[3] for part in parts)[: grad.size]
    np.testing.assert_allclose(total, grad.ravel(), rtol=0, atol=1e-10)


def test_single_precision_stays_close():
    layer = Conv2D(32, 3, padding=1)
    layer.build((32, 16, 16))
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((32, 16, 16, 2)), rng.standard_normal((32, 32, 3, 3)) / 17
    exact, single = np.empty((32, 16, 16, 2)), np.empty((32, 16, 16, 2), np.float32)
    winograd = layer.algorithm_for(2 * 16)
    winograd.forward(x, weight, None, exact)
    winograd.forward(x.astype(np.float32), weight.astype(np.float32), None, single)
    assert abs(single - exact).max() < 5e-6
