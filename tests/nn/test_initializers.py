"""Initializers: how wide they draw, and the same again from the same seed."""

from __future__ import annotations

import math
import typing

import numpy as np
import pytest

from nnfs_cli.cli import reference
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.initializers import INITIALIZERS, BiasInitializer, InitializerChoice, InitializerName, initializer
from nnfs_cli.nn.layers.conv1d import Conv1D
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.network import Network
from nnfs_cli.parameters import Finite
from nnfs_cli.registry import LAYERS

FAN_IN, FAN_OUT = 300, 200
DEVIATIONS = {
    "he_uniform": math.sqrt(2 / FAN_IN),
    "he_normal": math.sqrt(2 / FAN_IN),
    "glorot_uniform": math.sqrt(2 / (FAN_IN + FAN_OUT)),
    "glorot_normal": math.sqrt(2 / (FAN_IN + FAN_OUT)),
    "lecun_uniform": math.sqrt(1 / FAN_IN),
    "lecun_normal": math.sqrt(1 / FAN_IN),
    "standard_normal": 1.0,
    "orthogonal": math.sqrt(1 / FAN_IN),
}


def draw(name: str, seed: int = 0) -> np.ndarray:
    return INITIALIZERS[name](fan_in=FAN_IN, fan_out=FAN_OUT)((FAN_OUT, FAN_IN), np.random.default_rng(seed))


def test_every_initializer_has_a_deviation():
    assert {*DEVIATIONS, "zeros"} == set(INITIALIZERS) == set(typing.get_args(InitializerName))
    words, number = typing.get_args(InitializerChoice)
    assert (set(typing.get_args(words)), number) == ({*INITIALIZERS, "auto"}, Finite)
    words, number = typing.get_args(BiasInitializer)
    assert (set(typing.get_args(words)), number) == ({*INITIALIZERS} - {"orthogonal"}, Finite)


@pytest.mark.parametrize("cls", [Dense, Conv1D, Conv2D])
def test_what_auto_is_stands_in_the_docstring(cls):
    kinds = {kind: [] for kind in INITIALIZERS}
    for name, layer in LAYERS.items():
        if isinstance(layer.init_before, str):
            kinds[layer.init_before].append(name)
    *others, last = kinds["he_uniform"]
    said = f"auto is he_uniform before {', '.join(others)} and {last}, lecun_normal before "
    assert f"{said}{', '.join(kinds['lecun_normal'])}, else glorot_uniform." in reference.arguments(cls)["init"]
    assert [kind for kind, names in kinds.items() if names] == ["he_uniform", "glorot_uniform", "lecun_normal"]


def test_the_table_of_initializers_names_what_auto_passes_over():
    table = reference.initializers()
    (auto,) = [line for line in table.splitlines() if line.startswith("| `auto` |")]
    over = auto.partition(" are passed over")[0].partition("before all else. ")[2]
    for name in ("batch_norm", "dropout", "scale", "layer_norm", "group_norm", "avg_pool2d"):
        assert (f"`{name}`" in over) == (LAYERS[name].selects is True) == (name in ("batch_norm", "dropout", "scale"))
    assert all(f"| `{name}` | " in table for name in INITIALIZERS)


@pytest.mark.parametrize(("name", "deviation"), DEVIATIONS.items())
def test_mean_and_deviation(name, deviation):
    weights = draw(name)
    assert weights.shape == (FAN_OUT, FAN_IN)
    assert abs(weights.mean()) < 4 * deviation / math.sqrt(weights.size)
    assert weights.std() == pytest.approx(deviation, rel=0.02)


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("he_uniform", math.sqrt(6 / FAN_IN)),
        ("glorot_uniform", math.sqrt(6 / (FAN_IN + FAN_OUT))),
        ("lecun_uniform", math.sqrt(3 / FAN_IN)),
    ],
)
def test_uniform_ones_fill_their_bounds(name, bound):
    assert 0.999 * bound < np.abs(draw(name)).max() <= bound


@pytest.mark.parametrize("name", ["he_normal", "glorot_normal", "lecun_normal", "standard_normal"])
def test_normal_ones_are_not_cut_off(name):
    """Of 60,000 draws 162 lie beyond three deviations, give or take 13."""
    beyond = (np.abs(draw(name)) > 3 * DEVIATIONS[name]).sum()
    assert 100 < beyond < 225


@pytest.mark.parametrize("name", list(DEVIATIONS))
def test_equal_seeds_give_equal_weights(name):
    np.testing.assert_array_equal(draw(name, seed=1), draw(name, seed=1))
    assert (draw(name, seed=1) != draw(name, seed=2)).all()


def test_auto_that_nothing_settled_is_that_of_a_layer_without_an_activation():
    assert initializer("auto") is INITIALIZERS["glorot_uniform"]
    assert initializer("he_normal") is INITIALIZERS["he_normal"]


def test_zeros_take_no_random_numbers():
    rng = np.random.default_rng(0)
    assert INITIALIZERS["zeros"](2, 3)((3,), rng).tolist() == [0, 0, 0]
    assert rng.random() == np.random.default_rng(0).random()


@pytest.mark.parametrize(
    ("layer", "shape", "fan_in"),
    [
        (Dense(4000, bias_init="lecun_uniform"), (12,), 12),
        (Conv2D(4000, (1, 2), bias_init="lecun_uniform"), (6, 1, 2), 12),
    ],
)
def test_biases_are_drawn_as_told_for_the_fan_in_of_their_layer(layer, shape, fan_in):
    network, bound = Network([layer], shape), math.sqrt(3 / fan_in)
    network.allocate()
    network.initialize()
    assert 0.99 * bound < np.abs(layer.variables["bias"].value).max() <= bound


@pytest.mark.parametrize(
    ("layer", "shape", "fan_in"),
    [
        (Dense(40, init="he_uniform"), (1000,), 1000),
        (Conv2D(40, (3, 5), init="he_uniform"), (10, 6, 6), 10 * 3 * 5),
    ],
)
def test_the_fan_in_of_a_layer_is_what_one_output_sums_over(layer, shape, fan_in):
    network, bound = Network([layer], shape), math.sqrt(6 / fan_in)
    network.allocate()
    network.initialize()
    assert 0.99 * bound < np.abs(layer.variables["weight"].value).max() <= bound


@pytest.mark.parametrize("shape", [(5, 5), (4, 7), (7, 4), (1, 6), (6, 1), (3, 2, 3), (20, 2, 3), (4, 2, 3, 2)])
def test_orthogonal_rows_or_columns_are_at_right_angles_and_of_length_1(shape):
    drawn = INITIALIZERS["orthogonal"](1, 1)(shape, np.random.default_rng(0))
    assert drawn.shape == shape
    rows = drawn.reshape(shape[0], -1)
    short = rows if len(rows) <= rows.shape[1] else rows.T
    np.testing.assert_allclose(short @ short.T, np.eye(len(short)), atol=1e-14)


def test_every_orthogonal_matrix_is_as_likely():
    """Without the signs of R, LAPACK would give a first column with a first number that is never above 0."""
    rng = np.random.default_rng(0)
    corners = np.array([INITIALIZERS["orthogonal"](1, 1)((3, 3), rng) for _ in range(2000)])
    np.testing.assert_allclose(corners.mean(axis=0), 0, atol=4 / math.sqrt(3 * 2000))
    np.testing.assert_allclose((corners**2).mean(axis=0), 1 / 3, atol=0.03)


@pytest.mark.parametrize("layer", [Dense(3, init=0.25, bias_init=-1), Conv1D(3, 2, init=0.25, bias_init=-1)])
def test_a_number_is_what_all_weights_are(layer):
    network = Network([layer], (4,) if isinstance(layer, Dense) else (2, 4))
    network.allocate()
    network.initialize()
    assert (layer.variables["weight"].value == 0.25).all()
    assert (layer.variables["bias"].value == -1).all()


@pytest.mark.parametrize(
    ("key", "value", "got"),
    [
        ("init", math.inf, "inf"),
        ("init", True, "True"),
        ("init", "0.1", "'0.1'"),
        ("bias_init", "orthogonal", "'orthogonal'"),
        ("bias_init", "auto", "'auto'"),
    ],
)
def test_what_is_no_initializer_is_refused_with_those_that_are(key, value, got):
    with pytest.raises(
        ConfigError, match=f"^dense: {key}: expected .*'zeros', or a number from -1e30 to 1e30, got {got}"
    ):
        Dense(3, **{key: value})
