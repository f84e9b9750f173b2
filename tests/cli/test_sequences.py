"""Arrays (N, length) and (N, channels, length) reach conv1d by a reshape, which the mistake without it tells."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

LENGTH, WAVES = 24, (4, 6, 12)
LAYERS = """
    - {type: conv1d, filters: 8, kernel_size: 5, padding: same}
    - relu
    - max_pool1d
    - global_avg_pool1d
    - {type: dense, units: auto}
"""
RESHAPE = "{{type: reshape, shape: {}}}"
CASES = {
    "one channel": ((LENGTH,), [1, LENGTH], f"vectors of {LENGTH} features"),
    "two channels": ((2, LENGTH), [2, LENGTH], f"images of shape (1, 2, {LENGTH})"),
}


def write(shape: tuple[int, ...], head: str = "") -> np.ndarray:
    """Waves of three lengths, each with a phase of its own; a second channel is noise in other units."""
    rng = np.random.default_rng(4)
    y = np.arange(240) % len(WAVES)
    place = np.arange(LENGTH) / np.array(WAVES)[y, None] + rng.uniform(size=(len(y), 1))
    x = np.sin(2 * np.pi * place) + 0.1 * rng.standard_normal(place.shape)
    if len(shape) > 1:
        x = np.stack([x, 50 + 9 * rng.standard_normal(x.shape)], axis=1)
    np.savez("waves.npz", x=x.astype(np.float32), y=y)
    data = "dataset: {type: npz, train: waves.npz, test: 0.25}\n"
    training = "optimizer: {type: adam, lr: 1e-2}\ntraining: {epochs: 15}\n"
    Path("waves.yaml").write_text(f"{data}model:\n  layers:{head}{LAYERS}{training}")
    return x


@pytest.mark.parametrize("case", CASES)
def test_the_mistake_tells_how(nnfs, case):
    shape, own, words = CASES[case]
    write(shape)
    done = nnfs("check", "waves.yaml")
    assert (done.code, done.err) == (
        2,
        f"waves.yaml:4: model.layers[0] (conv1d): takes sequences (channels, length), got {words}. "
        f"Put {RESHAPE.format(own)} before it.\n",
    )
    write(shape, f"\n    - {RESHAPE.format(own)}")
    assert nnfs("check", "waves.yaml").code == 0


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("case", CASES)
def test_they_are_learned_and_answered(nnfs, case, workers):
    shape, own, _ = CASES[case]
    x = write(shape, f"\n    - {RESHAPE.format(own)}\n    - batch_norm")
    run = json.loads(nnfs("train", "waves.yaml", "--json", "--quiet", "--set", f"training.workers={workers}").out)[
        "run"
    ]
    assert json.loads(nnfs("evaluate", run, "--json").out)["accuracy"] >= 0.9
    np.save("new.npy", x[:30])
    rows = [*csv.DictReader(io.StringIO(nnfs("predict", run, "new.npy").out))]
    assert np.mean([int(row["label"]) == index % len(WAVES) for index, row in enumerate(rows)]) >= 0.9
