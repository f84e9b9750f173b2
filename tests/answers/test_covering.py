"""The cases meet every possible pair of source, size, workers, task, scaling, way, precision and format."""

from __future__ import annotations

import dataclasses

from tests.answers.cases import CASES, FACTORS, allowed
from tests.answers.covering import complete_choices, covering_array, pairs_of

MOST = 40


def test_every_possible_pair_is_met():
    met = {pair for case in CASES for pair in pairs_of(dataclasses.astuple(case))}
    assert met == {pair for choice in complete_choices(FACTORS, allowed) for pair in pairs_of(choice)}


def test_the_cases_are_few():
    assert len(set(CASES)) == len(CASES) <= MOST


def test_impossible_pairs_are_left_out():
    rows = covering_array({"a": (1, 2), "b": (3, 4), "c": (5, 6)}, lambda a, b, c: (a, b) != (1, 3))
    assert {row[:2] for row in rows} == {(1, 4), (2, 3), (2, 4)}
    assert {row[1:] for row in rows} == {(3, 5), (3, 6), (4, 5), (4, 6)}
