"""What every source promises, on a few examples each."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.data.formats.download import DataUnavailable
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.idx_files import Digest
from nnfs_cli.errors import DataError
from nnfs_cli.registry import SOURCES, describe_object
from tests.data.samples import (
    cifar_records,
    write_archive,
    write_cifar,
    write_idx_files,
    write_pictures,
    write_table,
)


def make(name: str, folder: Path, monkeypatch):
    """A source of this type with a tiny data set under `folder`."""
    folder.mkdir()
    if name in ("mnist", "fashion_mnist", "kmnist"):
        write_idx_files(folder / name)
        monkeypatch.setattr(SOURCES[name], "digests", dict.fromkeys(SOURCES[name].digests, Digest()))
    elif name == "cifar10":
        write_cifar(folder / name)
    elif name == "npz":
        rng = np.random.default_rng(0)
        for part in ("train", "test"):
            np.savez(folder / f"{part}.npz", x=rng.normal(size=(30, 5)), y=np.arange(30) % 3)
        return SOURCES[name]("train.npz", test="test.npz")
    elif name == "csv":
        write_table(folder / "train.csv", 30)
        write_table(folder / "test.csv", 12)
        return SOURCES[name]("train.csv", target="species", test="test.csv")
    elif name == "images":
        write_pictures(folder / "train", 4)
        write_pictures(folder / "test", 2)
        return SOURCES[name]("train", size=(4, 6), test="test", channels=1)
    return SOURCES[name]()


@pytest.mark.parametrize("name", list(SOURCES))
def test_promises(name, locator, monkeypatch):
    source = make(name, locator.data_dir, monkeypatch)
    spec, loaded = source.spec(locator), source.load(locator)
    assert loaded.spec == spec
    assert set(loaded.splits) == {"train", "test"}
    assert spec.outputs == len(spec.classes)
    for split in loaded.splits.values():
        assert split.x.shape == (len(split), *spec.input_shape)
        assert split.x.dtype in (np.uint8, np.float32, np.float64)
        assert split.y.dtype == np.int64
        assert split.y.min() >= 0
        assert split.y.max() < spec.outputs
    arguments = describe_object(source)
    assert describe_object(SOURCES[arguments.pop("type")](**arguments)) == describe_object(source)


@pytest.mark.parametrize("name", list(SOURCES))
def test_loads_the_same_twice(name, locator, monkeypatch):
    source = make(name, locator.data_dir, monkeypatch)
    first, second = source.load(locator), source.load(locator)
    for part in first.splits:
        np.testing.assert_array_equal(first.splits[part].x, second.splits[part].x)
        np.testing.assert_array_equal(first.splits[part].y, second.splits[part].y)


@pytest.mark.parametrize("name", ["cifar10", "fashion_mnist", "kmnist", "mnist"])
def test_facts_need_no_files_and_absence_is_told(name, locator):
    source = SOURCES[name]()
    assert source.spec(locator).outputs == 10
    with pytest.raises(DataUnavailable, match=rf"NNFS_OFFLINE.*Put .* into {locator.data_dir / name}"):
        source.load(locator)


def test_digits(locator):
    loaded = SOURCES["digits"]().load(locator)
    assert {name: len(split) for name, split in loaded.splits.items()} == {"train": 1437, "test": 360}
    assert loaded.splits["train"].x.max() == 255


@pytest.mark.parametrize(("size", "frame"), [(1, 0), (4, 0), (8, 0), (9, 0), (16, 2), (28, 4)])
def test_digits_resized(locator, size, frame):
    x = SOURCES["digits"](size=size).load(locator).splits["train"].x
    assert x.shape[1:] == (1, size, size)
    assert x[:, 0, frame].any()
    assert not x[:, 0, :frame].any()


def test_images_and_labels_differ_in_number(locator, monkeypatch):
    source = make("mnist", locator.data_dir, monkeypatch)
    folder = locator.data_dir / "mnist"
    (folder / "train-labels-idx1-ubyte.gz").write_bytes((folder / "t10k-labels-idx1-ubyte.gz").read_bytes())
    with pytest.raises(DataError, match="train has 40 images and 20 labels"):
        source.load(locator)


def test_cifar_archive_is_read_without_unpacking(locator, monkeypatch, tmp_path):
    source = SOURCES["cifar10"]()
    path = locator.data_dir / "cifar10" / source.archive
    names = [
        f"cifar-10-batches-bin/{name}" for name in (*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin")
    ]
    members = {name: cifar_records(10, seed) for seed, name in enumerate(names)}
    write_archive(path, members | {"../escaped": b"no", "/tmp/escaped": b"no"}, {"cifar-10-batches-bin/x": "/etc"})
    monkeypatch.setattr(SOURCES["cifar10"], "digest", hashlib.md5(path.read_bytes()).hexdigest())
    splits = source.load(locator).splits
    assert splits["train"].x.shape == (50, 3, 32, 32)
    assert splits["test"].x.tobytes() == np.frombuffer(members[names[5]], np.uint8).reshape(-1, 3073)[:, 1:].tobytes()
    assert sorted(entry.name for entry in tmp_path.rglob("*")) == ["cifar-10-binary.tar.gz", "cifar10", "data"]


def test_cifar_is_found_where_it_was(locator, tmp_path):
    for folder in ("cifar10", "other/cifar-10-batches-bin"):
        write_cifar(locator.data_dir / folder)
    source, elsewhere = SOURCES["cifar10"](), Locator(tmp_path / "none")
    assert (source.found(elsewhere), source.found(locator)) == ({}, {"cifar10": str(locator.data_dir / "cifar10")})
    for found in (source.found(locator), {"cifar10": str(locator.data_dir / "other")}):
        loaded = source.load(dataclasses.replace(elsewhere, found=found))
        assert len(loaded.splits["train"]) == 50


@pytest.mark.parametrize(
    ("members", "links", "message"),
    [
        ({}, {"cifar-10-batches-bin/test_batch.bin": "/etc/passwd"}, "lacks data_batch_1.bin"),
        ({"cifar-10-batches-bin/test_batch.bin": b"short"}, {}, "got 5 bytes"),
        ({"cifar-10-batches-bin/test_batch.bin": b""}, {}, "got 0 bytes"),
    ],
)
def test_cifar_refuses(locator, monkeypatch, members, links, message):
    path = locator.data_dir / "cifar10" / SOURCES["cifar10"].archive
    write_archive(path, members, links)
    monkeypatch.setattr(SOURCES["cifar10"], "digest", hashlib.md5(path.read_bytes()).hexdigest())
    with pytest.raises(DataError, match=message):
        SOURCES["cifar10"]().load(locator)


def test_cifar_refuses_another_archive(locator):
    write_archive(locator.data_dir / "cifar10" / SOURCES["cifar10"].archive, {})
    with pytest.raises(DataError, match="not the published file: MD5"):
        SOURCES["cifar10"]().load(locator)
