"""From a source to the data set of a run."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.config import DataSettings
from nnfs_cli.data.dataset import what_changed
from nnfs_cli.data.prepare import prepare
from nnfs_cli.data.sources.base import Loaded, Locator, Source
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.registry import SOURCES

SHARED = Path(os.environ.get("NNFS_DATA_DIR", Path(__file__).parents[3] / "shared" / "datasets"))


class Fixed(Source):
    """A source of given arrays."""

    def __init__(self, x, y, classes=("a", "b", "c"), **others):
        self.splits = {"train": Examples(x, y), **others}
        self.classes = classes

    def spec(self, locator):
        x, y = self.splits["train"].x, self.splits["train"].y
        return DataSpec(x.shape[1:], self.classes, (len(self.classes),) if self.classes else y.shape[1:])

    def load(self, locator, *, known=None, only=None):
        return Loaded(self.spec(locator), self.splits)


def table(count=30, classes=3):
    return np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32), np.arange(count) % classes


def prepared(source, locator, seed=0, **changes):
    return prepare(source, locator, DataSettings(**{"validation": 0.2, **changes}), seed=seed)


def test_splits(locator):
    x, y = table()
    dataset = prepared(Fixed(x, y, test=Examples(x[:5], y[:5])), locator)
    assert {name: len(split) for name, split in dataset.splits.items()} == {"train": 24, "validation": 6, "test": 5}
    assert list(dataset.splits) == ["train", "validation", "test"]
    assert np.bincount(dataset.splits["validation"].y).tolist() == [2, 2, 2]
    both = np.concatenate([dataset.splits["train"].x, dataset.splits["validation"].x])
    np.testing.assert_array_equal(np.sort(both, axis=0), np.sort(x, axis=0))


def test_repeats(locator):
    first, second, other = (prepared(Fixed(*table()), locator, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.splits["train"].x, second.splits["train"].x)
    assert not np.array_equal(first.splits["train"].x, other.splits["train"].x)
    assert first.digests == second.digests
    assert first.digests["train"] != other.digests["train"]


def test_digest_knows_every_array(locator):
    x, y = table()
    changed = y.copy()
    changed[0] = 1
    wider, flat = Examples(x, y), Examples(x.reshape(15, 4), y)
    splits = (
        wider,
        Examples(x + 1, y),
        Examples(x, changed),
        Examples(x[:29], y[:29]),
        flat,
        Examples(x, y.astype(np.int32)),
    )
    prints = [split.fingerprint() for split in splits]
    assert len({digest["sha256"] for digest in prints}) == len(splits)
    assert [digest["examples"] for digest in prints] == [30, 30, 30, 29, 15, 30]


def test_what_changed_between_two_fingerprints():
    x, y = table()
    whole, less, other = (
        Examples(x, y).fingerprint(),
        Examples(x[:29], y[:29]).fingerprint(),
        Examples(x + 1, y).fingerprint(),
    )
    assert what_changed(whole, dict(whole)) is None
    assert what_changed(None, None) is None
    assert what_changed(less, whole) == "29 examples now, 30 then"
    assert what_changed(other, whole) == "other examples, or the same ones in another order"
    assert what_changed(None, whole) == "it is not there"
    assert what_changed(whole, None) == what_changed(whole, "x") == what_changed(whole, {}) == "it was not there"


def test_limit(locator):
    x, y = table()
    dataset = prepared(Fixed(x, y), locator, limit=10)
    assert (len(dataset.splits["train"]), len(dataset.splits["validation"])) == (8, 2)
    assert np.isin(dataset.splits["train"].x, x[:10]).all()
    assert len(prepared(Fixed(x, y), locator, limit=1000, validation=0).splits["train"]) == 30


def test_a_given_validation_split_is_used(locator):
    x, y = table()
    dataset = prepared(Fixed(x, y, validation=Examples(x[:4], y[:4])), locator, validation=0.5)
    assert (len(dataset.splits["train"]), len(dataset.splits["validation"])) == (30, 4)


def test_standardizer_sees_the_training_split_alone(locator):
    dataset = prepared(Fixed(*table()), locator)
    standardizer = dataset.preparation.standardizer
    np.testing.assert_allclose(standardizer.mean, dataset.splits["train"].x.mean(axis=0, dtype=np.float64))
    assert (prepared(Fixed(*table()), locator, standardize=False).preparation.standardizer.deviation == 1).all()


def with_value(array, position, value):
    changed = array.copy()
    changed[position] = value
    return changed


X, Y = table()
VALUES = np.zeros((30, 2), np.float32)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (Fixed(X[:0], Y[:0]), "train: holds no examples"),
        (Fixed(X, Y[:29]), "train: 30 examples and 29 answers"),
        (Fixed(with_value(X, (7, 1), np.nan), Y), "train: example 7, feature 1: expected a finite number, got nan"),
        (Fixed(with_value(X, (8, 0), -np.inf), Y), "train: example 8, feature 0: expected a finite number, got -inf"),
        (Fixed(with_value(X.astype(float), (9, 0), 1e39), Y), "train: example 9, feature 0: expected a finite number"),
        (Fixed(X, with_value(Y, 5, -1)), "train: example 5: expected a label from 0 to 2, got -1"),
        (Fixed(X, with_value(Y, 5, 3)), "train: example 5: expected a label from 0 to 2, got 3"),
        (Fixed(X, Y, test=Examples(X, with_value(Y, 9, 3))), "test: example 9: expected a label"),
        (Fixed(X, Y, test=Examples(X[:0], Y[:0])), "test: holds no examples"),
        (Fixed(X, Y, test=Examples(X[:, :1], Y)), r"test: examples have shape \(1,\), expected \(2,\)"),
        (Fixed(X, Y, test=Examples(X, VALUES)), "test: answers are values, expected class numbers"),
        (Fixed(X, np.ones_like(Y)), "train: all 24 examples are of class 'b', expected two classes"),
        (Fixed(X, with_value(VALUES, (4, 1), np.inf), None), "train: example 4, output 1: expected a finite number"),
        (
            Fixed(X, VALUES, None, test=Examples(X, VALUES[:, :1])),
            r"test: answers have shape \(1,\), expected",
        ),
        (Fixed(X[:1], Y[:1]), "validation: 1 example asked of 1"),
    ],
)
def test_refuses(locator, source, message):
    with pytest.raises(DataError, match=message):
        prepared(source, locator)


def test_first_bad_pixel_far_down(locator):
    x = with_value(np.zeros((700, 1, 40, 50), np.float32), (690, 0, 3, 4), np.nan)
    with pytest.raises(DataError, match=r"example 690, pixel \(0, 3, 4\)"):
        prepared(Fixed(x, np.arange(700) % 3), locator)


def test_fallback(locator):
    dataset = prepared(SOURCES["mnist"](), locator, fallback="digits")
    assert dataset.source.type_name == "digits"
    assert dataset.splits["train"].x.dtype == np.uint8
    assert dataset.files == {"train": "digits", "validation": "digits", "test": "digits"}
    assert dataset.splits["train"].x.shape[1:] == (1, 28, 28)
    assert dataset.notes == (
        f"mnist is neither in {locator.data_dir / 'mnist'} nor downloadable (NNFS_OFFLINE is set): training on the "
        "embedded digits instead, resized to 28 x 28 (1,437 examples). Put train-images-idx3-ubyte.gz, "
        "train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz there to train on mnist",
    )


def test_fallback_is_for_absence_alone(locator):
    (locator.data_dir / "mnist").mkdir(parents=True)
    (locator.data_dir / "mnist" / "train-images-idx3-ubyte.gz").write_bytes(b"damaged")
    with pytest.raises(DataError, match="is not an IDX file"):
        prepared(SOURCES["mnist"](), locator, fallback="digits")


def test_fallback_must_fit(locator):
    with pytest.raises(
        ConfigError, match=r"dataset.fallback: digits stands in for square grey images .* \(3, 32, 32\)"
    ):
        prepared(SOURCES["cifar10"](), locator, fallback="digits")


def test_real_mnist():
    if not (SHARED / "mnist").is_dir():
        pytest.skip(f"MNIST is not in {SHARED}: set NNFS_DATA_DIR to the folder that holds mnist/")
    dataset = prepared(SOURCES["mnist"](), Locator(SHARED), validation=5000)
    assert {name: len(split) for name, split in dataset.splits.items()} == {
        "train": 55000,
        "validation": 5000,
        "test": 10000,
    }
    assert np.bincount(dataset.splits["test"].y).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    standardizer = dataset.preparation.standardizer
    assert abs(standardizer.mean.item() - 33.3) < 0.2
    assert abs(standardizer.deviation.item() - 78.6) < 0.2
