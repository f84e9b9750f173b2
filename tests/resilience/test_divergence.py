"""Divergence on the command line: exit code 5, where and at which rate, and a run that is as it was before."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.recovery import ended_as
from tests.sessions.trainings import lines

RUN = RunDirectory(Path("runs/tiny-1"))
ADVICE = "Try a smaller rate (nnfs lr-find suggests one) or training.gradient_clip_norm: 1.\n"
EXPLODING = ("--set", "optimizer=sgd", "--set", "scheduler={type: step, max_lr: 1e-2, step_size: 1, gamma: 1e30}")
"""A rate of 1e-2 in the first epoch and of 1e28 in the second."""
WIDE = """\
dataset: {type: npz, train: far.npz, validation: 0, standardize: false, target_transform: none}
model: {layers: [{type: dense, units: 1, init: glorot_uniform}]}
loss: mse
optimizer: {type: sgd, lr: 1e-3}
training: {epochs: 2, batch_size: 4}
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_loss_nan_or_inf(nnfs, workers):
    """Loss NaN or Inf: the last finite checkpoint is kept, NaN is never "best"."""
    done = nnfs("train", "tiny.yaml", "--workers", workers, *EXPLODING)
    message = (
        "loss became NaN at epoch 2, step 8, lr = 1e+28, first in the output of model.layers[3] (dense). " + ADVICE
    )
    assert (done.code, done.out) == (5, "")
    assert done.err.endswith(message)
    summary = json.loads(RUN.summary.read_text())
    assert (summary["status"], f"{summary['error']}\n") == ("diverged", message)
    assert (summary["best"]["epoch"], lines(RUN.metrics)) == (1, 2)
    assert math.isfinite(summary["best"]["val_loss"])
    for path in (RUN.best, RUN.last):
        saved = checkpoint.read(path)
        assert saved.state["training"]["step"] == 6
        assert all(np.isfinite(array).all() for array in saved.tensors.values())
    assert nnfs("evaluate", "tiny-1").code == 0
    again = nnfs("train", "--resume", "tiny-1")
    assert (again.code, again.err.endswith(message)) == (5, True), "the same bytes diverge in the same step"
    assert ended_as(RUN.path) == "diverged"


@pytest.mark.parametrize(
    ("target", "where"),
    [
        (1e30, "loss became infinite at epoch 1, step 1, lr = 0.001, though every layer's output is finite. "),
        (1.5e19, "gradient of model.layers[0] (dense) became infinite at epoch 1, step 1, lr = 0.001. "),
    ],
    ids=["in the loss", "in the gradients"],
)
def test_inf_in_gradients(nnfs, target, where):
    """Inf in gradients: though the loss, a square of 1.5e19, is a number still."""
    x = np.zeros((8, 1024), np.float32)
    x[:, 0] = 1.7e19
    np.savez("far.npz", x=x, y=np.full((8, 1), target))
    Path("tiny.yaml").write_text(WIDE)
    done = nnfs("train", "tiny.yaml", "--data-dir", ".")
    assert (done.code, done.out) == (5, "")
    assert done.err.endswith(where + ADVICE)
    assert ended_as(RUN.path) == "diverged"
    saved = checkpoint.read(RUN.last)
    assert saved.state["training"]["step"] == 0
    assert all(np.isfinite(array).all() for array in saved.tensors.values())
    assert not RUN.best.exists()
