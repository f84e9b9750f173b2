"""Optimizers: equal to PyTorch and to the textbook; blocks, parts and saved state change nothing."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.optimizers.base import BLOCK, Optimizer
from nnfs_cli.nn.variable import Span
from nnfs_cli.registry import OPTIMIZERS, describe_object
from tests.nn.optimizer_cases import START, VARIANTS, Variant, bowl
from tests.nn.textbook import Gradient

each_variant = pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS.keys())
ELEMENTWISE = {name: variant for name, variant in VARIANTS.items() if variant.type_name != "lamb"}
"""Those whose step of a parameter does not depend on others; test_lamb.py asks the same of the one that is left."""
each_elementwise = pytest.mark.parametrize("variant", ELEMENTWISE.values(), ids=ELEMENTWISE.keys())
each_type = pytest.mark.parametrize("type_name", list(OPTIMIZERS))


TWENTY = json.loads((Path(__file__).parent / "golden" / "optimizers.json").read_text())
FACTORS = ((6.0, 3), (0.25, BLOCK + 5), (1.0, 4), (0.1, 2))


def ready(variant: Variant, size: int, dtype: type = np.float64, lr_factors: tuple = ()) -> Optimizer:
    """The optimizer of a variant, with its slots."""
    optimizer = variant.make()
    optimizer.allocate(size, np.dtype(dtype), spans=[Span(count, factor) for factor, count in lr_factors])
    return optimizer


def run(optimizer: Optimizer, variant: Variant, w: np.ndarray, gradient: Gradient, steps: range) -> np.ndarray:
    """Move w, in place, by some steps."""
    for step in steps:
        for name, value in variant.moves(step).items():
            optimizer.set(name, value)
        optimizer.step(w, gradient(w, step), slice(0, w.size))
    return w


def noise(w: np.ndarray, step: int) -> np.ndarray:
    """Gradients that depend on nothing but the step."""
    return np.random.default_rng(step).standard_normal(w.size).astype(w.dtype)


def start(size: int, dtype: type = np.float64) -> np.ndarray:
    return np.random.default_rng(99).standard_normal(size).astype(dtype)


def test_every_optimizer_has_a_variant():
    assert {variant.type_name for variant in VARIANTS.values()} == set(OPTIMIZERS)


@each_variant
def test_ten_steps_equal_pytorch(variant):
    w = run(ready(variant, 4), variant, np.array(START), bowl, range(10))
    np.testing.assert_allclose(w, variant.torch, rtol=1e-8)


@pytest.mark.parametrize("name", VARIANTS)
def test_twenty_steps_equal_pytorch(name):
    """Or optax, of lion and lamb (golden/make_optimizers.py)."""
    w = run(ready(VARIANTS[name], 4), VARIANTS[name], np.array(START), bowl, range(20))
    np.testing.assert_allclose(w, TWENTY[name], rtol=1e-8)


@each_variant
def test_the_textbook_equals_pytorch(variant):
    np.testing.assert_allclose(variant.textbook(np.array(START), bowl, 10), variant.torch, rtol=1e-8)


@each_variant
@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7])
def test_ten_steps_equal_the_textbook(variant, size):
    w = run(ready(variant, size), variant, start(size), noise, range(10))
    np.testing.assert_allclose(w, variant.textbook(start(size), noise, 10), rtol=1e-9, atol=1e-12)


@each_variant
def test_ten_steps_in_float32_equal_the_textbook(variant):
    w = run(ready(variant, 1000, np.float32), variant, start(1000, np.float32), noise, range(10))
    assert w.dtype == np.float32
    np.testing.assert_allclose(w, variant.textbook(start(1000), noise, 10), rtol=1e-6, atol=2e-6)


@each_elementwise
def test_two_parts_make_the_whole(variant):
    size, cut = 2 * BLOCK + 7, BLOCK + 3
    whole = run(ready(variant, size), variant, start(size), noise, range(4))
    first, second, w = ready(variant, size), ready(variant, size), start(size)
    for step in range(4):
        for optimizer, part in ((first, slice(0, cut)), (second, slice(cut, size))):
            for name, value in variant.moves(step).items():
                optimizer.set(name, value)
            optimizer.step(w, noise(w, step)[part], part)
    np.testing.assert_array_equal(w, whole)


@each_elementwise
def test_each_parameter_learns_at_its_own_rate(variant):
    factors = np.repeat(*zip(*FACTORS, strict=True))
    w = run(ready(variant, factors.size, lr_factors=FACTORS), variant, start(factors.size), noise, range(10))
    np.testing.assert_allclose(w, variant.textbook(start(w.size), noise, 10, factors), rtol=1e-9, atol=1e-12)


@each_elementwise
def test_two_parts_make_the_whole_with_rates_of_their_own(variant):
    size = sum(count for _, count in FACTORS)
    whole = run(ready(variant, size, lr_factors=FACTORS), variant, start(size), noise, range(4))
    for cut in (0, 2, 3, 4, BLOCK, BLOCK + 8, BLOCK + 9, size - 2, size - 1):
        w, parts = start(size), (slice(0, cut), slice(cut, size))
        optimizers = [ready(variant, size, lr_factors=FACTORS) for _ in parts]
        for step in range(4):
            for optimizer, part in zip(optimizers, parts, strict=True):
                for name, value in variant.moves(step).items():
                    optimizer.set(name, value)
                optimizer.step(w, noise(w, step)[part], part)
        np.testing.assert_array_equal(w, whole)


@each_elementwise
def test_factors_of_1_change_no_bit(variant):
    w = run(ready(variant, 100, lr_factors=((1.0, 7), (1.0, 93))), variant, start(100), noise, range(10))
    np.testing.assert_array_equal(w, run(ready(variant, 100), variant, start(100), noise, range(10)))


@each_variant
def test_frozen_parameters_stay_and_the_others_move_as_without_them(variant):
    spans = [Span(5, frozen=True), Span(BLOCK + 3, 0.5), Span(7, frozen=True), Span(2, 0.5), Span(3, frozen=True)]
    learn = np.repeat([not span.frozen for span in spans], [span.size for span in spans])
    optimizer, w = variant.make(), start(learn.size)
    optimizer.allocate(w.size, np.dtype(np.float64), spans=spans)
    run(optimizer, variant, w, noise, range(4))
    np.testing.assert_array_equal(w[~learn], start(w.size)[~learn])
    assert not any(slot[~learn].any() for slot in optimizer.slots.values())
    alone, rest = variant.make(), start(w.size)[learn]
    alone.allocate(rest.size, np.dtype(np.float64), spans=[span for span in spans if not span.frozen])
    run(alone, variant, rest, lambda _, step: noise(w, step)[learn], range(4))
    np.testing.assert_array_equal(w[learn], rest)


@each_variant
def test_the_rate_that_is_told_is_the_one_without_a_factor(variant):
    optimizer = ready(variant, 4, lr_factors=((6.0, 4),))
    optimizer.step(np.array(START), bowl(np.array(START), 0), slice(0, 4))
    assert optimizer.lr == 0.05


@each_variant
def test_an_empty_part_moves_nothing(variant):
    w = start(5)
    ready(variant, 5).step(w, noise(w, 0), slice(2, 2))
    np.testing.assert_array_equal(w, start(5))


@each_variant
def test_goes_on_to_the_same_bits_from_its_state(variant):
    optimizer, w = ready(variant, 100), start(100)
    run(optimizer, variant, w, noise, range(5))
    state, slots, values = copy.deepcopy((optimizer.state(), optimizer.slots, w))
    run(optimizer, variant, w, noise, range(5, 10))
    resumed = ready(variant, 100)
    resumed.restore(state)
    for name, slot in slots.items():
        resumed.slots[name][...] = slot
    np.testing.assert_array_equal(run(resumed, variant, values, noise, range(5, 10)), w)
    assert resumed.state() == optimizer.state()


@each_variant
def test_leaves_the_gradient_alone(variant):
    optimizer, w, gradient = ready(variant, 5), start(5), noise(start(5), 0)
    gradient.flags.writeable = False
    optimizer.step(w, gradient, slice(0, 5))


@each_variant
def test_configuration_round_trip(variant):
    described = describe_object(variant.make())
    arguments = {name: value for name, value in described.items() if name != "type"}
    assert describe_object(OPTIMIZERS[variant.type_name](**arguments)) == described
    assert described.items() >= variant.arguments.items()


@each_type
def test_slots_start_at_0_in_the_dtype_of_the_parameters(type_name):
    optimizer = OPTIMIZERS[type_name](lr=0.1)
    optimizer.allocate(7, np.dtype(np.float32))
    assert set(optimizer.slots) == set(optimizer.slot_names)
    for slot in optimizer.slots.values():
        assert (slot.shape, slot.dtype) == ((7,), np.float32)
        assert not slot.any()


@each_type
def test_momentum_has_one_name_for_all(type_name):
    optimizer = OPTIMIZERS[type_name](lr=0.1)
    optimizer.set("momentum", 0.7)
    optimizer.set("lr", 0.2)
    assert (optimizer.get("momentum"), getattr(optimizer, optimizer.momentum_name)) == (0.7, 0.7)
    assert optimizer.get("lr") == optimizer.lr == 0.2


@each_type
def test_a_momentum_is_told_only_if_it_moves_something(type_name):
    """A momentum that is set to another value changes the second step, or there is none to tell."""

    def second_step(momentum: float) -> np.ndarray:
        optimizer, w = OPTIMIZERS[type_name](lr=0.1), np.array([1.0, -2.0])
        optimizer.allocate(2, w.dtype)
        for grad in ([100.0, 0.1], [-0.5, 3.0]):
            optimizer.set("momentum", momentum)
            optimizer.step(w, np.array(grad), slice(0, 2))
        return w

    told = OPTIMIZERS[type_name](lr=0.1).current_momentum
    assert (told is not None) == (second_step(0.1) != second_step(0.8)).any()


@each_type
def test_needs_a_rate(type_name):
    optimizer = OPTIMIZERS[type_name]()
    optimizer.allocate(1, np.dtype(np.float64))
    with pytest.raises(ConfigError) as refused:
        optimizer.step(np.zeros(1), np.zeros(1), slice(0, 1))
    assert str(refused.value) == (f"optimizer.lr: is missing: no scheduler sets the rate. Give {type_name} an lr.")


def rosenbrock(w: np.ndarray, step: int) -> np.ndarray:
    """The gradient of (1 - x)^2 + 100 (y - x^2)^2, a bent valley with its floor at (1, 1)."""
    x, y = w
    return np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])


@pytest.mark.parametrize(
    "variant",
    [
        Variant("sgd", [], {"momentum": 0.9}, lambda step: {"lr": 5e-4}),
        Variant("sgd", [], {"momentum": 0.9, "nesterov": True}, lambda step: {"lr": 5e-4}),
        Variant("adam", [], {}, lambda step: {"lr": 0.02}),
    ],
    ids=["momentum", "nesterov", "adam"],
)
def test_finds_the_floor_of_rosenbrocks_valley(variant):
    w = run(ready(variant, 2), variant, np.array([-1.2, 1.0]), rosenbrock, range(6000))
    np.testing.assert_allclose(w, [1, 1], atol=1e-3)


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adam"])
def test_finds_the_floor_of_a_parabola(name):
    variant = VARIANTS[name]
    w = run(ready(variant, 4), variant, np.array(START), bowl, range(1000))
    np.testing.assert_allclose(w, [0.5, 1, -1, 2], atol=1e-3)
