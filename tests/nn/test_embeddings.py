"""Embeddings: rows of learned tables before the first layer, their gradients, and what is no row."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.nn.context import PREDICTION
from nnfs_cli.nn.costs import buffer_bytes
from nnfs_cli.nn.embeddings import Embedding, Embeddings, each_no_row
from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.network import Network
from nnfs_cli.training.step.divergence import broken_numbers, first_output, last_layer
from tests.nn.gradients import assert_gradient

TABLES = (Embedding("town", 5), Embedding("street", 3))


def made(layers=None, *, seed: int = 0) -> Network:
    """Two numbers and two words before a network, in double precision, all of it drawn at random."""
    network = Network(layers or [Dense(4), ReLU(), Dense(2)], (4,), embeddings=TABLES, dtype="float64")
    network.allocate()
    network.values[:] = np.random.default_rng(seed).normal(size=network.size)
    return network


def examples(count: int = 7) -> np.ndarray:
    """(4, count): two numbers, a row of each table, some of them several times."""
    rng = np.random.default_rng(3)
    return np.concatenate([rng.normal(size=(2, count)), rng.integers(0, 5, (1, count)), rng.integers(0, 3, (1, count))])


def test_words_become_their_rows_behind_the_numbers():
    network, x = made([Dense(2)]), examples()
    tables = {name: variable.value for name, variable in network.variables().items() if name[:2] == "em"}
    assert {name: table.shape for name, table in tables.items()} == {
        "embedding.town.weight": (5, 8),
        "embedding.street.weight": (3, 8),
    }
    weight, bias = network.variables()["0.weight"].value, network.variables()["0.bias"].value
    for example, scores in zip(x.T, network.forward(x).T, strict=True):
        first = [*example[:2], *tables["embedding.town.weight"][int(example[2])]]
        first += [*tables["embedding.street.weight"][int(example[3])]]
        np.testing.assert_allclose(scores, weight @ first + bias, rtol=1e-12)


def test_tables_start_at_zero_and_are_drawn_before_no_other_weight():
    plain, with_words = Network([Dense(3)], (18,)), Network([Dense(3)], (4,), embeddings=TABLES)
    for network in (plain, with_words):
        network.allocate()
        network.initialize()
    assert not any(with_words.variables()[f"embedding.{name}.weight"].value.any() for name in ("town", "street"))
    np.testing.assert_array_equal(plain.variables()["0.weight"].value, with_words.variables()["0.weight"].value)


@pytest.mark.parametrize("seed", range(5))
def test_gradients_of_all_weights(seed):
    network, x = made(seed=seed), examples()

    def loss() -> float:
        return float((network.forward(x) ** 2).sum())

    network.backward(2 * network.forward(x))
    assert_gradient(loss, network.values, network.grads.copy(), seed=seed)


def test_each_row_has_the_sum_of_the_gradients_of_its_words_and_others_have_none():
    network, x = made(), examples(9)
    x[2] = [1, 1, 1, 4, 4, 2, 2, 2, 2]
    step = 1e-6
    network.backward(2 * network.forward(x))
    gradient = dict(network.split(network.grads))["embedding.town.weight"].copy()
    assert not gradient[[0, 3]].any()
    table = network.variables()["embedding.town.weight"].value
    for row in (1, 2, 4):
        for column in range(8):
            losses = []
            for sign in (1, -1):
                table[row, column] += sign * step
                losses.append((network.forward(x) ** 2).sum())
                table[row, column] -= sign * step
            assert gradient[row, column] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-4, abs=1e-6)


def test_a_second_backward_pass_begins_anew():
    network, x = made(), examples()
    network.backward(np.ones_like(network.forward(x)))
    once = network.grads.copy()
    network.backward(np.ones_like(network.forward(x)))
    np.testing.assert_array_equal(network.grads, once)


@pytest.mark.parametrize("training", [True, False])
def test_its_memory_is_known_before(training):
    network, x = made(), examples(13)
    expected = network.buffers(13, training=training)
    assert len(expected) == 4
    assert expected[0] == {"y": 18 * 13 * 8}
    network.forward(x, PREDICTION)
    front = next(layer for name, layer in network.walk() if name == "embedding")
    assert isinstance(front, Embeddings)
    assert front.workspace.array("y", (18, 13), np.float64).nbytes == 18 * 13 * 8
    assert buffer_bytes(expected) >= 18 * 13 * 8


@pytest.mark.parametrize(
    ("example", "found"),
    [
        ([0.5, -1, 4, 2], None),
        ([0, 0, 0, 0], None),
        ([0, 0, 5, 0], (2, 0)),
        ([0, 0, -1, 7], (2, 0)),
        ([0, 0, 1, 0.5], (3, 1)),
        ([0, 0, 1, np.nan], (3, 1)),
        ([0, 0, 1e300, 0], (2, 0)),
    ],
)
def test_numbers_that_are_no_rows(example, found):
    x = np.array([[9.0, 9, 1, 1], example, [0, 0, 4, 1]])
    assert list(each_no_row(x, TABLES)) == ([] if found is None else [(1, found[0], TABLES[found[1]])])
    assert list(each_no_row(x, ())) == []


def test_what_is_no_row_is_told():
    assert TABLES[1].expected(7.5) == (
        "column 'street': expected the number of a word, a whole number from 0 to 2, got 7.5"
    )


def test_a_divergence_in_an_embedding_names_its_column():
    network, x = made(), examples()
    vector = np.zeros(network.size)
    dict(network.split(vector))["embedding.street.weight"][2, 3] = np.inf
    assert last_layer(network, broken_numbers(network, vector)) == ("the embedding of column 'street'", np.inf)
    dict(network.split(vector))["embedding.street.weight"][2, 3] = 0
    dict(network.split(vector))["embedding.town.weight"][0, 0] = np.nan
    name, value = last_layer(network, broken_numbers(network, vector))
    assert (name, np.isnan(value)) == ("the embedding of column 'town'", True)
    dict(network.split(vector))["2.bias"][0] = np.inf
    assert last_layer(network, broken_numbers(network, vector))[0] == "model.layers[2] (dense)"
    network.variables()["embedding.town.weight"].value[int(x[2, 0])] = np.inf
    assert first_output(network, x) == "first in the output of the embeddings"
