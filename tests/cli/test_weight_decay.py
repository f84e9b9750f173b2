"""Weight decay by the command line: which parameters it reaches, with one worker and with two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

DENSE = "type: dense, bias_init: standard_normal"
LAYERS = f"[flatten, {{{DENSE}, units: 8}}, batch_norm, relu, {{{DENSE}, units: 10}}]"
WEIGHTS = ("model.1.weight", "model.4.weight")
OTHERS = ("model.1.bias", "model.2.weight", "model.2.bias", "model.4.bias")
LR, DECAY = 0.01, 2.0


def trained(nnfs, name: str, *keys: str, workers: int = 1, steps: int = 1) -> dict[str, np.ndarray]:
    """The weights after some steps of adamw."""
    options = [f"model.layers={LAYERS}", "optimizer.type=adamw", f"optimizer.lr={LR}", f"training.max_steps={steps}"]
    sets = [part for key in (*options, *keys) for part in ("--set", key)]
    assert nnfs("train", "tiny.yaml", "--name", name, "--quiet", "--workers", str(workers), *sets).code == 0
    tensors = load_file(Path("runs", name, "checkpoints/last.safetensors"))
    return {key: array.astype(np.float64) for key, array in tensors.items() if key.startswith("model.")}


@pytest.mark.parametrize("workers", [1, 2])
def test_biases_and_norms_decay_only_if_they_are_told_to(nnfs, workers):
    decay = f"optimizer.weight_decay={DECAY}"
    first = trained(nnfs, "first", "optimizer.lr=1e-30", workers=workers)
    none = trained(nnfs, "none", "optimizer.weight_decay=0", workers=workers)
    weights = trained(nnfs, "weights", decay, workers=workers)
    both = trained(nnfs, "both", decay, "optimizer.decay_bias_and_norm=true", workers=workers)
    for name in OTHERS:
        np.testing.assert_array_equal(weights[name], none[name])
        np.testing.assert_allclose(both[name], none[name] - LR * DECAY * first[name], atol=1e-6)
    for name in WEIGHTS:
        np.testing.assert_array_equal(weights[name], both[name])
        np.testing.assert_allclose(weights[name], none[name] - LR * DECAY * first[name], atol=1e-6)


@pytest.mark.parametrize("optimizer", ["adamw", "lamb"])
def test_workers_change_nothing_but_the_rounding(nnfs, optimizer):
    keys = [f"optimizer.weight_decay={DECAY}", "training.dtype=float64", f"optimizer.type={optimizer}"]
    one, two, again = (
        trained(nnfs, f"w{number}", *keys, workers=workers, steps=12) for number, workers in enumerate((1, 2, 2))
    )
    for name, array in one.items():
        np.testing.assert_allclose(two[name], array, rtol=1e-6, atol=1e-9)
        np.testing.assert_array_equal(again[name], two[name])


def test_config_yaml_says_what_was_taken(nnfs):
    trained(nnfs, "told")
    assert "decay_bias_and_norm: false" in Path("runs/told/config.yaml").read_text()
