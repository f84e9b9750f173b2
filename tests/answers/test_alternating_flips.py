"""Flips that alternate, through `train`: every image is seen from its two sides in any two epochs that follow."""

from __future__ import annotations

import numpy as np
import pytest

from tests.answers.asking import table_of
from tests.answers.independent.figures import cross_entropy
from tests.answers.independent.network import scores_of, weights_in
from tests.answers.tables import write_config

EXAMPLES = 300
LAYERS = ["flatten", {"type": "dense", "units": 3}]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("name", "axis"), [("horizontal", 3), ("vertical", 2)])
def test_two_epochs_show_both_sides_of_every_image(ask, folder, workers, name, axis):
    """With weights that stay, the losses of two epochs add up to those of all images and of all mirrored ones."""
    rng = np.random.default_rng(3)
    x, y = rng.random((EXAMPLES, 2, 3, 5)), rng.integers(0, 3, EXAMPLES)
    np.savez("train.npz", x=x, y=y)
    flips = [{"type": "flip", "axis": name, "alternate": True}]
    dataset = {"type": "npz", "train": "train.npz", "standardize": False, "validation": 0, "augment": flips}
    write_config(folder / "c.yaml", dataset, LAYERS, "cross_entropy", workers=workers)
    ask("train", "c.yaml", "--name", "run", "--quiet", "--set", "optimizer.lr=1e-25", "--set", "training.epochs=5")
    weights = weights_in(folder / "runs/run/checkpoints/last.safetensors")
    plain, mirrored = (cross_entropy(scores_of(LAYERS, weights, of), y).mean() for of in (x, np.flip(x, axis)))
    losses = [row["train_loss"] for row in table_of(folder / "runs/run/metrics.csv")]
    assert losses[:2] * 2 == pytest.approx(losses[:4], rel=1e-6)
    assert losses[0] == pytest.approx(losses[4], rel=1e-6)
    assert losses[0] + losses[1] == pytest.approx(plain + mirrored, rel=1e-6)
    assert min(abs(losses[0] - side) for side in (plain, mirrored, losses[1])) > 1e-4
