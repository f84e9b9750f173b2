"""Trainings on augmented examples: alone and shared, interrupted, and beside examples that were changed beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli import SGD, Conv2D, Dense, Flatten, Model, Shift
from nnfs_cli.build import build
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import ConfigError, ShapeError
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.rates.lr_find import lr_find
from tests.sessions.trainings import configured, go_on, remains, start

IMAGES = np.random.default_rng(0).integers(0, 256, (42, 1, 6, 6)).astype(np.uint8)
Y = np.arange(42) % 3
SECTIONS = {
    "dataset": {"type": "npz", "train": "images.npz", "augment": [{"type": "shift", "pixels": 2}]},
    "model": {"layers": ["flatten", {"type": "dense", "units": 3}]},
}
AS_THEY_ARE = ("dataset.augment=[]", "dataset.standardize=false", "training.epochs=1")


@pytest.fixture
def locator(tmp_path) -> Locator:
    np.savez(tmp_path / "images.npz", x=IMAGES, y=Y)
    return Locator(tmp_path)


def weights(run) -> dict[str, np.ndarray]:
    return {k: v for k, v in checkpoint.read(RunDirectory(run).last).tensors.items() if k.startswith("model.")}


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_epoch_is_one_on_examples_that_were_shifted_beforehand(locator, workers):
    """Those that are held out are as they were."""
    options = (f"training.workers={workers}", *AS_THEY_ARE[1:])
    augmented = start(locator, *options, "dataset.validation=0", **SECTIONS)
    shifts = np.random.Generator(np.random.PCG64(np.random.SeedSequence([5, 4, 0, 0]))).integers(-2, 3, (42, 2))
    np.savez(locator.data_dir / "images.npz", x=Shift(2).apply(IMAGES, shifts), y=Y)
    beforehand = start(locator, *options, "dataset.validation=0", "dataset.augment=[]", **SECTIONS)
    for name, values in weights(beforehand.run).items():
        np.testing.assert_array_equal(weights(augmented.run)[name], values)


def test_examples_that_are_held_out_stay_as_they_are(locator):
    """With a rate of almost nothing both measure the first weights."""
    still = ("optimizer.lr=1e-30", "dataset.standardize=false", "training.epochs=1")
    augmented, plain = (start(locator, *still, *more, **SECTIONS) for more in ((), ("dataset.augment=[]",)))
    one, other = augmented.summary["best"], plain.summary["best"]
    assert [one["val_loss"], one["val_accuracy"]] == [other["val_loss"], other["val_accuracy"]]
    assert one["train_loss"] != other["train_loss"]


def test_two_workers_see_the_same(locator):
    one, two = (start(locator, f"training.workers={workers}", **SECTIONS) for workers in (1, 2))
    for name, values in weights(one.run).items():
        np.testing.assert_allclose(weights(two.run)[name], values, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("stop", [1, 4, 5, 7])
def test_goes_on_to_the_same_bytes(locator, stop, workers):
    whole = start(locator, f"training.workers={workers}", **SECTIONS)
    run = start(locator, f"training.workers={workers}", stop=stop, **SECTIONS).run
    go_on(locator, run)
    assert remains(run) == remains(whole.run)


EVERY = (
    "dataset.augment=[rotate, scale, shear, shift, {type: elastic, strength: 3, smoothness: 1}, flip, "
    "{type: flip, axis: vertical}, {type: crop, padding: 1}, brightness, contrast, {type: noise, deviation: 9}, "
    "{type: cutout, size: 2}]"
)


@pytest.mark.parametrize("workers", [1, 2])
def test_with_all_of_them_it_goes_on_to_the_same_bytes(locator, workers):
    options = (f"training.workers={workers}", EVERY)
    whole = start(locator, *options, **SECTIONS)
    run = start(locator, *options, stop=4, **SECTIONS).run
    go_on(locator, run)
    assert remains(run) == remains(whole.run)


def test_two_workers_see_the_same_of_all_of_them(locator):
    one, two = (start(locator, f"training.workers={workers}", EVERY, **SECTIONS) for workers in (1, 2))
    for name, values in weights(one.run).items():
        np.testing.assert_allclose(weights(two.run)[name], values, rtol=1e-4, atol=1e-6)


def test_words_are_not_changed(locator):
    """Numbers of words that have embeddings would become others."""
    rows = "\n".join(f"{k % 7},w{k % 30},{'ab'[k % 2]}" for k in range(120))
    (locator.data_dir / "words.csv").write_text(f"size,word,kind\n{rows}\n")
    table = {"type": "csv", "train": "words.csv", "target": "kind", "augment": [{"type": "noise", "deviation": 1}]}
    columns = {"word": {"kind": "category", "encode": "embedding"}}
    sections = {"model": {"layers": [{"type": "dense", "units": 2}]}}
    start(locator, "training.max_steps=1", **sections, dataset=table)
    with pytest.raises(
        ConfigError, match=r"dataset\.augment\[0\] \(noise\): changes all numbers, but some of them stand for"
    ):
        start(locator, **sections, dataset={**table, "columns": columns})


def test_a_range_test_learns_from_the_same_examples(locator):
    losses = [
        [point.loss for point in list(lr_find(build(configured(*more, **SECTIONS), locator), steps=5))[:5]]
        for more in ((), AS_THEY_ARE[:1])
    ]
    assert losses[0] != losses[1]


@pytest.mark.parametrize(
    ("augment", "message"),
    [
        (
            [{"type": "shift", "pixels": 6}],
            r"dataset\.augment\[0\] \(shift\): shifts by up to 6 pixels, but images are 6 x 6: pixels can be at most 5",
        ),
        (["shift", {"type": "shift", "pixels": 0}], r"dataset\.augment\[1\]\.pixels: expected a whole number"),
        (["shft"], r"dataset\.augment\[0\]: no augmentation is called 'shft'\. Did you mean 'shift'\?"),
        (
            "shift",
            r"dataset\.augment: expected a list of augmentations, got 'shift'\. Put it into a list: \[\.\.\.\]\.",
        ),
        ({"type": "shift"}, r"expected a list of augmentations, got \{type: 'shift'\}\. Put it into a list"),
        ({"shift": 2}, r"expected a list of augmentations, got \{shift: 2\}\.$"),
    ],
)
def test_a_mistake_is_told_at_its_place(locator, augment, message):
    with pytest.raises(ConfigError, match=message):
        start(locator, **{**SECTIONS, "dataset": {**SECTIONS["dataset"], "augment": augment}})


def test_the_resolved_configuration_says_it_all(locator):
    resolved = configured(**{**SECTIONS, "dataset": {**SECTIONS["dataset"], "augment": ["shift"]}}).resolved()
    assert resolved["dataset"]["augment"] == [{"type": "shift", "pixels": 1}]
    assert configured(dataset=resolved["dataset"]).resolved()["dataset"] == resolved["dataset"]


def test_in_python():
    def fitted(*augment: Shift) -> np.ndarray:
        model = Model([Flatten(), Dense(3)], (1, 6, 6))
        model.fit(IMAGES, Y, epochs=1, optimizer=SGD(lr=0.1), augment=augment)
        return model.network.values

    shifts = np.random.Generator(np.random.PCG64(np.random.SeedSequence([0, 4, 0, 0]))).integers(-1, 2, (42, 2))
    beforehand = Model([Flatten(), Dense(3)], (1, 6, 6))
    beforehand.fit(Shift(1).apply(IMAGES, shifts), Y, epochs=1, optimizer=SGD(lr=0.1))
    np.testing.assert_array_equal(fitted(Shift(1)), beforehand.network.values)
    assert (fitted() != fitted(Shift(1))).any()
    with pytest.raises(ShapeError, match="shifts by up to 6 pixels"):
        fitted(Shift(6))
    with pytest.raises(ShapeError, match="moves images"):
        Model([Dense(3)], (36,)).fit(IMAGES.reshape(42, 36), Y, epochs=1, optimizer=SGD(lr=0.1), augment=[Shift()])
    Model([Conv2D(2, 3), Flatten(), Dense(3)], (1, 6, 6)).fit(
        IMAGES, Y, epochs=1, optimizer=SGD(lr=0.1), augment=[Shift(5)]
    )


def test_what_is_no_augmentation_is_told():
    model = Model([Flatten(), Dense(3)], (1, 6, 6))
    for wrong in ("shift", Shift):
        with pytest.raises(ConfigError, match=r"augment\[0\]: expected an augmentation such as Shift\(2\), got"):
            model.fit(IMAGES, Y, epochs=1, optimizer=SGD(lr=0.1), augment=[wrong])
    with pytest.raises(
        ShapeError, match=r"^augment\[1\] \(shift\): shifts by up to 6 pixels, but images are 6 x 6: pixels can"
    ):
        model.fit(IMAGES, Y, epochs=1, optimizer=SGD(lr=0.1), augment=[Shift(), Shift(6)])


def test_images_that_are_answers_would_have_to_be_moved_too(locator):
    np.savez(locator.data_dir / "images.npz", x=IMAGES, y=IMAGES / 2)
    sections = {**SECTIONS, "model": {"layers": [{"type": "conv2d", "filters": 1, "kernel_size": 1}]}, "loss": "mse"}
    with pytest.raises(ConfigError, match=r"dataset\.augment\[0\] \(shift\): moves the examples, but not the images"):
        start(locator, **sections)
