"""Conv2D against nested loops, whatever the shapes."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.nn.convolution import im2col
from nnfs_cli.nn.convolution.windows import row_blocks
from nnfs_cli.nn.layers.conv2d import Conv2D
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
    layer = ready(Conv2D(filters, kernel, stride, padding), (channels, *size))
    x = random_batch((channels, *size), examples)
    results = run(layer, x)
    margins = margins_of(padding, size, pair(kernel), pair(stride))
    dy = random_gradient(results["y"])
    weight, bias = (layer.variables[name].value for name in ("weight", "bias"))
    expected = convolution(x, weight, bias, pair(stride), margins, dy)
    for name, right in zip(("y", "dx", "weight", "bias"), expected, strict=True):
        np.testing.assert_allclose(results[name], right, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("cache_bytes", [1, 5000, 10_000])
def test_computes_the_same_some_rows_at_a_time(monkeypatch, cache_bytes):
    x = random_batch((2, 9, 8), 3)
    whole = run(ready(Conv2D(4, 3, padding="same"), (2, 9, 8)), x)
    monkeypatch.setattr(im2col, "row_blocks", functools.partial(row_blocks, cache_bytes=cache_bytes))
    for name, result in run(ready(Conv2D(4, 3, padding="same"), (2, 9, 8)), x).items():
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
    ],
)
def test_shape_of_the_output(layer, shape):
    assert layer.build((1, 28, 28)) == shape


def test_multiply_adds():
    layer = Conv2D(8, 3)
    layer.build((2, 6, 5))
    assert layer.multiply_adds() == 8 * 2 * 3 * 3 * 4 * 3
