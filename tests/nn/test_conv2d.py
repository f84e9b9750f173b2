"""Conv2D against nested loops, whatever the shapes."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.convolution import bands, im2col
from nnfs_cli.nn.convolution.bands import Bands
from nnfs_cli.nn.convolution.windows import row_blocks
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.network import Network
from tests.nn.layer_cases import random_batch, random_gradient, ready, run
from tests.nn.oracles import convolution, same_margin

small = st.integers(1, 3)
one_or_two = small | st.tuples(small, small)
paddings = st.integers(0, 2) | st.tuples(st.integers(0, 2), st.integers(0, 2)) | st.sampled_from(["same", "valid"])


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)


def margins_of(padding: Any, size: tuple[int, int], kernel: tuple[int, int], stride: tuple[int, int]):
    """The zeros around an image, in the words of the oracle."""
    if padding == "same":
        return tuple(map(same_margin, size, kernel, stride))
    return tuple((zeros, zeros) for zeros in pair(0 if padding == "valid" else padding))


@given(
    channels=small,
    filters=small,
    size=st.tuples(st.integers(3, 7), st.integers(3, 7)),
    examples=small,
    kernel=one_or_two,
    stride=one_or_two,
    padding=paddings,
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_equals_nested_loops(channels, filters, size, examples, kernel, stride, padding):
    compare(Conv2D(filters, kernel, stride, padding), (channels, *size), examples)


@given(
    groups=small,
    channels=st.integers(1, 2),
    filters=st.integers(1, 2),
    size=st.tuples(st.integers(5, 8), st.integers(5, 19)),
    examples=small,
    kernel=one_or_two,
    stride=one_or_two,
    padding=paddings,
    dilation=st.integers(1, 2) | st.tuples(st.integers(1, 2), st.integers(1, 2)),
)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_groups_and_gaps(groups, channels, filters, size, examples, kernel, stride, padding, dilation):
    layer = Conv2D(groups * filters, kernel, stride, padding, dilation, groups)
    compare(layer, (groups * channels, *size), examples)


def compare(layer: Conv2D, shape: tuple[int, int, int], examples: int) -> None:
    """Every result of a step against nested loops."""
    ready(layer, shape)
    x = random_batch(shape, examples)
    results, stride, dilation = run(layer, x), pair(layer.stride), pair(layer.dilation)
    extent = tuple((kernel - 1) * gap + 1 for kernel, gap in zip(pair(layer.kernel_size), dilation, strict=True))
    margins = margins_of(layer.padding, shape[1:], extent, stride)
    dy = random_gradient(results["y"])
    weight, bias = (layer.variables[name].value for name in ("weight", "bias"))
    expected = convolution(x, weight, bias, stride, margins, dy, dilation, layer.groups)
    for name, right in zip(("y", "dx", "weight", "bias"), expected, strict=True):
        np.testing.assert_allclose(results[name], right, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("cache_bytes", [1, 5000, 10_000])
def test_computes_the_same_some_rows_at_a_time(monkeypatch, cache_bytes):
    x = random_batch((2, 9, 8), 3)
    whole = run(ready(Conv2D(4, 3, padding="same"), (2, 9, 8)), x)
    monkeypatch.setattr(im2col, "row_blocks", functools.partial(row_blocks, cache_bytes=cache_bytes))
    for name, result in run(ready(Conv2D(4, 3, padding="same"), (2, 9, 8)), x).items():
        np.testing.assert_allclose(result, whole[name], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("cache_bytes", [1, 30_000])
def test_computes_the_same_some_channels_at_a_time(monkeypatch, cache_bytes):
    def layer() -> Conv2D:
        return ready(Conv2D(10, 3, stride=(2, 1), padding=1, groups=5), (5, 7, 11))

    x = random_batch((5, 7, 11), 3)
    whole = run(layer(), x)
    monkeypatch.setattr(bands, "row_blocks", functools.partial(row_blocks, cache_bytes=cache_bytes))
    for name, result in run(layer(), x).items():
        np.testing.assert_allclose(result, whole[name], rtol=1e-10, atol=1e-10)


@given(rows=st.integers(1, 20), row_bytes=st.integers(0, 300), cache_bytes=st.integers(1, 1000))
@settings(deadline=None, derandomize=True)
def test_blocks_hold_every_row_once(rows, row_bytes, cache_bytes):
    blocks = list(row_blocks(rows, row_bytes, cache_bytes))
    assert [row for block in blocks for row in range(rows)[block]] == list(range(rows))
    assert all(
        block.stop - block.start == 1 or (block.stop - block.start) * row_bytes <= cache_bytes for block in blocks
    )


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv2D(4, 3), (4, 26, 26)),
        (Conv2D(4, 3, padding=1), (4, 28, 28)),
        (Conv2D(4, 5, padding="same"), (4, 28, 28)),
        (Conv2D(4, 3, stride=2, padding="same"), (4, 14, 14)),
        (Conv2D(4, (3, 5), stride=(2, 1), padding=(0, 2)), (4, 13, 28)),
        (Conv2D(4, 28), (4, 1, 1)),
        (Conv2D(4, 3, dilation=(2, 3)), (4, 24, 22)),
        (Conv2D(4, 3, dilation=4, padding="same", stride=2), (4, 14, 14)),
    ],
)
def test_shape_of_the_output(layer, shape):
    assert layer.build((1, 28, 28)) == shape


def test_multiply_adds():
    layer = Conv2D(8, 3)
    layer.build((2, 6, 5))
    assert layer.multiply_adds() == 8 * 2 * 3 * 3 * 4 * 3
    for groups in (2, 4):
        layer = Conv2D(8, 3, groups=groups)
        layer.build((4, 6, 5))
        assert layer.multiply_adds() == 8 * (4 // groups) * 3 * 3 * 4 * 3


@pytest.mark.parametrize(
    ("channels", "filters", "groups", "sentence"),
    [
        (6, 4, 4, "cannot divide 6 channels and 4 filters into 4 groups. Set groups to a divisor of both, such as 2."),
        (
            6,
            4,
            3,
            "cannot divide 6 channels and 4 filters into 3 groups. "
            "Set filters to a multiple of 3, or groups to a divisor of both, such as 2.",
        ),
        (1, 4, 4, "cannot divide 1 channel and 4 filters into 4 groups. Set groups to a divisor of both, such as 1."),
    ],
)
def test_groups_that_do_not_divide(channels, filters, groups, sentence):
    with pytest.raises(ShapeError) as caught:
        Conv2D(filters, 3, groups=groups).build((channels, 6, 6))
    assert caught.value.sentence == sentence


def test_a_kernel_with_gaps_that_is_too_large():
    with pytest.raises(ShapeError, match=r"^has a window of 7, larger than the 6 positions it moves over"):
        Conv2D(2, 3, dilation=3).build((1, 8, 6))


def test_first_weights_count_the_channels_of_a_group():
    """He et al. 2015: a deviation of sqrt(2 / fan-in) keeps the variance; fan-in is 9 for a depthwise 3 x 3."""
    network = Network([Conv2D(512, 3, groups=512, init="he_normal")], (512, 4, 4), seed=3)
    network.allocate()
    network.initialize()
    assert network.layers[0].variables["weight"].value.std() == pytest.approx((2 / 9) ** 0.5, rel=0.05)


@pytest.mark.parametrize(
    ("layer", "shape", "algorithm"),
    [
        (Conv2D(4, 3, groups=4, dilation=3), (4, 20, 20), Bands),
        (Conv2D(4, 3, groups=4, dilation=4), (4, 20, 20), im2col.Im2Col),
        (Conv2D(4, 3, groups=4, dilation=(4, 3)), (4, 20, 20), Bands),
        (Conv2D(4, (1, 9), groups=4), (4, 1, 500), im2col.Im2Col),
        (Conv2D(4, 3, groups=2), (4, 20, 20), im2col.Im2Col),
    ],
)
def test_wide_bands_are_products_of_columns(layer, shape, algorithm):
    assert type(ready(layer, shape).algorithm_for(32)) is algorithm
