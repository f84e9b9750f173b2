"""OneCycle: the published curves to six digits, and sense at every edge."""

from __future__ import annotations

import math

import pytest

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.schedulers.one_cycle import STYLES, OneCycle
from nnfs_cli.registry import describe_object

each_style = pytest.mark.parametrize("style", list(STYLES))
each_anneal = pytest.mark.parametrize("anneal", ["cos", "linear"])


def curve(scheduler: OneCycle, name: str, steps: int) -> list[float]:
    """The values of every step of a training."""
    plan = scheduler.plan(steps, steps_per_epoch=steps)
    return [plan[name].value(step) for step in range(steps)]


# max_lr 1 and ten steps, run in PyTorch 2.13; fastai2 from its formula
GOLDEN_LR = [
    ({}, [0.04, 0.52, 1, 0.950485, 0.811746, 0.611262, 0.388742, 0.188258, 0.0495194, 4e-06]),
    (
        {"anneal": "linear"},
        [0.04, 0.52, 1, 0.857143, 0.714287, 0.57143, 0.428574, 0.285717, 0.142861, 4e-06],
    ),
    (
        {"three_phase": True},
        [0.04, 0.52, 1, 0.52, 0.04, 0.0361807, 0.0261817, 0.0138223, 0.00382328, 4e-06],
    ),
    (
        {"three_phase": True, "anneal": "linear"},
        [0.04, 0.52, 1, 0.52, 0.04, 0.0320008, 0.0240016, 0.0160024, 0.0080032, 4e-06],
    ),
    (
        {"style": "fastai2"},
        [0.04, 0.371672, 0.908328, 0.989074, 0.904509, 0.750003, 0.552269, 0.345498, 0.165443, 0.0432368],
    ),
]
GOLDEN_MOMENTUM = [
    ({}, [0.95, 0.9, 0.85, 0.854952, 0.868826, 0.888874, 0.911126, 0.931174, 0.945048, 0.95]),
    ({"anneal": "linear"}, [0.95, 0.9, 0.85, 0.864286, 0.878571, 0.892857, 0.907143, 0.921429, 0.935714, 0.95]),
    ({"three_phase": True}, [0.95, 0.9, 0.85, 0.9, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95]),
]


# (steps, keys, rates, momenta): less than a step before the top, and other edges, run in PyTorch 2.13
TORCH_EDGES = [
    (1, {}, [4e-06], [0.95]),
    (2, {}, [0.811746, 4e-06], [0.868826, 0.95]),
    (3, {}, [0.994415, 0.462637, 4e-06], [0.850558, 0.903737, 0.95]),
    (
        5,
        {"pct_start": 0.05},
        [0.939737, 0.700849, 0.37726, 0.105433, 4e-06],
        [0.856026, 0.879915, 0.912274, 0.939457, 0.95],
    ),
    (4, {"pct_start": 0.0}, [0.853554, 0.500002, 0.14645, 4e-06], [0.864645, 0.9, 0.935355, 0.95]),
    (
        4,
        {"pct_start": 0.1, "anneal": "linear"},
        [0.833334, 0.555557, 0.277781, 4e-06],
        [0.866667, 0.894444, 0.922222, 0.95],
    ),
    (5, {"pct_start": 0.1, "three_phase": True}, [0.0361807, 0.0261817, 0.0138223, 0.00382328, 4e-06], [0.95] * 5),
    (2, {"pct_start": 0.3, "three_phase": True}, [0.0234746, 4e-06], [0.95, 0.95]),
    (
        6,
        {"pct_start": 0.8, "three_phase": True},
        [0.04, 0.194905, 0.559638, 0.898787, 0.993453, 0.782535],
        [0.95, 0.933864, 0.895871, 0.860543, 0.850682, 0.872653],
    ),
    (4, {"pct_start": 1.0}, [0.04, 0.28, 0.76, 1.0], [0.95, 0.925, 0.875, 0.85]),
]

# (steps, pct_start, rates, momenta), from OneCycleScheduler and Scheduler of fastai 1.0.61
FASTAI1 = [
    (1, 0.3, [0.04], [0.95]),
    (2, 0.3, [0.04, 1.0], [0.95, 0.85]),
    (3, 0.3, [0.04, 1.0, 0.750001], [0.95, 0.85, 0.875]),
    (5, 0.3, [0.04, 1.0, 0.853554, 0.500002, 0.14645], [0.95, 0.85, 0.864645, 0.9, 0.935355]),
    (
        8,
        0.3,
        [0.04, 0.52, 1.0, 0.933013, 0.750001, 0.500002, 0.250003, 0.066991],
        [0.95, 0.9, 0.85, 0.856699, 0.875, 0.9, 0.925, 0.943301],
    ),
    (
        7,
        0.5,
        [0.04, 0.28, 0.76, 1.0, 0.853554, 0.500002, 0.14645],
        [0.95, 0.925, 0.875, 0.85, 0.864645, 0.9, 0.935355],
    ),
]


@pytest.mark.parametrize(("steps", "keys", "rates", "momenta"), TORCH_EDGES)
def test_edges_of_pytorch(steps, keys, rates, momenta):
    assert curve(OneCycle(1.0, **keys), "lr", steps) == pytest.approx(rates, rel=1e-5, abs=1e-9)
    assert curve(OneCycle(1.0, **keys), "momentum", steps) == pytest.approx(momenta, rel=1e-5)


@pytest.mark.parametrize(("steps", "pct_start", "rates", "momenta"), FASTAI1)
def test_fastai1_turns_at_whole_steps(steps, pct_start, rates, momenta):
    scheduler = OneCycle(1.0, pct_start, style="fastai1")
    assert curve(scheduler, "lr", steps) == pytest.approx(rates, rel=1e-5)
    assert curve(scheduler, "momentum", steps) == pytest.approx(momenta, rel=1e-5)


@pytest.mark.parametrize("three_phase", [False, True])
def test_where_pytorch_divides_by_zero_the_largest_rate_is_taken(three_phase):
    assert curve(OneCycle(1.0, 0.1, three_phase=three_phase), "lr", 10)[0] == 1
    assert curve(OneCycle(1.0, 1.0, three_phase=three_phase), "lr", 1) == [1]


@pytest.mark.parametrize(("keys", "values"), GOLDEN_LR)
def test_rate_of_ten_steps(keys, values):
    assert curve(OneCycle(1.0, **keys), "lr", 10) == pytest.approx(values, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(("keys", "values"), GOLDEN_MOMENTUM)
def test_momentum_of_ten_steps(keys, values):
    assert curve(OneCycle(1.0, **keys), "momentum", 10) == pytest.approx(values, rel=1e-6, abs=1e-6)


def test_smith_climbs_and_falls_in_straight_lines_then_falls_on():
    plan = OneCycle(1.0, style="smith").plan(100, 100)
    steps = (0, 9, 45, 81, 90, 95, 99)
    lr = [0.1, 0.28, 1, 0.28, 0.1, 0.0505, 0.0109]
    assert [plan["lr"].value(step) for step in steps] == pytest.approx(lr)
    momentum = [0.95, 0.93, 0.85, 0.93, 0.95, 0.95, 0.95]
    assert [plan["momentum"].value(step) for step in steps] == pytest.approx(momentum)


def test_fastai1_climbs_over_three_tenths_and_falls_in_half_waves():
    plan = OneCycle(1.0, style="fastai1").plan(100, 100)
    end = 1 / (25 * 1e4)
    assert plan["lr"].value(15) == pytest.approx((0.04 + 1) / 2)
    assert plan["lr"].value(30) == pytest.approx(1)
    assert plan["lr"].value(65) == pytest.approx((1 + end) / 2)
    assert plan["lr"].value(100) == pytest.approx(end)
    assert plan["momentum"].value(65) == pytest.approx(0.9)


def test_scales_with_the_largest_rate():
    small, large = (curve(OneCycle(max_lr), "lr", 30) for max_lr in (0.003, 3.0))
    assert [1000 * rate for rate in small] == pytest.approx(large)


@pytest.mark.parametrize(
    ("key", "value"),
    [("pct_start", 0.2), ("div_factor", 4.0), ("final_div_factor", 7.0), ("anneal", "cos"), ("three_phase", False)],
)
def test_a_key_beside_a_style_wins(key, value):
    published, mixed = describe_object(OneCycle(1.0, style="smith")), OneCycle(1.0, style="smith", **{key: value})
    assert published[key] != value
    assert describe_object(mixed) == {**published, key: value}


@each_style
def test_configuration_round_trip(style):
    described = describe_object(OneCycle(0.1, style=style, momentum=None))
    arguments = {name: value for name, value in described.items() if name != "type"}
    assert describe_object(OneCycle(**arguments)) == described


def test_null_leaves_the_momentum_alone():
    assert set(OneCycle(1.0, momentum=None).plan(10, 10)) == {"lr"}


def test_moves_between_the_momenta_that_are_given():
    momentum = curve(OneCycle(1.0, momentum=(0.5, 0.7)), "momentum", 20)
    assert (min(momentum), max(momentum)) == (pytest.approx(0.5), pytest.approx(0.7))


@each_style
@each_anneal
@pytest.mark.parametrize("three_phase", [False, True])
@pytest.mark.parametrize("pct_start", [None, 0, 0.0, 0.01, 0.5, 0.99, 1, 1.0])
def test_every_value_lies_between_the_ends(style, anneal, three_phase, pct_start):
    scheduler = OneCycle(1.0, pct_start, style=style, anneal=anneal, three_phase=three_phase)
    for steps in range(1, 51):
        assert all(0 < lr <= 1 and math.isfinite(lr) for lr in curve(scheduler, "lr", steps))
        assert all(0.85 <= momentum <= 0.95 for momentum in curve(scheduler, "momentum", steps))


@each_style
@each_anneal
def test_the_largest_rate_is_reached_within_the_run(style, anneal):
    for steps in range(4, 51):
        top = OneCycle(1.0, style=style, anneal=anneal).plan(steps, steps)["lr"].knots[1]
        assert (top.value, 0 <= top.step <= steps - 1) == (1, True)


@each_style
def test_rises_to_the_top_and_falls_from_there(style):
    for steps in range(3, 51):
        rates = curve(OneCycle(1.0, style=style), "lr", steps)
        top = rates.index(max(rates))
        assert rates[: top + 1] == sorted(rates[: top + 1])
        assert rates[top:] == sorted(rates[top:], reverse=True)


@each_style
@pytest.mark.parametrize("steps", [1, 2, 10])
def test_holds_the_last_value_past_the_last_step(style, steps):
    plan = OneCycle(1.0, style=style).plan(steps, steps)
    for moving in plan.values():
        for step in (steps + 2, steps + 3, steps + 1000):
            assert moving.value(step) == pytest.approx(moving.knots[-1].value)


@pytest.mark.parametrize("style", ["smith", "fastai2"])
def test_without_a_warm_up_starts_at_the_top(style):
    assert curve(OneCycle(1.0, pct_start=0, style=style), "lr", 10)[0] == 1


def test_all_warm_up_ends_at_the_top():
    rates = curve(OneCycle(1.0, pct_start=1), "lr", 10)
    assert rates == sorted(rates)
    assert rates[-1] == 1


def test_a_long_way_down_ends_with_the_run():
    """But in PyTorch, see the edges."""
    plan = OneCycle(1.0, pct_start=0.8, three_phase=True, style="fastai2").plan(10, 10)["lr"]
    assert (plan.value(8), plan.value(10)) == (1, pytest.approx(0.04))


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"pct_start": 1.5}, "pct_start: expected a number from 0 to 1 or null, got 1.5"),
        ({"style": "leslie"}, "style: expected 'smith', 'fastai1', 'fastai2' or 'torch', got 'leslie'"),
    ],
)
def test_refuses_what_is_no_cycle(keys, problem):
    with pytest.raises(ConfigError) as refused:
        OneCycle(1.0, **keys)
    assert str(refused.value) == f"one_cycle: {problem}"
