"""Schedulers other than one-cycle, and what holds for all of them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.nn.schedulers.constant import Constant
from nnfs_cli.nn.schedulers.cosine import Cosine
from nnfs_cli.nn.schedulers.cosine_restarts import CosineRestarts
from nnfs_cli.nn.schedulers.coslog4 import CosLog4
from nnfs_cli.nn.schedulers.cyclical import Cyclical
from nnfs_cli.nn.schedulers.one_cycle import OneCycle
from nnfs_cli.nn.schedulers.plateau import Plateau
from nnfs_cli.nn.schedulers.polynomial import Polynomial
from nnfs_cli.nn.schedulers.sequential import SequentialScheduler
from nnfs_cli.nn.schedulers.step import Step
from nnfs_cli.registry import SCHEDULERS, describe_object, parameters
from nnfs_cli.saved.description import make

CASES = [
    Constant(),
    CosLog4(1.0),
    Cosine(1.0),
    Cosine(1.0, min_lr=0.1, warmup=0.0),
    Cosine(1.0, warmup=1.0),
    OneCycle(1.0),
    OneCycle(1.0, style="smith"),
    Step(1.0, step_size=2),
    Step(1.0, step_size=1, gamma=0.5),
    Cyclical(1.0),
    Cyclical(1.0, 0.1, step_size=0.3, mode="triangular2", momentum=(0.8, 0.9)),
    Cyclical(1.0, mode="exp_range", gamma=0.5),
    CosineRestarts(1.0),
    CosineRestarts(1.0, min_lr=0.1, period=2, factor=1),
    Polynomial(1.0),
    Polynomial(1.0, min_lr=0.1, power=3.0, warmup=0.3),
    Polynomial(1.0, warmup=1.0),
    Plateau(1.0),
    Plateau(1.0, min_lr=0.1, warmup=0.3),
    SequentialScheduler([Polynomial(1.0, warmup=1.0), OneCycle(1.0), Constant()], [0.1, 0.7]),
    SequentialScheduler([Constant(), SequentialScheduler([Step(1.0, step_size=1)])], [0.5]),
]
each_case = pytest.mark.parametrize("scheduler", CASES, ids=lambda scheduler: scheduler.type_name)


def rates(scheduler: Scheduler, steps: int, steps_per_epoch: int = 1) -> list[float]:
    """The learning rate of every step."""
    lr = scheduler.plan(steps, steps_per_epoch)["lr"]
    return [lr.value(step) for step in range(steps)]


def test_every_scheduler_has_a_case():
    assert {scheduler.type_name for scheduler in CASES} == set(SCHEDULERS)


@each_case
def test_every_value_is_finite_and_not_negative(scheduler):
    for steps in range(1, 51):
        for steps_per_epoch in (1, 3, steps):
            for curve in scheduler.plan(steps, steps_per_epoch).values():
                values = [curve.value(step) for step in range(2 * steps)]
                assert all(math.isfinite(value) and value >= 0 for value in values)


@each_case
def test_says_whether_it_sets_the_rate(scheduler):
    assert scheduler.sets_lr == ("lr" in scheduler.plan(10, 10))


@each_case
def test_configuration_round_trip(scheduler):
    described = describe_object(scheduler)
    assert describe_object(make(SCHEDULERS, described)) == described


@pytest.mark.parametrize("cls", [cls for _, cls in SCHEDULERS.items() if "max_lr" in parameters(cls)])
def test_a_rate_that_is_found_is_as_one_that_is_given(cls):
    left_open, given = cls(max_lr="auto"), cls(max_lr=0.3)
    assert (left_open.is_open, given.is_open) == (True, False)
    with pytest.raises(ConfigError, match="max_lr: is auto"):
        left_open.plan(10, 5)["lr"].value(0)
    assert describe_object(left_open.settled(0.3)) == describe_object(given.settled(7.0)) == describe_object(given)
    assert left_open.is_open
    chain = SequentialScheduler([cls(max_lr="auto"), Cosine(0.1)], [0.5]) if not given.follows_figures else left_open
    assert chain.is_open
    assert not chain.settled(0.3).is_open


def test_constant_leaves_no_rate_open():
    assert not Constant().is_open
    assert not SequentialScheduler([Cosine(0.1)]).is_open


def test_step_falls_by_a_factor_every_few_epochs():
    falling = rates(Step(0.8, step_size=2, gamma=0.5), steps=15, steps_per_epoch=3)
    assert falling == pytest.approx([0.8] * 6 + [0.4] * 6 + [0.2] * 3)


@pytest.mark.parametrize(("steps", "values"), [(1, [0.8]), (2, [0.8, 0.8]), (3, [0.8, 0.8, 0.4])])
def test_step_of_a_few_steps(steps, values):
    assert rates(Step(0.8, step_size=1, gamma=0.5), steps, steps_per_epoch=2) == pytest.approx(values)


def test_a_rate_is_found_as_fast_in_a_plan_of_many_knots():
    """100,000 epochs: the step is looked up, not walked to."""
    lr = Step(1.0, step_size=1, gamma=0.99999).plan(100_000, 1)["lr"]
    assert lr.value(99_999) == pytest.approx(0.99999**99_999)
    assert len({lr.value(step) for step in range(0, 100_000, 50)}) == 2_000


def test_step_holds_its_last_rate():
    lr = Step(0.8, step_size=2, gamma=0.5).plan(15, 3)["lr"]
    assert lr.value(1000) == pytest.approx(0.2)


def test_cosine_warms_up_in_a_straight_line_then_falls_in_half_a_wave():
    values = rates(Cosine(1.0, min_lr=0.2, warmup=0.2), steps=21)
    assert values[:4] == pytest.approx([(step + 1) / 5.2 for step in range(4)])
    assert values[5:] == pytest.approx([0.6 + 0.4 * math.cos(math.pi * (step - 4.2) / 15.8) for step in range(5, 21)])


def test_cosine_without_a_warm_up_starts_at_the_top_and_ends_at_the_bottom():
    values = rates(Cosine(1.0, min_lr=0.2, warmup=0.0), steps=11)
    assert (values[0], values[5], values[10]) == (1, pytest.approx(0.6), pytest.approx(0.2))
    assert all(later < earlier for earlier, later in pairwise(values))


def test_cosine_of_one_step_is_made_at_the_largest_rate():
    assert rates(Cosine(1.0), steps=1) == [1]


def test_cosine_wastes_no_step_of_its_warm_up():
    assert all(rates(Cosine(1.0, warmup=1.0), steps=steps)[0] > 0 for steps in range(1, 51))
    assert rates(Cosine(1.0, warmup=1.0), steps=10)[-1] == 1


def test_coslog4_is_its_formula_at_every_step():
    steps = 3 * 256
    expected = [0.5 * 0.04 * (1 - math.cos(2 * math.pi * math.log(1 + 15 * k / steps, 2))) for k in range(steps)]
    assert rates(CosLog4(0.04), steps) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_coslog4_makes_four_waves_each_twice_as_long():
    values = rates(CosLog4(1.0), steps=15 * 64)
    valleys = [step for step in range(1, len(values) - 1) if values[step - 1] > values[step] <= values[step + 1]]
    assert valleys == [64, 3 * 64, 7 * 64]
    assert [values[step] for step in (0, *valleys)] == pytest.approx([0] * 4, abs=1e-12)
    assert max(values) == pytest.approx(1, abs=1e-3)
    assert 0 < values[-1] < 1e-4


def test_coslog4_stays_0_after_the_last_step():
    lr = CosLog4(1.0).plan(10, 5)["lr"]
    assert [lr.value(step) for step in (10, 11, 1000)] == [0, 0, 0]
