"""A layer with a running mean: it is saved under its name, the same with any number of workers, and resumed exactly."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from nnfs_cli import SGD, Model, Residual
from nnfs_cli.errors import CheckpointError, DivergedError
from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.variable import State
from nnfs_cli.parameters import Fraction
from nnfs_cli.registry import LAYERS, checked
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.saved.tensors import restore_weights
from nnfs_cli.training.trainer import Trainer
from tests.sessions.trainers import DIGITS, losses, trainer
from tests.sessions.trainings import epochs_of, go_on, remains, start


class Centred(Layer):
    """y = x - m; m is the mean of the batch while training, and otherwise the running mean of those."""

    type_name = "centred"

    def __init__(self, momentum: Fraction = 0.1):
        self.momentum = momentum

    def build(self, input_shape: Shape) -> Shape:
        self.summed = input_shape[0] + 1
        self.states["running_mean"] = State(input_shape, 1.0)
        return input_shape

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        running = self.states["running_mean"].value
        if not context.training:
            return x - running[:, None]
        mean = self.mean(x, context)
        running += self.momentum * (mean - running)
        return x - mean[:, None]

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        return dy - self.mean(dy, context)[:, None]

    def mean(self, x: Array, context: Context) -> Array:
        *total, count = context.sum(np.append(x.sum(axis=1), x.shape[1]))
        return (np.array(total) / count).astype(x.dtype)


@pytest.fixture
def registered(monkeypatch):
    """The layer as configurations and checkpoints know it."""
    monkeypatch.setitem(LAYERS._members, "centred", checked("centred")(Centred))


BLOCK = {"type": "residual", "layers": ["centred", {"type": "dense", "units": 4}]}
OPTIONS = {"model": {"layers": ["centred", BLOCK, {"type": "dense", "units": 3}]}}
NAMES = ["model.0.running_mean", "model.1.layers.0.running_mean"]


def states(of: Trainer) -> dict[str, Array]:
    return {name: state.value for name, state in of.network.states().items()}


def centred(workers: int = 1, **options: Any) -> Trainer:
    return trainer(
        [Flatten(), Centred(), Dense(12), Residual([Centred(), Dense(12)]), Dense(10)], workers=workers, **options
    )


def test_it_begins_with_its_first_value_and_is_no_parameter():
    begun, plain = centred(), trainer([Flatten(), Dense(12), Residual([Dense(12)]), Dense(10)])
    assert {name: value.tolist() for name, value in states(begun).items()} == {
        "1.running_mean": [1.0] * 64,
        "3.layers.0.running_mean": [1.0] * 12,
    }
    assert begun.network.state_size == 76
    assert begun.network.size == plain.network.size


def test_it_is_what_the_layer_made_of_every_batch():
    one = centred(count=40, batch_size=16, shuffle=False)
    list(one.run())
    x = DIGITS.x[:40].reshape(40, 64) / 255
    expected = np.ones(64)
    for batch in (x[:16], x[16:32], x[32:]):
        expected += 0.1 * (batch.mean(axis=0) - expected)
    np.testing.assert_allclose(states(one)["1.running_mean"], expected, rtol=1e-12)


@pytest.mark.parametrize("count", [100, 97, 65])
def test_every_worker_has_the_same(count):
    """Each measures its share of the validation with its own; 65 = 4 * 16 + 1 leaves one of them without an example."""
    alone, together = (
        epochs_of(of.run())[-1].row for of in (centred(1, held=50, count=count), centred(2, held=50, count=count))
    )
    np.testing.assert_allclose(together["val_loss"], alone["val_loss"], rtol=1e-9)
    one, two = centred(1, count=count), centred(2, count=count)
    np.testing.assert_allclose(losses(two), losses(one), rtol=1e-9)
    for name, value in states(one).items():
        np.testing.assert_allclose(states(two)[name], value, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("stop", [1, 5, 7])
def test_goes_on_to_the_same_bytes(locator, registered, stop, workers):
    whole = start(locator, f"training.workers={workers}", **OPTIONS)
    run = start(locator, f"training.workers={workers}", stop=stop, **OPTIONS).run
    go_on(locator, run)
    assert set(NAMES) < set(load_file(RunDirectory(run).last))
    assert remains(run) == remains(whole.run)


def test_a_saved_model_predicts_with_it(tmp_path, registered):
    rng = np.random.default_rng(0)
    x = rng.random((30, 4))
    model = Model([Centred(0.5), Dense(3)], (4,), dtype="float64")
    model.fit(x, np.arange(30) % 3, epochs=2, optimizer=SGD(lr=0.05), batch_size=10)
    model.save(tmp_path / "m.safetensors")
    tensors = load_file(tmp_path / "m.safetensors")
    scores = (x - tensors["model.0.running_mean"]) @ tensors["model.1.weight"].T + tensors["model.1.bias"]
    powers = np.exp(scores)
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(Model.load(tmp_path / "m.safetensors").predict(x), expected, rtol=1e-12)
    again = copy.deepcopy(model)
    again.network.kept += 1
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-12)
    assert np.abs(again.predict(x) - expected).max() > 0.01


def test_a_checkpoint_without_it_is_of_another_network(locator, registered):
    run = start(locator, **{"model": {"layers": [{"type": "dense", "units": 3}]}}).run
    network = Network([Centred(), Dense(3)], (4,))
    with pytest.raises(CheckpointError, match=r"missing     model\.0\.running_mean \(4,\)"):
        restore_weights(network, checkpoint.read(RunDirectory(run).last))


def test_a_step_that_diverges_leaves_it_as_it_was():
    steep = centred()
    steep.network.layers[2].variables["weight"].value[0, 0] = np.nan
    with pytest.raises(DivergedError):
        list(steep.run())
    assert all((value == 1).all() for value in states(steep).values())


@pytest.mark.parametrize(("number", "word"), [(np.nan, "NaN"), (np.inf, "infinite")])
def test_it_is_not_saved_when_it_is_not_finite(number, word):
    broken = centred()
    states(broken)["3.layers.0.running_mean"][1] = number
    with pytest.raises(DivergedError, match=rf"model\.3\.layers\.0\.running_mean became {word}"):
        broken.refuse_broken_parameters()
