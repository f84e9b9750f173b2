"""HyperParamScheduler: a curve through knots."""

from __future__ import annotations

import math

import pytest

from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot


@pytest.mark.parametrize(
    ("anneal", "values"),
    [
        ("linear", [1, 25.75, 50.5, 75.25, 100]),
        ("cos", [1, 100 - 49.5 * (1 + math.sqrt(0.5)), 50.5, 100 - 49.5 * (1 - math.sqrt(0.5)), 100]),
        ("exp", [1, math.sqrt(10), 10, 10 * math.sqrt(10), 100]),
        ("hold", [1, 1, 1, 1, 100]),
    ],
)
def test_moves_as_the_later_knot_says(anneal, values):
    curve = HyperParamScheduler([Knot(0, 1.0), Knot(4, 100.0, anneal)])
    assert [curve.value(step) for step in range(5)] == pytest.approx(values)


def test_stays_before_the_first_knot_and_after_the_last():
    curve = HyperParamScheduler([Knot(2, 1.0), Knot(4, 3.0)])
    assert [curve.value(step) for step in (0, 1, 2, 3, 4, 5, 100)] == [1, 1, 1, 2, 3, 3, 3]


def test_one_knot_is_a_constant():
    assert HyperParamScheduler([Knot(0, 0.5)]).value(7) == 0.5


def test_goes_on_from_knot_to_knot():
    curve = HyperParamScheduler([Knot(0, 0.0), Knot(1.5, 3.0), Knot(3, 0.0)])
    assert [curve.value(step) for step in range(4)] == [0, 2, 2, 0]


def test_a_knot_that_lies_behind_is_passed_over_but_the_next_way_begins_there():
    curve = HyperParamScheduler([Knot(0, 1.0), Knot(-1, 5.0), Knot(3, 1.0)])
    assert [curve.value(step) for step in range(5)] == [4, 3, 2, 1, 1]
    curve = HyperParamScheduler([Knot(0, 0.0), Knot(6, 6.0), Knot(4, 100.0)])
    assert [curve.value(step) for step in (3, 5, 6, 7)] == [3, 5, 6, 100]


def test_a_way_of_no_length_is_walked_at_once():
    assert HyperParamScheduler([Knot(0, 1.0), Knot(0, 2.0), Knot(2, 4.0)]).value(0) == 2
    assert HyperParamScheduler([Knot(0, 1.0), Knot(2, 2.0), Knot(2, 4.0)]).value(2) == 2
