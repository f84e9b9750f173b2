"""Functions of one number, some rows at a time: as all at once, whatever the size of the cache."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from nnfs_cli.nn.convolution.windows import row_blocks
from nnfs_cli.nn.layers import elementwise
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.layers.elementwise import Elementwise
from nnfs_cli.registry import LAYERS
from tests.nn.layer_cases import random_batch, ready, run

KINDS = {name: cls for name, cls in LAYERS.items() if issubclass(cls, Elementwise)}
SHAPE, EXAMPLES = (7, 3, 2), 5
ROW = 3 * 2 * EXAMPLES * 8


@pytest.mark.parametrize("rows", [1, 2, 3, 7])
@pytest.mark.parametrize("name", KINDS)
def test_some_rows_at_a_time(monkeypatch, name, rows):
    x, layer = random_batch(SHAPE, EXAMPLES), ready(KINDS[name](), SHAPE)
    whole = run(ready(KINDS[name](), SHAPE), x)
    monkeypatch.setattr(elementwise, "row_blocks", functools.partial(row_blocks, cache_bytes=4 * rows * ROW))
    for key, result in run(layer, x).items():
        np.testing.assert_allclose(result, whole[key], rtol=1e-12, atol=1e-12)
    held = {key: memory.nbytes for key, memory in layer.workspace._memory.items()}
    signal = Signal((*SHAPE, EXAMPLES), 8, contiguous=True)
    assert held == layer.buffers(signal, signal, training=True, dw=True, dx=True)
    assert {key: size for key, size in held.items() if key not in ("y", "dx")} == dict.fromkeys(
        {*layer.scratch[0], *layer.scratch[1]}, rows * ROW
    )
