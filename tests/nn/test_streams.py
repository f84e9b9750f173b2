"""Streams: every random number has one purpose and one place, and all are drawn through one module."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.nn.streams import Stream, same_for_every_seed, stream

PACKAGE = Path(__file__).parents[2] / "nnfs_cli"


@pytest.mark.parametrize(("purpose", "number"), [("INIT", 0), ("HOLD_OUT", 1), ("STEP", 2), ("SHUFFLE", 3)])
def test_a_purpose_keeps_its_number(purpose, number):
    assert Stream[purpose] == number


def test_numbers_are_those_of_a_seed_sequence():
    expected = np.random.default_rng(np.random.SeedSequence([5, 3, 9])).random(4)
    np.testing.assert_array_equal(stream(5, Stream.SHUFFLE, 9).random(4), expected)
    expected = np.random.Generator(np.random.SFC64(np.random.SeedSequence([5, 2, 0, 7, 1]))).random(4)
    np.testing.assert_array_equal(stream(5, Stream.STEP, 0, 7, 1).random(4), expected)


def test_no_two_places_share_numbers():
    places = [(purpose, *where) for purpose in Stream for where in itertools.product((0, 1), repeat=3)]
    drawn = [stream(1, *position).integers(2**62) for position in places]
    drawn += [stream(1, Stream.STEP, 0, 0, 0, inner=inner).integers(2**62) for inner in ("layers.0", "shortcut.0")]
    assert len(set(drawn)) == len(drawn)


def test_what_no_seed_changes():
    assert same_for_every_seed().random() == same_for_every_seed().random()


def test_generators_are_made_in_one_module():
    makers = ("SeedSequence", "default_rng", "np.random.Generator(", "SFC64", "PCG64")
    found = [path for path in PACKAGE.rglob("*.py") if any(maker in path.read_text() for maker in makers)]
    assert found == [PACKAGE / "nn" / "streams.py"]
