"""First weights are drawn once, and not at all where a checkpoint gives the weights."""

from __future__ import annotations

import pytest

from nnfs_cli import SGD, Dense, Model, ReLU
from nnfs_cli.build import build
from nnfs_cli.nn.variable import Variable
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.saved.predictor import load_predictor
from nnfs_cli.sessions.train import train
from tests.sessions.trainings import configured, end_of, flowers, go_on, start


@pytest.fixture
def draws(monkeypatch) -> list[Variable]:
    """The variables whose first values were drawn, in order."""
    drawn, draw = [], Variable.initialize
    monkeypatch.setattr(Variable, "initialize", lambda variable, rng: (drawn.append(variable), draw(variable, rng)))
    return drawn


def test_a_training_draws_every_variable_once(locator, draws):
    start(locator)
    assert len(draws) == len(set(draws)) == 4


def test_a_training_that_goes_on_draws_nothing(locator, draws):
    run = start(locator, stop=3).run
    draws.clear()
    go_on(locator, run)
    assert not draws


def test_a_training_that_starts_from_weights_draws_nothing(locator, draws):
    run = RunDirectory(start(locator).run)
    draws.clear()
    end_of(train(configured(), locator, runs_dir=run.path.parent, init_from=run.last))
    assert not draws


def test_a_model_that_is_loaded_draws_nothing(tmp_path, draws):
    model = Model([Dense(6), ReLU(), Dense(3)], (4,))
    examples = flowers()
    model.fit(examples["x"], examples["y"], epochs=1, optimizer=SGD(lr=0.1))
    model.save(tmp_path / "m.safetensors")
    draws.clear()
    loaded = Model.load(tmp_path / "m.safetensors")
    load_predictor(checkpoint.read(tmp_path / "m.safetensors"))
    assert not draws
    assert loaded.predict(examples["x"]).tobytes() == model.predict(examples["x"]).tobytes()


@pytest.mark.parametrize("load", [Model.load, lambda path: load_predictor(checkpoint.read(path))])
def test_a_load_makes_each_layer_once(locator, monkeypatch, load):
    run, made, make = RunDirectory(start(locator).run), [], Dense.__init__
    monkeypatch.setattr(
        Dense, "__init__", lambda layer, *args, **more: (made.append(layer), make(layer, *args, **more))[1]
    )
    loaded = load(run.last)
    assert made == [layer for layer in loaded.network.layers if isinstance(layer, Dense)]


def test_a_configuration_makes_each_layer_for_its_check_and_for_its_network(locator, monkeypatch):
    made, make = [], Dense.__init__
    monkeypatch.setattr(
        Dense, "__init__", lambda layer, *args, **more: (made.append(layer), make(layer, *args, **more))[1]
    )
    config = configured()
    config.resolved(), config.resolved()
    assert len(made) == 2
    build(config, locator)
    assert len(made) == 4
