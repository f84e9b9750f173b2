"""LR find: rates, the smoothed loss, and the three ways in which the test ends."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnfs_cli.build import build
from nnfs_cli.config import Training
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.sessions.rates.lr_find import lr_find
from nnfs_cli.training.rates import range_test as module
from nnfs_cli.training.rates.range_test import RangeTest, RatesFound
from nnfs_cli.training.rates.suggestions import suggest
from nnfs_cli.training.records import StepDone
from tests.sessions.trainings import configured


@pytest.fixture
def found(locator):
    """A test of the tiny configuration: its points and its end."""

    def run(*overrides: str, **options):
        *points, end = lr_find(build(configured(*overrides), locator), **options)
        assert isinstance(end, RatesFound)
        assert end.points == tuple(points)
        return end

    return run


def given(monkeypatch, losses: list[float]) -> None:
    """A training with these losses."""
    steps = [StepDone(step, 1, loss, 10.0 ** (step - 5), 0.9, 8) for step, loss in enumerate(losses, 1)]
    monkeypatch.setattr(module, "_steps", lambda *_: iter(steps))


def test_rates_grow_by_the_same_factor(found):
    rates = [point.lr for point in found(min_lr=1e-6, max_lr=1e-2, steps=41).points]
    np.testing.assert_allclose(rates, np.geomspace(1e-6, 1e-2, 41), rtol=1e-12)


def test_defaults_are_those_of_the_contract(found):
    end = found()
    rates = [point.lr for point in end.points]
    np.testing.assert_allclose(rates, np.geomspace(1e-7, 10, 100)[: len(rates)], rtol=1e-12)
    assert [point.step for point in end.points] == list(range(1, len(rates) + 1))


@pytest.mark.parametrize("steps", [1, 2, 3, 9, 25])
def test_as_many_steps_as_asked_for_over_any_number_of_epochs(found, steps):
    end = found(min_lr=1e-6, max_lr=1e-3, steps=steps)
    assert len(end.points) == steps
    assert (end.reason, end.ran_away) == ("all rates were tried", False)


def test_losses_are_smoothed_and_corrected_for_the_start(found):
    average = 0.0
    for number, point in enumerate(found(max_lr=1e-2, steps=30).points, 1):
        average = 0.98 * average + 0.02 * point.loss
        assert point.smoothed == pytest.approx(average / (1 - 0.98**number), rel=1e-12)


def test_the_first_smoothed_loss_is_the_first_loss(found):
    first = found(max_lr=1e-2, steps=5).points[0]
    assert first.smoothed == pytest.approx(first.loss, rel=1e-12)


def test_it_ends_when_the_loss_runs_away(monkeypatch, found):
    given(monkeypatch, [1.0, 1.0, 7.0, 13.0, 1.0])
    end = found()
    assert [point.loss for point in end.points] == [1.0, 1.0, 7.0, 13.0]
    assert end.points[-2].smoothed <= 4 < end.points[-1].smoothed
    assert (end.reason, end.ran_away) == ("the loss passed 4 times its lowest value", True)


def test_it_ends_when_the_loss_is_not_finite(found):
    end = found("training.dtype=float64", min_lr=1e250, max_lr=1e300)
    assert (end.reason, end.ran_away) == ("the loss was no longer finite", True)
    assert all(math.isfinite(point.smoothed) for point in end.points)


def test_suggestions_come_from_the_smoothed_losses(found):
    end = found(min_lr=1e-4)
    _, *columns = np.array(end.points).T
    assert end.suggestions == suggest(*columns)


def test_the_same_test_twice_gives_the_same_numbers(found):
    assert found(min_lr=1e-4) == found(min_lr=1e-4)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_momentum_is_that_of_the_schedule_at_its_largest_rate(locator, optimizer):
    def momenta(*overrides: str) -> set[float]:
        task = build(configured(f"optimizer={optimizer}", *overrides), locator)
        train = task.recipe.to_learn(task.dataset.splits["train"], task.dataset.preparation)
        length = module._length(task.recipe.training, len(train))
        scheduler = RangeTest(1e-4, 1, 20, task.recipe.scheduler, length)
        return {done.momentum for done in module._steps(task.recipe, train, scheduler, 20)}

    assert momenta("scheduler={type: one_cycle, max_lr: 1}") == {0.85}
    assert momenta("scheduler={type: one_cycle, max_lr: auto}") == {0.85}
    assert momenta("scheduler={type: one_cycle, max_lr: 1, momentum: null}") == {0.9 if optimizer == "adam" else 0.0}
    long = "training.epochs=200", "training.batch_size=4"
    assert momenta("scheduler={type: cyclical, max_lr: auto, momentum: [0.6, 0.9], step_size: 7}", *long) == {0.6}
    turns = "schedulers: [{type: cosine, max_lr: 1}, {type: one_cycle, max_lr: 3}], milestones: [0.6]"
    (momentum,) = momenta(f"scheduler={{type: sequential, {turns}}}", *long)
    assert momentum == pytest.approx(0.85, abs=1e-4)
    assert momenta("scheduler={type: cosine, max_lr: 1}") == {0.9 if optimizer == "adam" else 0.0}


def test_a_rate_is_found_with_buffers_that_are_given_back(locator):
    task = build(configured("scheduler={type: one_cycle, max_lr: auto}"), locator)
    network = task.recipe.network
    values, grads = network.values, network.grads
    before = values.copy()
    assert module.rate_for(task.recipe, task.recipe.to_learn(task.dataset.splits["train"], task.dataset.preparation))
    assert network.values is values
    assert network.grads is grads
    np.testing.assert_array_equal(values, before)
    assert [name for name, layer in network.walk() if layer.workspace._memory] == []


@pytest.mark.parametrize("top", [0, 1, 5000, 31_416, 99_998, 99_999])
def test_the_largest_rate_of_a_long_schedule_is_found(top):
    curve = HyperParamScheduler([Knot(0, 1.0), Knot(top, 2.0), Knot(100_000, 0.5)])
    assert curve.top(100_000) == top


@pytest.mark.parametrize(("epochs", "limit", "length"), [(3, None, 21), (3, 20, 20), (3, 22, 21)])
def test_the_length_of_a_training(epochs, limit, length):
    assert module._length(Training(epochs=epochs, batch_size=6, max_steps=limit), 40) == length


@pytest.mark.parametrize(("low", "high"), [(1e-300, 1e300), (1e-3, 1e-3 * (1 + 1e-9)), (5e-324, 1.0)])
def test_any_range_has_finite_rates_in_order(found, low, high):
    rates = [point.lr for point in found(min_lr=low, max_lr=high, steps=20).points]
    assert rates == sorted(rates)
    assert all(low <= rate <= high * (1 + 1e-12) for rate in rates)


@pytest.mark.parametrize(
    "override",
    [
        "scheduler={type: one_cycle, max_lr: 3}",
        "training.early_stopping={patience: 1, min_delta: 100}",
        "training.epochs=1",
        "training.max_steps=3",
        "training.workers=2",
        "training.drop_last=true",
        "dataset.validation=0",
        "training.batch_size=1000",
    ],
)
def test_nothing_in_the_configuration_shortens_the_test(found, override):
    assert len(found(override, max_lr=1e-3, steps=12).points) == 12
