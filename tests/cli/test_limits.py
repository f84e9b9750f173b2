"""Limits: what nobody could read again is refused before the first step, and no run directory is left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.errors import ConfigError, MachineError
from nnfs_cli.model import Model
from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.optimizers.adam import Adam
from nnfs_cli.runs import checkpoint
from nnfs_cli.saved.description import MOST_LAYERS

DEEP = """\
dataset: {type: digits, limit: 20}
model: {layers: [flatten, LAYERS {type: dense, units: 10}]}
loss: cross_entropy
optimizer: {type: adam, lr: 1e-3}
training: {epochs: 1, workers: 1}
"""


class Unregistered(ReLU):
    """A layer that no checkpoint can name."""

    type_name = "unregistered"


@pytest.mark.parametrize(
    ("layers", "code", "words"),
    [
        ("relu, " * 5_200, 2, "more than 10,000 values"),
        ("{type: dense, units: 1}, " * 170, 6, "it has 1026 tensors, more than the 1000 that are allowed"),
    ],
)
def test_a_network_that_is_too_deep(nnfs, monkeypatch, layers, code, words):
    monkeypatch.setattr(checkpoint, "MAX_TENSORS", 1000)
    Path("deep.yaml").write_text(DEEP.replace("LAYERS", layers))
    done = nnfs("train", "deep.yaml")
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
    assert words in done.err
    assert not list(Path("runs").glob("*"))


def test_check_refuses_what_train_could_not_save(nnfs):
    layers = "{repeat: {times: 2000, layers: [{type: residual, layers: [relu]}]}},"
    Path("deep.yaml").write_text(DEEP.replace("LAYERS", layers))
    checked, trained = nnfs("check", "deep.yaml"), nnfs("train", "deep.yaml")
    assert (checked.code, trained.code) == (2, 2)
    assert checked.err == trained.err
    assert "model.layers[1].repeat: stands for more than 10,000 values" in checked.err
    assert "alias" not in checked.err


def test_a_header_that_is_too_large(nnfs, monkeypatch):
    monkeypatch.setattr(checkpoint, "MAX_HEADER", 2000)
    done = nnfs("train", "tiny.yaml")
    assert (done.code, done.out, done.err.count("\n")) == (6, "", 1)
    assert "at most 2,000 are allowed. Train a network with fewer layers, features or classes." in done.err
    assert not list(Path("runs").iterdir())


def test_a_state_that_cannot_be_restored(nnfs, monkeypatch):
    monkeypatch.setattr(Adam, "state", lambda optimizer: {"steps": -1})
    done = nnfs("train", "tiny.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err == "this training cannot be saved, because its checkpoint could not be read again: steps is -1.\n"
    assert not list(Path("runs").iterdir())


def test_a_limit_that_is_met_while_training_leaves_the_last_checkpoint(nnfs, monkeypatch):
    assert nnfs("train", "tiny.yaml", "--set", "training.max_steps=3").code == 0
    last = Path("runs/tiny-1/checkpoints/last.safetensors")
    before = last.read_bytes()
    monkeypatch.setattr(checkpoint, "MAX_TENSORS", 3)
    with pytest.raises(MachineError):
        checkpoint.write(last, {str(name): np.zeros(1) for name in range(4)}, {})
    assert last.read_bytes() == before


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([ReLU()] * (MOST_LAYERS + 1), "has 10,001 layers, more than the 10,000 that are allowed"),
        ([Unregistered()], "no layer is called 'unregistered'"),
    ],
)
def test_a_model_that_could_not_be_loaded_is_not_saved(layers, words):
    path = Path("model.safetensors")
    Model([Dense(3)], (2,)).save(path)
    before = path.read_bytes()
    model = Model([ReLU() if type(layer) is ReLU else layer for layer in layers], (3,))
    with pytest.raises(ConfigError, match=words):
        model.save(path)
    assert path.read_bytes() == before
