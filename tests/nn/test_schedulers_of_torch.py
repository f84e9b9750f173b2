"""The schedulers that PyTorch has too: its numbers, and what it does not say."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.nn.schedulers.constant import Constant
from nnfs_cli.nn.schedulers.cosine import Cosine
from nnfs_cli.nn.schedulers.cosine_restarts import CosineRestarts
from nnfs_cli.nn.schedulers.cyclical import Cyclical
from nnfs_cli.nn.schedulers.one_cycle import OneCycle
from nnfs_cli.nn.schedulers.plateau import Plateau
from nnfs_cli.nn.schedulers.polynomial import Polynomial
from nnfs_cli.nn.schedulers.sequential import SequentialScheduler
from nnfs_cli.registry import SCHEDULERS
from nnfs_cli.saved.description import make

GOLDEN = json.loads(Path(__file__).with_name("golden").joinpath("schedulers.json").read_text())
COSTS = [math.nan if loss is None else loss for loss in GOLDEN["losses"]]
FIGURES = {"losses": COSTS, "shares": [-share for share in GOLDEN["shares"]]}


def curve(scheduler: Scheduler, name: str, steps: int, steps_per_epoch: int = 1) -> list[float]:
    plan = scheduler.plan(steps, steps_per_epoch)
    return [plan[name].value(step) for step in range(steps)]


@pytest.mark.parametrize("golden", GOLDEN["plans"], ids=lambda golden: golden["scheduler"]["type"])
def test_values_of_pytorch(golden):
    scheduler = make(SCHEDULERS, golden["scheduler"])
    values = curve(scheduler, golden["moves"], golden["steps"], golden["steps_per_epoch"])
    assert values == pytest.approx(golden["values"], rel=1e-8)


@pytest.mark.parametrize("golden", GOLDEN["plateaus"], ids=lambda golden: str(golden["keys"]))
def test_plateau_of_pytorch(golden):
    assert rates_after(Plateau(1.0, **golden["keys"]), FIGURES[golden["figures"]]) == pytest.approx(
        golden["rates"], rel=1e-8
    )


def rates_after(plateau: Scheduler, costs: list[float], between: Callable[[Scheduler], Scheduler] = lambda s: s) -> Any:
    """The rate before the first epoch and after each."""
    rates = []
    for cost in [*costs, None]:
        plateau = between(plateau)
        rates.append(plateau.plan(100, 1)["lr"].value(50))
        if cost is not None:
            plateau.judge(cost)
    return rates


def test_a_plateau_goes_on_from_its_state():
    keys = {"factor": 0.5, "patience": 1, "cooldown": 2}
    resumed = rates_after(Plateau(1.0, **keys), COSTS, lambda plateau: Plateau(1.0, **keys).restored(plateau.state()))
    assert resumed == rates_after(Plateau(1.0, **keys), COSTS)


def test_a_plateau_whose_state_is_taken_over_stays_as_it_is():
    fallen, fresh = Plateau(1.0, patience=0), Plateau(1.0, patience=0)
    rates_after(fallen, COSTS)
    assert fresh.restored(fallen.state()).state() == fallen.state() != fresh.state()


def test_a_plan_that_is_laid_out_follows_the_epochs():
    plateau = Plateau(1.0, patience=0)
    rate = plateau.plan(9, 3)["lr"]
    assert rate.value(3) == 1
    plateau.judge(0.5)
    plateau.judge(0.5)
    assert rate.value(3) == pytest.approx(0.1)


@pytest.mark.parametrize("first", [-0.5, -1e-9, -100.0])
def test_a_figure_below_0_has_improved_only_if_it_is_better(first):
    """PyTorch's threshold is on the other side there: a figure that is a little worse would have improved."""
    plateau = Plateau(1.0, patience=0, threshold=0.1)
    for cost in (-first, -first * 1.05):
        plateau.judge(cost)
    assert plateau.rate == pytest.approx(0.1)


def test_a_plateau_warms_up_in_a_straight_line_at_the_rate_it_is_at():
    plateau = Plateau(0.8, patience=0, warmup=0.4)
    rate = plateau.plan(10, 1)["lr"]
    assert [rate.value(step) for step in range(6)] == pytest.approx([0.16, 0.32, 0.48, 0.64, 0.8, 0.8])
    plateau.judge(math.nan)
    assert [rate.value(step) for step in (1, 9)] == pytest.approx([0.032, 0.08])


@pytest.mark.parametrize(
    "state",
    [
        {},
        None,
        {"lowest": 1.0, "waited": 0, "resting": 0},
        {"lowest": math.inf, "waited": 0, "resting": 0, "falls": 0},
        {"lowest": 1.0, "waited": -1, "resting": 0, "falls": 0},
        {"lowest": 1.0, "waited": 0, "resting": 0, "falls": 0.5},
        {"lowest": "1", "waited": 0, "resting": 0, "falls": 0},
    ],
)
def test_a_state_that_no_plateau_has_is_refused(state):
    with pytest.raises(ConfigError):
        Plateau(1.0).restored(state)


def test_a_scheduler_without_a_state_refuses_one():
    assert Cosine(1.0).restored(Cosine(1.0).state()).max_lr == 1
    with pytest.raises(ConfigError):
        Cosine(1.0).restored(Plateau(1.0).state())


def test_the_smallest_rate_of_a_cycle_is_a_quarter_of_the_largest():
    assert curve(Cyclical(0.4, step_size=1.0), "lr", 5, 2) == pytest.approx([0.1, 0.25, 0.4, 0.25, 0.1])


def test_a_cycle_is_at_least_two_steps():
    assert curve(Cyclical(1.0, 0.5, step_size=1e-30), "lr", 4) == [0.5, 1, 0.5, 1]


@pytest.mark.parametrize("factor", [1, 2, 3, 10])
def test_a_wave_begins_at_the_largest_rate_also_after_a_long_time(factor):
    lr = CosineRestarts(1.0, period=7, factor=factor).plan(10**18, 10**3)["lr"]
    begin, length = 0, 7_000
    for _ in range(12):
        assert (lr.value(begin), lr.value(begin + length // 2)) == (1, pytest.approx(0.5))
        assert 0 <= lr.value(begin + length - 1) < 1e-6
        begin, length = begin + length, length * factor


def test_polynomial_after_a_warm_up_ends_as_without_one():
    values = curve(Polynomial(1.0, min_lr=0.2, power=2.0, warmup=0.5), "lr", 10)
    assert values == pytest.approx([*(t / 6 for t in range(1, 6)), *(0.2 + 0.8 * (1 - t / 5) ** 2 for t in range(5))])


def test_in_a_sequence_each_is_a_training_of_its_own():
    parts = [Cosine(0.5, warmup=1.0), OneCycle(1.0)]
    chained = SequentialScheduler(parts, [0.25])
    assert curve(chained, "lr", 20) == [*curve(parts[0], "lr", 5), *curve(parts[1], "lr", 15)]


def test_in_a_sequence_what_does_not_move_stays():
    chained = SequentialScheduler([Cosine(0.5), OneCycle(1.0), Constant()], [0.2, 0.6])
    cycle = OneCycle(1.0)
    assert (
        curve(chained, "momentum", 10)
        == [0.95] * 2 + curve(cycle, "momentum", 4) + [curve(cycle, "momentum", 4)[-1]] * 4
    )
    assert curve(chained, "lr", 10)[6:] == [curve(cycle, "lr", 4)[-1]] * 4


def test_a_sequence_of_too_few_steps_for_all_of_it_still_sets_the_rate():
    chained = SequentialScheduler([Cosine(0.5, warmup=0.0), Constant()], [0.1])
    assert curve(chained, "lr", 3) == [0.5] * 3


@pytest.mark.parametrize(
    ("schedulers", "milestones", "problem"),
    [
        ([Cosine(1.0)], [0.5], "1 scheduler in turn take 0 milestones, got 1."),
        ([Cosine(1.0), Cosine(1.0)], [], "2 schedulers in turn take 1 milestone, got 0."),
        ([Cosine(1.0)] * 3, [0.5, 0.5], "each must be above the one before, got [0.5, 0.5]."),
        ([Cosine(1.0), Plateau(1.0)], [0.5], "schedulers[1]: plateau follows what is measured"),
        ([Constant(), Constant()], [0.5], "none of them sets the rate"),
        ([], [], "expected a list of at least one scheduler"),
    ],
)
def test_what_cannot_follow_each_other_is_refused(schedulers, milestones, problem):
    with pytest.raises(ConfigError) as refused:
        SequentialScheduler(schedulers, milestones)
    assert problem in str(refused.value)
