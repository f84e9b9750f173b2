"""LAMB: ratios of whole arrays, wherever blocks, parts and workers cut them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from nnfs_cli.nn.optimizers.base import BLOCK
from nnfs_cli.nn.optimizers.lamb import Lamb
from nnfs_cli.nn.variable import Span
from tests.nn import textbook

SPANS = (Span(3, 6.0), Span(BLOCK + 5, 0.25), Span(4, 1.0, False), Span(2 * BLOCK + 1), Span(7), Span(2, 0.1, False))
SIZE = sum(span.size for span in SPANS)
SETTINGS = {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.1}


def noise(w: np.ndarray, step: int) -> np.ndarray:
    """Gradients of another size in each array."""
    sizes = np.repeat([1.0, 30.0, 0.1, 3.0, 1e-3, 1.0], [span.size for span in SPANS])
    return np.random.default_rng(step).standard_normal(w.size) * sizes


def start() -> np.ndarray:
    """Arrays of other norms; the last but one is 0."""
    sizes = np.repeat([1.0, 0.01, 1.0, 5.0, 0.0, 1.0], [span.size for span in SPANS])
    return np.random.default_rng(99).standard_normal(SIZE) * sizes


def ready(spans: Sequence[Span] = SPANS, **arguments) -> Lamb:
    optimizer = Lamb(0.05, **SETTINGS, **arguments)
    optimizer.allocate(sum(span.size for span in spans), np.dtype(np.float64), spans=spans)
    return optimizer


def shared(cuts: Sequence[int]) -> np.ndarray:
    """The parameters after four steps by as many threads as there are parts between the cuts."""
    w, ends = start(), [0, *cuts, SIZE]
    parts = [slice(*pair) for pair in pairwise(ends)]
    table, barrier = [np.zeros(0)] * len(parts), threading.Barrier(len(parts))

    def work(rank: int, part: slice) -> None:
        optimizer = ready()

        def total(values: np.ndarray) -> np.ndarray:
            table[rank] = values
            barrier.wait()
            found = sum(table)
            barrier.wait()
            return found

        for step in range(4):
            gradient = noise(w, step)[part]
            optimizer.step(w, gradient, part, total)
            barrier.wait()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(parts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return w


@pytest.mark.parametrize("both", [True, False])
def test_each_array_has_a_ratio_of_its_own(both):
    w, optimizer = start(), ready(decay_bias_and_norm=both)
    for step in range(10):
        optimizer.step(w, noise(w, step), slice(0, SIZE))
    sizes = [span.size for span in SPANS]
    adapts = [span.decays or both for span in SPANS]
    decay = np.repeat(np.where(adapts, 0.1, 0.0), sizes)
    rate = 0.05 * np.repeat([span.lr_factor for span in SPANS], sizes)
    settings = {**SETTINGS, "weight_decay": decay, "arrays": [*zip(sizes, adapts, strict=True)]}
    expected = textbook.lamb(start(), noise, 10, lambda step: {"lr": rate}, lr=0.0, **settings)
    np.testing.assert_allclose(w, expected, rtol=1e-9, atol=1e-12)


def test_neighbours_that_learn_alike_are_arrays_of_their_own():
    together, apart = (
        first_step(ready([Span(4)]), np.array([1.0, 1.0, 100.0, 100.0])),
        first_step(ready([Span(2), Span(2)]), np.array([1.0, 1.0, 100.0, 100.0])),
    )
    assert (np.abs(together - apart) > 0.01).all()


def first_step(optimizer: Lamb, w: np.ndarray) -> np.ndarray:
    optimizer.step(w, np.ones(w.size), slice(0, w.size))
    return w


def test_a_bias_of_0_moves_as_with_adam():
    """Its first step is the sign of the gradient times the rate; with the ratio it would have been 0.05 of itself."""
    moved = first_step(ready([Span(4), Span(2, decays=False)]), np.array([1.0, 1, 1, 1, 0, 1e-6]))
    np.testing.assert_allclose(moved[4:], [-0.05 / 1.001, 1e-6 - 0.05 / 1.001], rtol=1e-12)


@pytest.mark.parametrize("cuts", [(2,), (3,), (BLOCK,), (BLOCK + 8,), (SIZE - 1,), (0,), (5, BLOCK + 30, SIZE - 9)])
def test_parts_make_the_whole_up_to_rounding(cuts):
    whole, optimizer = start(), ready()
    for step in range(4):
        optimizer.step(whole, noise(whole, step), slice(0, SIZE))
    np.testing.assert_allclose(shared(cuts), whole, rtol=1e-11, atol=1e-14)


def test_the_same_parts_give_the_same_bits():
    np.testing.assert_array_equal(shared((BLOCK + 8,)), shared((BLOCK + 8,)))
