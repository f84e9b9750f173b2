"""Test-time augmentation: answers and figures are those of the mean over versions that are made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.augment.base import Augmentation
from nnfs_cli.data.augment.views import views_of
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import CheckpointError, ConfigError
from nnfs_cli.registry import AUGMENTATIONS
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.saved.augmented import augmented
from nnfs_cli.saved.description import make
from nnfs_cli.saved.predictor import load_predictor
from nnfs_cli.sessions.evaluation.evaluate import evaluate
from tests.sessions.trainings import start

COUNT = 700
"""More than one block of examples."""

X = np.random.default_rng(3).integers(0, 256, (COUNT, 2, 5, 6)).astype(np.uint8)
TASKS = {
    "classes": ({"y": np.arange(COUNT) % 3}, 3, {}),
    "two classes": ({"y": np.arange(COUNT) % 2}, 1, {"loss": "binary_cross_entropy"}),
    "threshold": ({"y": np.arange(COUNT) % 2}, 2, {"loss": "focal"}),
    "values": ({"y": np.random.default_rng(0).uniform(5, 9, (COUNT, 2))}, 2, {"loss": "mae"}),
    "logarithms": ({"y": np.random.default_rng(0).uniform(0.1, 900, COUNT)}, 1, {"loss": "mse"}),
}


def trained(tmp_path, task: str, augment: list, *options: str):
    """A run that learned from X."""
    answers, units, sections = TASKS[task]
    np.savez(tmp_path / "images.npz", x=X, **answers)
    dataset = {"type": "npz", "train": "images.npz", "test": 0.5, "augment": augment}
    if task == "logarithms":
        dataset["target_transform"] = "log"
        options = (*options, "optimizer.lr=0.001")
    if task == "threshold":
        options = (*options, "training.threshold=0.4")
    model = {"layers": ["flatten", {"type": "dense", "units": units}]}
    locator = Locator(tmp_path)
    return start(locator, "training.epochs=1", *options, dataset=dataset, model=model, **sections).run, locator


def mirrored(x: np.ndarray) -> np.ndarray:
    return np.stack([image[:, :, ::-1] for image in x])


def moved(x: np.ndarray) -> list[np.ndarray]:
    """One pixel to each side; what leaves the picture is lost, and the edge stands twice."""
    up = np.concatenate([x[:, :, 1:], x[:, :, -1:]], axis=2)
    down = np.concatenate([x[:, :, :1], x[:, :, :-1]], axis=2)
    left = np.concatenate([x[:, :, :, 1:], x[:, :, :, -1:]], axis=3)
    right = np.concatenate([x[:, :, :, :1], x[:, :, :, :-1]], axis=3)
    return [up, down, left, right]


VERSIONS = {
    "flip": (["flip"], lambda x: [x, mirrored(x)]),
    "shift": ([{"type": "shift", "pixels": 2}], lambda x: [x, *moved(x)]),
    "both": (["rotate", "flip", "brightness"], lambda x: [x, *moved(x), mirrored(x), *map(mirrored, moved(x))]),
}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("changes", VERSIONS)
def test_answers_are_the_mean_over_the_versions(tmp_path, task, changes):
    augment, versions = VERSIONS[changes]
    run, _ = trained(tmp_path, task, augment)
    saved = checkpoint.read(RunDirectory(run).last)
    plain = load_predictor(saved)
    by_hand = np.mean([plain.predict(version) for version in versions(X)], axis=0)
    found = augmented(plain, saved).predict(X)
    np.testing.assert_allclose(found, by_hand, rtol=1e-6, atol=1e-7)
    assert np.abs(plain.predict(X) - by_hand).max() > 1e-3


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("task", ["classes", "two classes", "threshold"])
def test_figures_are_those_of_the_mean(tmp_path, task, workers):
    augment, versions = VERSIONS["both"]
    run, locator = trained(tmp_path, task, augment, f"training.workers={workers}")
    path = RunDirectory(run).last
    report = evaluate(path, locator, augment=True).report
    plain, y = load_predictor(checkpoint.read(path)), TASKS[task][0]["y"]
    test = _test_rows(run, path, locator)
    p = np.mean([plain.predict(version) for version in versions(X[test])], axis=0)
    decisions = (p[:, 1] > 0.4) if task == "threshold" else p.argmax(axis=1)
    true = p[np.arange(len(test)), y[test]]
    assert report["views"] == 10
    assert report["accuracy"] == pytest.approx((decisions == y[test]).mean())
    loss = -np.log(true) * ((1 - true) ** 2 if task == "threshold" else 1)
    assert report["loss"] == pytest.approx(loss.mean(), rel=1e-6)
    assert report["log_loss"] == pytest.approx(-np.log(true).mean(), rel=1e-6)


@pytest.mark.parametrize("task", ["values", "logarithms"])
def test_figures_of_values(tmp_path, task):
    augment, versions = VERSIONS["both"]
    run, locator = trained(tmp_path, task, augment)
    path = RunDirectory(run).last
    report = evaluate(path, locator, augment=True).report
    plain, y = load_predictor(checkpoint.read(path)), TASKS[task][0]["y"].reshape(COUNT, -1)
    test = _test_rows(run, path, locator)
    values = np.mean([plain.predict(version) for version in versions(X[test])], axis=0)
    assert report["mae"] == pytest.approx(np.abs(values - y[test]).mean(), rel=1e-6)
    assert report["mse"] == pytest.approx(((values - y[test]) ** 2).mean(), rel=1e-6)


def _test_rows(run, path, locator) -> list[int]:
    """Which rows of X the test split has, by their pixels."""
    from nnfs_cli.sessions.evaluation.saved_split import saved_split

    saved = checkpoint.read(path)
    split = saved_split(saved, load_predictor(saved).preparation, locator, "test", ())
    places = {image.tobytes(): row for row, image in enumerate(X)}
    return [places[image.tobytes()] for image in split.examples.x]


def test_a_sure_answer_keeps_its_logarithm(tmp_path):
    """Where probabilities are too small for a number their mean still has a score, and a finite loss."""
    run, locator = trained(tmp_path, "classes", ["flip"])
    saved = checkpoint.read(RunDirectory(run).last)
    weights = {k: v * np.float32(1e5) if k.startswith("model.") else v for k, v in saved.tensors.items()}
    checkpoint.write(RunDirectory(run).last, weights, saved.state)
    report = evaluate(RunDirectory(run).last, locator, augment=True).report
    assert np.isfinite(report["loss"])
    assert report["loss"] > 1000


EXPECTED = {
    ("flip",): 2,
    ("flip", "flip"): 2,
    ("shift",): 5,
    ("crop",): 5,
    ("elastic",): 5,
    ("scale", "shear"): 5,
    ("flip", "rotate"): 10,
    ("brightness", "contrast"): 1,
    (): 1,
}


@pytest.mark.parametrize(("names", "count"), EXPECTED.items(), ids=str)
def test_which_versions_there_are(names, count):
    steps: list[Augmentation] = [AUGMENTATIONS[name]() for name in names]
    views = views_of(steps)
    assert len(views) == count
    assert views[0] == ()


def test_both_axes():
    flips = [make(AUGMENTATIONS, {"type": "flip", "axis": axis}) for axis in ("vertical", "horizontal")]
    assert len(views_of(flips)) == 4
    assert len(views_of([*flips, AUGMENTATIONS["shift"]()])) == 20


@pytest.mark.parametrize("augment", [[], ["brightness", {"type": "noise", "deviation": 2}]], ids=["nothing", "noise"])
def test_a_training_without_any_is_told(tmp_path, augment):
    run, locator = trained(tmp_path, "classes", augment)
    with pytest.raises(ConfigError, match=r"^--augment: .*last\.safetensors: has no flip, shift, crop, rotate or"):
        evaluate(RunDirectory(run).last, locator, augment=True)


def test_a_checkpoint_of_no_run_is_told(tmp_path):
    run, _ = trained(tmp_path, "classes", ["flip"])
    saved = checkpoint.read(RunDirectory(run).last)
    path = tmp_path / "other.safetensors"
    checkpoint.write(path, saved.tensors, {k: v for k, v in saved.state.items() if k != "config"})
    other = checkpoint.read(path)
    with pytest.raises(ConfigError, match="was not made by nnfs train, so nothing tells how its images were changed"):
        augmented(load_predictor(other), other)
    checkpoint.write(path, saved.tensors, {**saved.state, "config": {"dataset": 3}})
    other = checkpoint.read(path)
    with pytest.raises(CheckpointError, match="its configuration is not valid"):
        augmented(load_predictor(other), other)
