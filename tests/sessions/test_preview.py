"""Preview: the images that are drawn are those that a training sees."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.build import build
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import ConfigError
from nnfs_cli.sessions import preview as module
from nnfs_cli.sessions.preview import preview
from tests.sessions.trainings import configured, flowers

STEPS = ["rotate", "shift", {"type": "crop", "padding": 1}, "flip"]
LAYERS = {"layers": ["flatten", {"type": "dense", "units": 3}]}
PLAIN = ("dataset.standardize=false", "training.epochs=5")


def sections(**more) -> dict:
    return {"dataset": {"type": "npz", "train": "images.npz", "augment": STEPS, **more}, "model": LAYERS}


@pytest.fixture
def locator(tmp_path) -> Locator:
    images = np.random.default_rng(0).integers(0, 256, (60, 2, 6, 7)).astype(np.uint8)
    np.savez(tmp_path / "images.npz", x=images, y=np.repeat([0, 1, 2], 20))
    np.savez(tmp_path / "flowers.npz", **flowers())
    return Locator(tmp_path)


def test_they_are_those_of_a_training(locator):
    """As its batches give them, which scale bytes to 0..1."""
    config = configured(*PLAIN, **sections())
    drawn, task = preview(config, locator), build(config, locator)
    train = task.dataset.splits["train"]
    batches = task.recipe.to_learn(train, task.dataset.preparation)
    rows = np.array([0, 8, 15, 23, 30, 38, 45, 53])
    assert drawn.images.shape == (8, 6, 2, 6, 7)
    np.testing.assert_array_equal(drawn.images[:, 0], train.x[rows])
    for epoch in range(5):
        batches.start_epoch(config.seed, epoch)
        x, target = batches.take(rows)
        np.testing.assert_allclose(np.moveaxis(x, -1, 0), drawn.images[:, 1 + epoch] / np.float32(255), rtol=1e-5)
        assert drawn.names == tuple("012"[k] for k in target)
    assert (drawn.images[:, 1] != drawn.images[:, 2]).any()
    assert drawn.limits == (0, 255)


@pytest.mark.parametrize(
    ("scale", "limits"), [(1 / 255, (0, 1)), (257, (0, 65535)), (-1.0, (-255, 0))], ids=["0..1", "16 bits", "negative"]
)
def test_black_and_white(locator, scale, limits):
    images = np.linspace(0, 255, 60 * 42).reshape(60, 1, 6, 7) * scale
    np.savez(locator.data_dir / "images.npz", x=images, y=np.arange(60) / 7)
    drawn = preview(configured("model.layers.1.units=1", loss="mse", **sections(validation=0)), locator)
    np.testing.assert_allclose(drawn.limits, limits, atol=1e-9)
    assert drawn.names[0] == "1"
    assert drawn.names[-1] == "60"


def test_few_examples_and_large_ones(locator, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_SIDE", 3)
    images = np.random.default_rng(0).integers(0, 256, (3, 1, 6, 7)).astype(np.uint8)
    np.savez(locator.data_dir / "images.npz", x=images, y=[0, 1, 2])
    drawn = preview(configured("training.epochs=1", **sections(validation=0)), locator)
    assert drawn.images.shape == (3, 2, 1, 2, 3)
    np.testing.assert_array_equal(drawn.images[:, 0], images[:, :, ::3, ::3])


def test_what_cannot_be_drawn(locator):
    noise = {"type": "npz", "train": "flowers.npz", "augment": [{"type": "noise", "deviation": 1}]}
    with pytest.raises(ConfigError, match=r"^--preview: draws images \(channels, height, width\), got vectors of 4"):
        preview(configured(dataset=noise), locator)
    with pytest.raises(ConfigError, match=r"dataset \(npz\): has no augment to preview\. Add one, such as augment: \["):
        preview(configured("dataset.augment=[]", **sections()), locator)
