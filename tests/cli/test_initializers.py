"""Initializers by the command line: words and numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file


def first_weights(nnfs, keys: str, *options: str) -> dict[str, np.ndarray]:
    """The weights of the hidden layer with these keys, before they have moved."""
    still = ["--set", "optimizer.lr=1e-30", "--set", "training.max_steps=1", "--quiet", *options]
    done = nnfs(
        "train", "tiny.yaml", "--name", "a", "--set", f"model.layers.1={{type: dense, units: 16, {keys}}}", *still
    )
    assert (done.code, done.err) == (0, "")
    return load_file(Path("runs/a/checkpoints/last.safetensors"))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_orthogonal_weights_and_biases_of_a_number(nnfs, workers):
    found = first_weights(nnfs, "init: orthogonal, bias_init: 0.1", "--workers", workers)
    weight = found["model.1.weight"].astype(np.float64)
    np.testing.assert_allclose(weight @ weight.T, np.eye(16), atol=1e-6)
    assert (found["model.1.bias"] == np.float32(0.1)).all()


def test_a_number_comes_back_out_of_the_run(nnfs):
    assert (first_weights(nnfs, "init: -2, bias_init: 1e-3")["model.1.weight"] == -2).all()
    assert "init: -2.0, bias_init: 0.001" in Path("runs/a/config.yaml").read_text()
    assert nnfs("evaluate", "a").code == 0
    again = nnfs("train", "runs/a/config.yaml", "--name", "b", "--quiet")
    assert (again.code, again.err) == (0, "")
    one, two = (load_file(Path("runs", name, "checkpoints/last.safetensors")) for name in "ab")
    assert all((two[name] == array).all() for name, array in one.items())
