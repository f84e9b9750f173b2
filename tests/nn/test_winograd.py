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
    algorithm: type, geometry: Geometry, channels: int, filters: int, examples: int, dtype: type = np.float64
) -> dict[str, np.ndarray]:
    """y, dx and dW of a convolution with random numbers, by one algorithm."""
    rng = np.random.default_rng(0)

    def drawn(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape).astype(dtype)

    x = drawn(channels, *geometry.size, examples)
    weight, bias = drawn(filters, channels, *geometry.kernel), drawn(filters)
    convolution, y = algorithm(geometry, FullOfNaN()), np.empty((filters, *geometry.output, examples), dtype)
    convolution.forward(x, weight, bias, y)
    dy, grad = drawn(*y.shape), np.empty_like(weight)
    assert convolution.backward(dy, weight, grad, need_dx=False) is None
    both = np.empty_like(grad)
    dx = convolution.backward(dy, weight, both, need_dx=True)
    np.testing.assert_array_equal(both, grad)
    return {"y": y, "dW": grad, "dx": dx}


def assert_equals_im2col(geometry: Geometry, channels: int, filters: int, examples: int) -> None:
    found = all_results(Winograd, geometry, channels, filters, examples)
    for name, expected in all_results(Im2Col, geometry, channels, filters, examples).items():
        np.testing.assert_allclose(found[name], expected, rtol=0, atol=1e-12, err_msg=name)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.tuples(st.integers(1, 4), st.integers(2, 5)),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(4, 8),
    st.integers(5, 11),
    margins,
    margins,
    st.integers(0, 3),
)
def test_equals_im2col(kernel, channels, filters, height, width, vertical, horizontal, examples):
    assert_equals_im2col(Geometry((height, width), kernel, (1, 1), (vertical, horizontal)), channels, filters, examples)


@pytest.mark.parametrize("kernel", [2, 3, 4, 5])
@pytest.mark.parametrize("width", [31, 32, 53])
def test_wide_images_are_transformed_strip_by_strip(kernel, width):
    geometry = Geometry((4, width), (3, kernel), (1, 1), ((1, 1), (1, 2)))
    assert len(Winograd(geometry, Workspace()).strips) > 1
    assert_equals_im2col(geometry, 2, 3, 2)


def test_margins_wider_than_a_strip():
    assert_equals_im2col(Geometry((3, 4), (3, 3), (1, 1), ((1, 1), (30, 40))), 2, 3, 2)


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "fits"),
    [
        ((3, 3), (1, 1), (1, 1), True),
        ((1, 2), (1, 1), (1, 1), True),
        ((3, 5), (1, 1), (1, 1), True),
        ((3, 1), (1, 1), (1, 1), False),
        ((5, 6), (1, 1), (1, 1), False),
        ((3, 3), (1, 2), (1, 1), False),
        ((3, 3), (1, 1), (2, 1), False),
    ],
)
def test_fits_kernels_of_2_to_5_columns_without_stride_and_gaps(kernel, stride, dilation, fits):
    assert Winograd.fits(Geometry((12, 12), kernel, stride, ((0, 0), (0, 0)), dilation)) is fits


def test_a_layer_uses_it_where_it_pays():
    """That depends on the weights, and on the outputs of a row over the batch."""
    large, narrow, grouped = (Conv2D(filters, 3, padding="same", groups=g) for filters, g in ((64, 1), (3, 1), (64, 2)))
    for layer in (large, narrow, grouped):
        layer.build((32, 16, 16))
    assert isinstance(large.algorithm_for(12), Winograd)
    assert isinstance(large.algorithm_for(11), Im2Col)
    assert isinstance(narrow.algorithm_for(256), Im2Col)
    assert isinstance(grouped.algorithm_for(256), Im2Col)


@pytest.mark.parametrize(
    ("kernel", "size"), [((1, 3), (16, 16)), ((3, 3), (5, 5)), ((3, 2), (3, 6)), ((3, 3), (3, 2049))]
)
def test_it_does_not_pay_with_one_row_or_without_a_saving_or_on_endless_rows(kernel, size):
    geometry = Geometry(size, kernel, (1, 1), ((kernel[0] // 2,) * 2, (1, kernel[1] - 2)))
    assert Winograd.fits(geometry)
    assert not Winograd.pays(geometry, 64, 64, 10_000)


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


@pytest.mark.parametrize("kernel", [2, 3, 4, 5])
def test_single_precision_of_outputs_and_gradients(kernel):
    """Against double precision, in deviations of each array."""
    geometry = Geometry((16, 16), (3, kernel), (1, 1), ((1, 1), (1, 1)))
    exact = all_results(Im2Col, geometry, 32, 32, 2)
    for name, found in all_results(Winograd, geometry, 32, 32, 2, np.float32).items():
        assert found.dtype == np.float32
        assert abs(found - exact[name]).max() < 5e-6 * exact[name].std(), name
