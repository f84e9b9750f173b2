"""What leaves a network is the caller's own, and how `init: auto` is settled by what follows a layer."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.nn.context import PREDICTION
from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.dropout import Dropout
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.layers.max_pool import MaxPool2D
from nnfs_cli.nn.layers.mish import Mish
from nnfs_cli.nn.layers.scale import Scale
from nnfs_cli.nn.layers.selu import SELU
from nnfs_cli.nn.network import Network
from nnfs_cli.registry import LAYERS, describe_object
from tests.nn.layer_cases import CASES, make, random_batch


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_output_that_is_kept_stays_what_it_was(case, training):
    network = Network([make(case.config)], case.input_shape, dtype="float64")
    network.allocate()
    context = network.training_context(0) if training else PREDICTION
    x = random_batch(case.input_shape, 4)
    kept = network.forward(x, context)
    before = kept.copy()
    later = network.forward(random_batch(case.input_shape, 3) + 1, context)
    np.testing.assert_array_equal(kept, before)
    assert not np.shares_memory(kept, later)
    assert not np.shares_memory(kept, x)
    kept[...] = 0


def test_every_layer_has_a_case():
    assert {case.config["type"] for case in CASES} == set(LAYERS)


def test_a_network_of_no_layers_gives_no_memory_of_its_caller():
    network, x = Network([], (3,)), random_batch((3,), 2)
    network.allocate()
    assert not np.shares_memory(network.forward(x), x)


SELECTING = {"dropout": Dropout(0.5), "pooling": MaxPool2D(1)}


def names(*layers, shape=(2, 6, 6)) -> list[str]:
    """How each layer with weights draws them, by its description."""
    Network(layers, shape)
    return [described["init"] for layer in layers if "init" in (described := describe_object(layer))]


@pytest.mark.parametrize("between", SELECTING)
def test_before_a_rectifier_weights_are_wider_whatever_moves_or_selects_in_between(between):
    assert names(Conv2D(2, 3), SELECTING[between], ReLU()) == ["he_uniform"]
    assert names(Conv2D(2, 3), SELECTING[between], Flatten(), Dense(3)) == ["glorot_uniform"] * 2


@pytest.mark.parametrize(
    ("after", "name"),
    [(ReLU(), "he_uniform"), (Mish(), "he_uniform"), (SELU(), "lecun_normal"), (Scale(), "glorot_uniform")],
)
def test_the_activation_decides_how_the_layer_before_it_draws(after, name):
    assert names(Dense(4), after, shape=(5,)) == [name]


def test_a_scale_of_ones_leaves_the_choice_to_the_layer_after_it():
    assert names(Dense(4), Scale(), SELU(), shape=(5,)) == ["lecun_normal"]


def test_each_layer_looks_at_the_next_that_computes():
    layers = [Conv2D(2, 3), Flatten(), ReLU(), Dense(5), Dense(4), Dropout(0.1), ReLU(), Dense(3)]
    assert names(*layers) == ["he_uniform", "glorot_uniform", "he_uniform", "glorot_uniform"]


def test_a_name_that_was_chosen_stays():
    assert names(Dense(4, init="glorot_normal"), ReLU(), Dense(3, init="he_normal"), shape=(5,)) == [
        "glorot_normal",
        "he_normal",
    ]
    assert names(Conv2D(2, 3, init="he_normal")) == ["he_normal"]


@pytest.mark.parametrize("layer", [lambda **init: Dense(400, **init), lambda **init: Conv2D(400, 1, **init)])
@pytest.mark.parametrize("after", [[], [ReLU()]])
def test_auto_draws_what_its_name_draws(layer, after):
    shape = (300,) if isinstance(layer(), Dense) else (300, 1, 1)

    def drawn(**init) -> np.ndarray:
        network = Network([layer(**init), *after], shape, seed=2)
        network.allocate()
        network.initialize()
        return network.values

    np.testing.assert_array_equal(drawn(), drawn(init="he_uniform" if after else "glorot_uniform"))
    bound = np.sqrt(6 / 300 if after else 6 / 700)
    assert 0.999 * bound < np.abs(drawn()).max() <= bound
