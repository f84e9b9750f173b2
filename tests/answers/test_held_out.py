"""A validation split that is held out: both parts together are the whole file, and each is measured as in training."""

from __future__ import annotations

import numpy as np
import pytest

from tests.answers.asking import json_of, table_of
from tests.answers.independent import figures
from tests.answers.independent.network import scores_of, weights_in
from tests.answers.tables import layers_of, write_config

EXAMPLES, HELD = 600, 150


@pytest.fixture
def parts(ask, folder):
    """x, y, what `evaluate` says of both parts, and the last row of metrics.csv."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(EXAMPLES, 4)), np.repeat([0, 1, 2], [300, 200, 100])
    np.savez(folder / "train.npz", x=x, y=y)
    dataset = {"type": "npz", "train": "train.npz", "validation": HELD / EXAMPLES, "standardize": False}
    write_config(folder / "c.yaml", dataset, layers_of(3), "cross_entropy", epochs=1, monitor="val_loss")
    ask("train", "c.yaml", "--name", "run", "--quiet")
    said = {part: json_of(ask("evaluate", "run", "--split", part, "--json")) for part in ("train", "validation")}
    return x, y, said, table_of(folder / "runs/run/metrics.csv")[-1]


def test_both_parts_together_are_the_whole_file(parts, folder):
    x, y, said, row = parts
    scores = scores_of(layers_of(3), weights_in(folder / "runs/run/checkpoints/best.safetensors"), x)
    wanted = figures.of_classes(scores, y)
    for name in ("loss", "accuracy"):
        total = (EXAMPLES - HELD) * said["train"][name] + HELD * said["validation"][name]
        assert total / EXAMPLES == pytest.approx(wanted[name], rel=1e-5)
        assert row[f"val_{name}"] == pytest.approx(said["validation"][name], rel=1e-9)
    counts = np.zeros((3, 3), int)
    for part in ("train", "validation"):
        with open(folder / f"runs/run/confusion-{part}.csv") as file:
            counts += np.array([line.rstrip().split(",")[1:] for line in list(file)[1:]], int)
    assert counts.tolist() == figures.confusion(scores, y)


def test_every_class_is_held_out_in_proportion(parts):
    *_, said, _ = parts
    assert [row["examples"] for row in said["validation"]["classes"]] == [75, 50, 25]
    assert [row["examples"] for row in said["train"]["classes"]] == [225, 150, 75]
