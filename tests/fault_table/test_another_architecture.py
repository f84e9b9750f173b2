"""A checkpoint whose weights do not fit the network that is to take them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.errors import CheckpointError
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.network import Network
from nnfs_cli.runs import checkpoint
from nnfs_cli.saved.tensors import restore_weights
from tests.fault_table.evidence import contents

BEST = Path("runs/tiny/checkpoints/best.safetensors")
OTHERS = {
    "other units": (
        ["model.layers.1.units=17"],
        [
            "  mismatched  model.1.weight: the network has (17, 64), the file (16, 64)",
            "  mismatched  model.1.bias: the network has (17,), the file (16,)",
            "  mismatched  model.3.weight: the network has (10, 17), the file (10, 16)",
        ],
    ),
    "another first layer and one more": (
        ["model.layers=[flatten, {type: dense, units: 8}, {type: dense, units: 16}, {type: dense, units: 10}]"],
        [
            "  missing     model.2.weight (16, 8)",
            "  missing     model.2.bias (16,)",
            "  mismatched  model.1.weight: the network has (8, 64), the file (16, 64)",
            "  mismatched  model.1.bias: the network has (8,), the file (16,)",
        ],
    ),
    "a layer less": (
        ["model.layers=[flatten, {type: dense, units: 10}]"],
        [
            "  unexpected  model.3.bias (10,)",
            "  unexpected  model.3.weight (10, 16)",
            "  mismatched  model.1.weight: the network has (10, 64), the file (16, 64)",
            "  mismatched  model.1.bias: the network has (10,), the file (16,)",
        ],
    ),
    "another kind of layer": (
        ["model.layers=[{type: conv2d, filters: 2, kernel_size: 3}, flatten, {type: dense, units: 10}]"],
        [
            "  missing     model.0.weight (2, 1, 3, 3)",
            "  missing     model.0.bias (2,)",
            "  missing     model.2.weight (10, 72)",
            "  missing     model.2.bias (10,)",
            "  unexpected  model.1.bias (16,)",
            "  unexpected  model.1.weight (16, 64)",
            "  unexpected  model.3.bias (10,)",
            "  unexpected  model.3.weight (10, 16)",
        ],
    ),
    "other images": (
        ["dataset.size=12"],
        ["  mismatched  model.1.weight: the network has (16, 144), the file (16, 64)"],
    ),
}


@pytest.mark.parametrize("other", OTHERS)
def test_checkpoint_of_another_architecture(nnfs, runs, other):
    """checkpoint of another architecture"""
    overrides, lines = OTHERS[other]
    before = contents()
    options = [word for override in overrides for word in ("--set", override)]
    done = nnfs("train", "tiny.yaml", "--init-from", "tiny", "--name", "new", *options)
    head, *table = done.err.splitlines()
    assert (done.code, done.out) == (4, "")
    assert head == f"{BEST}: is of another network, its tensors differ. Use a checkpoint of the same layers:"
    assert sorted(table) == sorted(lines)
    assert contents() == before


@pytest.mark.parametrize("command", [("evaluate", str(BEST)), ("predict", str(BEST), "x.npy")], ids=lambda c: c[0])
@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda tensors: tensors.pop("model.3.bias"), "  missing     model.3.bias (10,)"),
        (lambda tensors: tensors.update({"model.9.bias": np.ones(2)}), "  unexpected  model.9.bias (2,)"),
        (
            lambda tensors: tensors.update({"model.3.bias": np.ones(11, np.float32)}),
            "  mismatched  model.3.bias: the network has (10,), the file (11,)",
        ),
    ],
    ids=["missing", "unexpected", "mismatched"],
)
def test_checkpoint_of_another_architecture_than_it_says(nnfs, runs, command, change, line):
    """checkpoint of another architecture"""
    saved = checkpoint.read(BEST)
    tensors = dict(saved.tensors)
    change(tensors)
    state = {key: value for key, value in saved.state.items() if key != "format"}
    checkpoint.write(BEST, tensors, state)
    np.save("x.npy", np.zeros((1, 64)))
    before = contents()
    done = nnfs(*command)
    assert (done.code, done.out, done.err) == (
        4,
        "",
        f"{BEST}: is of another network, its tensors differ. Use a checkpoint of the same layers:\n{line}\n",
    )
    assert contents() == before


def test_checkpoint_of_another_architecture_is_not_half_loaded(runs):
    """checkpoint of another architecture: nothing half-loaded"""
    network = Network([Flatten(), Dense(16), Dense(9)], (1, 8, 8))
    network.allocate()
    network.initialize()
    before = network.values.copy()
    with pytest.raises(CheckpointError, match="unexpected"):
        restore_weights(network, checkpoint.read(BEST))
    np.testing.assert_array_equal(network.values, before)
