"""Schedulers refuse bounds that contradict each other, also once the range test has found the largest rate."""

from __future__ import annotations

import pytest

from nnfs_cli.config import from_mapping
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
from nnfs_cli.nn.schedulers.step import Step
from nnfs_cli.registry import SCHEDULERS, describe_object, parameters

SMALLEST = [(Cosine, "min_lr"), (CosineRestarts, "min_lr"), (Polynomial, "min_lr"), (Plateau, "min_lr")]
each_smallest = pytest.mark.parametrize(("cls", "key"), [*SMALLEST, (Cyclical, "base_lr")])


def refusal(make) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        make()
    return list(refused.value.problems)


def test_every_scheduler_with_a_smallest_rate_is_here():
    found = {(cls, key) for _, cls in SCHEDULERS.items() for key in ("min_lr", "base_lr") if key in parameters(cls)}
    assert found == {*SMALLEST, (Cyclical, "base_lr")}


@each_smallest
def test_the_smallest_rate_is_not_above_the_largest(cls, key):
    sentence = f"{key}: expected at most max_lr, 0.1, got 0.2. Set a smaller {key} or a larger max_lr."
    assert refusal(lambda: cls(max_lr=0.1, **{key: 0.2})) == [sentence]
    assert cls(max_lr=0.1, **{key: 0.1}).peak == 0.1


@each_smallest
def test_a_rate_that_is_found_is_held_against_the_smallest(cls, key):
    left_open = cls(max_lr="auto", **{key: 0.2})
    sentence = f"expected at most the max_lr that the range test finds, 0.1, got 0.2. Set a smaller {key}."
    assert list(left_open.contradictions(0.1)) == [(key, sentence)]
    assert not list(left_open.contradictions(0.2))
    if not cls.follows_figures:
        chain = SequentialScheduler([Cosine(0.1), left_open], [0.5])
        assert list(chain.contradictions(0.1)) == [(f"schedulers[1].{key}", sentence)]
        assert refusal(lambda: chain.refuse_contradictions(0.1)) == [f"schedulers[1].{key}: {sentence}"]


@pytest.mark.parametrize("cls", [cls for _, cls in SCHEDULERS.items() if "momentum" in parameters(cls)])
def test_the_momenta_stand_in_their_order(cls):
    sentence = "momentum: expected the smallest before the largest, got [0.9, 0.1]. Write [0.1, 0.9]."
    assert refusal(lambda: cls(max_lr=0.1, momentum=(0.9, 0.1))) == [sentence]
    assert cls(max_lr=0.1, momentum=(0.9, 0.9)).momentum == (0.9, 0.9)


def test_all_that_is_wrong_is_told():
    assert len(refusal(lambda: Cyclical(0.1, base_lr=0.2, momentum=(0.9, 0.1)))) == 2


def test_a_settled_scheduler_is_a_copy():
    left_open = OneCycle("auto", pct_start=0.4)
    assert describe_object(left_open.settled(0.5)) == describe_object(OneCycle(0.5, pct_start=0.4))
    assert left_open.is_open


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (Cosine(1e-2), True),
        (OneCycle("auto"), True),
        (Cosine(1e-2, min_lr=1e-4), False),
        (Polynomial(1e-2), False),
        (Step(1e-3), False),
        (Constant(), False),
    ],
)
def test_a_constant_rate_of_next_to_nothing_is_told(first, told):
    chain = SequentialScheduler((first, Constant(), Step(1e-3)), (0.3, 0.6))
    found = dict(chain.idle())
    assert list(found) == (["schedulers[1]"] if told else [])
    if told:
        assert f"the rate that {first.type_name} ends with, which is next to nothing" in found["schedulers[1]"]


@pytest.mark.parametrize(
    ("scheduler", "idle"),
    [
        (Cyclical(0.1, gamma=0.5), True),
        (Cyclical(0.1, mode="triangular2", gamma=0.9999), True),
        (Cyclical(0.1, mode="exp_range", gamma=0.5), False),
        (Cyclical(0.1), False),
        (Cosine(0.1), False),
    ],
)
def test_a_gamma_that_does_nothing_is_told(scheduler: Scheduler, idle: bool):
    described = describe_object(SequentialScheduler([Cosine(0.1), scheduler], [0.5]))
    for section, key in ((describe_object(scheduler), "gamma"), (described, "schedulers[1].gamma")):
        layers = [{"type": "dense", "units": 10}]
        mapping = {"dataset": "digits", "model": {"layers": layers}, "scheduler": as_lists(section)}
        config = from_mapping(mapping, "x")
        sentence = f"mode {getattr(scheduler, 'mode', '')} does not use it. Leave it out, or set mode: exp_range."
        assert config.warnings() == ((f"x: scheduler.{key}: has no effect, {sentence}",) if idle else ())
        assert from_mapping(config.resolved(), "x").warnings() == config.warnings()


def test_gamma_has_its_default_where_it_is_used():
    assert Cyclical(0.1, mode="exp_range").gamma == 0.9999
    assert Cyclical(0.1).gamma is None


def as_lists(value):
    if isinstance(value, dict):
        return {key: as_lists(item) for key, item in value.items()}
    return [as_lists(item) for item in value] if isinstance(value, list | tuple) else value
