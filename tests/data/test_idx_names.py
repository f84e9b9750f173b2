"""MNIST and its kin under the names and in the folders that downloads give them."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.cli.main import run
from nnfs_cli.data.formats.download import DataUnavailable
from nnfs_cli.data.locator import Locator
from nnfs_cli.data.sources.idx_files import Digest
from nnfs_cli.errors import DataError
from nnfs_cli.registry import SOURCES
from tests.data.samples import write_idx_files

TYPES = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "kmnist": "KMNIST"}


@pytest.fixture(autouse=True)
def unproved(monkeypatch):
    for name in TYPES:
        monkeypatch.setattr(SOURCES[name], "digests", dict.fromkeys(SOURCES[name].digests, Digest()))


def put(folder: Path, name: str = "{new}", ending: str = ".gz", dotted: bool = False) -> None:
    """The four files in a folder, renamed."""
    write_idx_files(folder / "as published")
    for file in (folder / "as published").iterdir():
        plain = file.name.removesuffix(".gz")
        new = plain.replace("-idx", ".idx") if dotted else plain
        target = folder / name.format(new=new, plain=plain)
        target.parent.mkdir(parents=True, exist_ok=True)
        content = gzip.decompress(file.read_bytes())
        target.with_name(target.name + ending).write_bytes(gzip.compress(content) if ending else content)
        file.unlink()


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize("folder", ["{own}", "{own}/{layout}/raw", "{layout}/raw"])
@pytest.mark.parametrize("name", TYPES)
def test_usual_names_and_folders(locator, name, folder, dotted, ending):
    source, folder = SOURCES[name](), locator.data_dir / folder.format(own=name, layout=TYPES[name])
    put(folder, ending=ending, dotted=dotted)
    loaded = source.load(locator)
    sizes = source.sizes(locator, loaded.spec).examples
    assert sizes == {"train": 40, "test": 20} == {part: len(split) for part, split in loaded.splits.items()}
    plain = name if folder.name == name else str(folder)
    for part, published in (("train", "train"), ("test", "t10k")):
        files = [f"{folder}/{published}-{content}-ubyte{ending}" for content in ("images.idx3", "labels.idx1")]
        assert source.file(part, locator) == (", ".join(files) if dotted else plain)


@pytest.mark.parametrize("dotted", [False, True])
def test_each_file_in_a_folder_of_its_name(locator, dotted):
    put(locator.data_dir / "mnist", "{plain}/{new}", "", dotted=dotted)
    assert len(SOURCES["mnist"]().load(locator).splits["test"]) == 20


def test_directly_in_the_data_directory_only_what_a_digest_proves_is_taken(locator, monkeypatch):
    put(locator.data_dir, ending="", dotted=True)
    with pytest.raises(DataUnavailable):
        SOURCES["fashion_mnist"]().load(locator)
    files = {file.name.replace(".idx", "-idx"): file for file in locator.data_dir.glob("*ubyte")}
    proved = {name: Digest(hashlib.sha256(file.read_bytes()).hexdigest()) for name, file in files.items()}
    monkeypatch.setattr(SOURCES["mnist"], "digests", proved)
    assert len(SOURCES["mnist"]().load(locator).splits["train"]) == 40


def test_a_run_finds_them_from_any_directory(locator, tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("NNFS_DATA_DIR", raising=False)
    put(locator.data_dir / "MNIST" / "raw", dotted=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "c.yaml").write_text(
        "dataset: mnist\nmodel: {layers: [flatten, {type: dense, units: 10}]}\noptimizer: {type: adam, lr: 0.01}\n"
        "training: {epochs: 1, workers: 1}\n"
    )
    with contextlib.chdir(tmp_path):
        assert run(["train", "c.yaml", "--name", "one"]) == 0
    told = capsys.readouterr().err
    assert "data: data/MNIST/raw/train-images.idx3-ubyte.gz, data/MNIST/raw/train-labels.idx1-ubyte.gz (train, " in told
    with contextlib.chdir(tmp_path / "elsewhere"):
        assert run(["evaluate", str(tmp_path / "runs" / "one")]) == 0
        assert run(["train", "--resume", str(tmp_path / "runs" / "one"), "--set", "training.epochs=2"]) == 0
    assert f"20 test examples of {str(locator.data_dir)[:60]}" in capsys.readouterr().out


def test_numbers_of_the_arrays_are_those_of_the_files(locator):
    put(locator.data_dir / "mnist", dotted=True)
    split = SOURCES["mnist"]().load(locator).splits["test"]
    np.testing.assert_array_equal(split.y, np.arange(20) % 10)


@pytest.mark.parametrize("below", ["", "MNIST", "MNIST/raw"])
@pytest.mark.parametrize("name", TYPES)
def test_every_level_of_torchvision_is_a_data_directory(tmp_path, name, below):
    put(tmp_path / "mn3" / TYPES[name] / "raw")
    locator = Locator(tmp_path / "mn3" / below.replace("MNIST", TYPES[name]))
    assert len(SOURCES[name]().load(locator).splits["train"]) == 40
    other = next(other for other in TYPES if other != name)
    with pytest.raises(DataUnavailable):
        SOURCES[other]().load(locator)


def test_what_is_cut_short_and_what_is_missing_is_told_at_once(locator):
    folder = locator.data_dir / "mnist"
    put(folder, ending="")
    images, labels = folder / "train-images-idx3-ubyte", folder / "t10k-labels-idx1-ubyte"
    whole, kept = images.read_bytes(), labels.read_bytes()
    images.write_bytes(whole[:4] + (60_000).to_bytes(4) + whole[8:])
    labels.unlink()
    with pytest.raises(DataError) as caught:
        SOURCES["mnist"]().load(locator)
    first, second = caught.value.lines
    assert first == (
        f"{images}: is cut short: its header promises 47,040,000 bytes, it holds {40 * 784:,}. Get a fresh copy."
    )
    assert second.startswith(f"{folder / 't10k-labels-idx1-ubyte.gz'}: is not there and cannot be downloaded")
    assert not isinstance(caught.value, DataUnavailable)
    images.write_bytes(whole)
    with pytest.raises(DataUnavailable):
        SOURCES["mnist"]().load(locator)
    labels.write_bytes(kept)
    assert len(SOURCES["mnist"]().load(locator).splits["test"]) == 20
