"""Folders that lie above those that are meant, and class folders without pictures: the advice is followed and works."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.test_bad_pictures import CONFIG, write


@pytest.fixture(autouse=True)
def configuration(directory):
    Path("c.yaml").write_text(CONFIG)


def options(err: str) -> list[str]:
    """The keys of dataset that a message says to set."""
    found = re.findall(r"(train|validation|test): ([\w/]+)", err.partition(" Set ")[2])
    return [word for key, path in found for word in ("--set", f"dataset.{key}={path}")]


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (("train", "test"), ["train", "test"]),
        (("Training", "Val", "Testing"), ["train", "validation", "test"]),
        (("seg_train", "seg_test"), ["train", "test"]),
        (("train",), ["train"]),
    ],
)
def test_splits_in_the_place_of_classes(nnfs, names, keys):
    for name in names:
        write(f"tv/{name}")
    done = nnfs("check", "c.yaml", "--set", "dataset.train=tv")
    assert done.code == 3
    assert done.err.startswith("tv: holds ")
    chosen = options(done.err)
    assert [word.partition("=")[0] for word in chosen[1::2]] == [f"dataset.{key}" for key in keys]
    assert nnfs("train", "c.yaml", "--name", "r", *chosen).code == 0
    if "test" in keys:
        assert nnfs("evaluate", "r").code == 0
        done = nnfs("evaluate", "r", "--set", "dataset.test=tv")
        assert (done.code, options(done.err)) == (3, chosen[-2:])
        assert nnfs("evaluate", "r", *options(done.err)).code == 0


def test_a_split_without_class_folders(nnfs):
    write("tv/train")
    shutil.copytree("tv/train/low", "tv/test")
    done = nnfs("check", "c.yaml", "--set", "dataset.train=tv")
    assert (done.code, options(done.err)) == (3, ["--set", "dataset.train=tv/train"])
    assert nnfs("check", "c.yaml", *options(done.err)).code == 0
    shutil.rmtree("tv/train/low")
    shutil.copytree("tv/test", "flat/test")
    shutil.copytree("tv/test", "flat/train")
    done = nnfs("check", "c.yaml", "--set", "dataset.train=flat")
    assert "Put the pictures of each class into a folder of its own" in done.err


def test_one_level_too_high(nnfs):
    write("up/Fotos")
    done = nnfs("check", "c.yaml", "--set", "dataset.train=up")
    assert done.err == (
        "up: holds one folder, Fotos, with folders of pictures in it (low, top), expected the folder of class "
        "folders. Set train: up/Fotos.\n"
    )
    assert nnfs("train", "c.yaml", "--name", "r", *options(done.err)).code == 0


def test_one_class_is_not_a_matter_of_a_target(nnfs):
    write("tr")
    shutil.rmtree("tr/top")
    err = nnfs("check", "c.yaml", "--set", "dataset.train=tr").err
    assert "nothing to tell apart. Add examples of other classes.\n" in err


def test_classes_whose_pictures_lie_in_folders_are_told_of(nnfs):
    write("tv/a")
    write("tv/b")
    done = nnfs("train", "c.yaml", "--set", "dataset.train=tv")
    assert done.code == 0
    assert "The pictures of a/low are taken for class 'a'. Set train: tv/a if its folders are the classes" in done.err
    shutil.copy("tv/a/low/0.png", "tv/a")
    assert nnfs("train", "c.yaml", "--set", "dataset.train=tv").err.count("hold folders only") == 0


@pytest.mark.parametrize("files", [[], ["1.HEIC", "2.heic"], ["notes.txt"]])
@pytest.mark.parametrize("units", [2, 3])
def test_an_empty_class_is_told_of_at_once_and_is_no_class(nnfs, files, units):
    write("tr")
    Path("tr/wide").mkdir()
    for name in files:
        Path("tr/wide", name).write_bytes(bytes(99))
    Path("tr/low/5.png").write_bytes(b"")
    layers = ("--set", f"model.layers=[flatten, {{type: dense, units: {units}}}]")
    for command in ("check", "train"):
        done = nnfs(command, "c.yaml", *layers)
        assert (done.code, "units" in done.err) == (3, False)
        assert done.err.startswith("tr/wide: holds no pictures")
        assert ("tr/low/5.png: " in done.err) == (command == "train")
        assert ("Save them as PNG or JPEG" in done.err) == ("2.heic" in files)
    Path("tr/low/5.png").unlink()
    if units == 2:
        shutil.rmtree("tr/wide")
    else:
        Image.new("L", (8, 8), 9).save("tr/wide/1.png")
        Image.new("L", (8, 8), 8).save("tr/wide/2.png")
    assert nnfs("train", "c.yaml", *layers).code == 0


def test_an_empty_class_to_test_on_is_told_of_with_what_is_damaged(nnfs):
    write("tr")
    write("te")
    Path("te/wide").mkdir()
    Path("tr/low/5.png").write_bytes(b"")
    done = nnfs("train", "c.yaml", "--set", "dataset.test=te")
    assert (done.code, "te/wide: holds no pictures" in done.err, "tr/low/5.png: " in done.err) == (3, True, True)
