"""Overrides change one key, and their mistakes name the option."""

from __future__ import annotations

import pytest

from nnfs_cli.config import load
from nnfs_cli.errors import ConfigError

TEXT = """\
dataset: digits
model:
  layers:
    - flatten
    - {type: dense, units: 10}
optimizer: adam
scheduler: {type: one_cycle, max_lr: 1e-2}
training: {epochs: 1}
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(TEXT)
    return path


def problems(path, *overrides):
    with pytest.raises(ConfigError) as caught:
        load(path, overrides)
    return list(caught.value.problems)


def test_values_are_read_as_yaml(path):
    overrides = ["training.epochs=7", "optimizer.lr=1e-3", "training.shuffle=false", "training.max_steps=null"]
    config = load(path, [*overrides, "description=a few words", "scheduler.momentum=[0.8, 0.9]"])
    assert (config.training.epochs, config.training.shuffle, config.training.max_steps) == (7, False, None)
    assert config.optimizer.arguments == {"lr": 1e-3}
    assert config.scheduler.arguments["momentum"] == (0.8, 0.9)
    assert config.description == "a few words"


def test_the_last_one_wins(path):
    assert load(path, ["training.epochs=7", "training.epochs=8"]).training.epochs == 8


def test_seed_wins_over_all(path):
    assert load(path, ["seed=3"]).seed == 3
    assert load(path, ["seed=3"], seed=5).seed == 5
    with pytest.raises(ConfigError, match=r"^--seed -1: seed: expected a whole number from 0 to 9,223,.*, got -1.$"):
        load(path, seed=-1)


@pytest.mark.parametrize("key", ["model.layers.1.units", "model.layers[1].units"])
def test_index_of_a_layer(path, key):
    assert load(path, [f"{key}=300"]).layers[1].arguments == {"units": 300}


def test_a_layer_is_replaced(path):
    assert load(path, ["model.layers.0=relu"]).layers[0].type == "relu"
    assert load(path, ["model.layers.1={type: dropout, rate: 0.5}"]).layers[1].arguments == {"rate": 0.5}


def test_a_bare_word_takes_keys(path):
    config = load(path, ["optimizer.beta1=0.8", "model.layers.1=dense", "model.layers.1.units=5"])
    assert (config.optimizer.type, config.optimizer.arguments) == ("adam", {"beta1": 0.8})
    assert config.layers[1].arguments == {"units": 5}


def test_sections_that_are_left_out_take_keys(path):
    config = load(
        path, ["loss.label_smoothing=0.1", "training.early_stopping.patience=2", "training.checkpoint_every.steps=9"]
    )
    assert config.loss.arguments == {"label_smoothing": 0.1}
    assert config.training.early_stopping.patience == 2
    assert config.training.checkpoint_every.steps == 9


def test_a_choice_is_replaced(path):
    config = load(path, ["optimizer.beta1=0.8", "optimizer=sgd", "dataset={type: mnist, limit: 5}", "loss.type=mse"])
    assert (config.optimizer.type, config.optimizer.arguments) == ("sgd", {})
    assert (config.dataset.type, config.data.limit, config.loss.type) == ("mnist", 5, "mse")


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("optimizer.wieght_decay=1", "optimizer.wieght_decay: adam has no such key. Did you mean 'weight_decay'?"),
        ("training.epochs=-1", "training.epochs: expected a whole number from 1 to 1,000,000,000, or 'auto', got -1."),
        ("training.epochs=", "training.epochs: expected a whole number from 1 to 1,000,000,000, or 'auto', got null."),
        ("training.epochs=017", "the number 017 has a leading zero. Write 17, or '017' for text."),
        (
            "training.epochs=[1",
            "not valid YAML: the [ is not closed, or a comma is missing. Add ] or the comma.",
        ),
        ("training.epochs.x=1", "training.epochs is 1: it has no keys. Set training.epochs itself."),
        ("optimizer=adm", "optimizer: no optimizer is called 'adm'. Did you mean 'adam'?"),
        ("optimiser.lr=1", "optimiser: no such section. Did you mean 'optimizer'?"),
        ("model.layers.2.units=3", "model.layers: expected an index from 0 to 1, got '2'."),
        ("model.layers.last.units=3", "model.layers: expected an index from 0 to 1, got 'last'."),
        ("model.layers.0.units=3", "model.layers[0].units: flatten has no such key. It takes no keys."),
        ("training.epochs", "expected KEY=VALUE, such as --set optimizer.lr=1e-3."),
        ("=3", "expected KEY=VALUE, such as --set optimizer.lr=1e-3."),
        ("a." * 5000 + "b=1", "expected KEY=VALUE, such as --set optimizer.lr=1e-3."),
        ("seed=" + "[" * 100, "nested deeper than 32 levels. A configuration needs about 5."),
        ("dataset=!!python/name:os.system", "the tag !!python/name:os.system is not read. Remove it."),
    ],
)
def test_mistakes(path, option, sentence):
    assert problems(path, option) == [f"--set {option}: {sentence}"]


def test_an_empty_list_has_no_index(path):
    options = ("model.layers=[]", "model.layers.0.units=3")
    expected = f"--set {options[1]}: model.layers: is empty, so there is no index '0'. Set model.layers itself."
    assert expected in problems(path, *options)


def test_mistakes_of_file_and_options_come_together(path):
    path.write_text(TEXT.replace("epochs: 1", "epochs: 0"))
    found = problems(path, "loss=hinge", "seed")
    assert [sentence.partition(":")[0] for sentence in found] == ["--set seed", "--set loss=hinge", str(path)]


def test_an_override_mends_the_file(path):
    path.write_text(TEXT.replace("epochs: 1", "epochs: 0"))
    assert load(path, ["training.epochs=1"]).training.epochs == 1
