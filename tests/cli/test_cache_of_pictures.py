"""Which entry of the cache of pictures is used: the same for each command, wherever it is started from."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from nnfs_cli.data.pictures import decoded, picture_reader
from nnfs_cli.data.pictures.class_folders import survey
from nnfs_cli.data.sources.base import Locator
from tests.cli.test_bad_pictures import CONFIG, write

KNOWN = (None, 8, 10, 12, 14, 16)


@pytest.fixture(autouse=True)
def cache(directory, monkeypatch) -> Path:
    """A cache that takes pictures however quickly they were read, and whenever they were made."""
    Path("c.yaml").write_text(CONFIG.replace("validation: 0", "validation: 0, test: 0.25"))
    write("tr")
    monkeypatch.setenv(decoded.VARIABLE, str(directory / "kept"))
    monkeypatch.setattr(picture_reader, "WORTH_KEEPING", -1.0)
    monkeypatch.setattr(decoded, "FINE", -1)
    return directory / "kept"


def with_16_bits(*largest: int) -> None:
    for number, value in enumerate(largest):
        Image.fromarray(np.full((8, 8), value, np.uint16)).save(f"tr/low/w{number}.png")


def read(known: int | None, *, decide: bool, folder: str = "tr") -> picture_reader.ReadPictures:
    locator = Locator(Path())
    return picture_reader.read_class_folders(
        survey(Path(folder)), ("low", "top"), (1, 4, 4), known, locator, decide=decide
    )


def assert_same(one: picture_reader.ReadPictures, other: picture_reader.ReadPictures) -> None:
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.y, other.y)
    assert (one.depth, one.notes, one.bad) == (other.depth, other.notes, other.bad)


@pytest.mark.parametrize("largest", [(), (99,), (4000, 2000)])
def test_the_first_evaluation_finds_what_the_training_kept(nnfs, cache, opened, largest):
    with_16_bits(*largest)
    assert nnfs("train", "c.yaml", "--name", "r").code == 0
    count = len(opened)
    first = nnfs("evaluate", "r")
    assert (first.code, len(opened), len(list(cache.iterdir()))) == (0, count, 1)
    shutil.rmtree(cache)
    assert nnfs("evaluate", "r").out == first.out
    assert len(opened) > count


def test_the_training_finds_what_an_evaluation_kept(nnfs, cache, opened):
    with_16_bits(4000, 2000)
    nnfs("train", "c.yaml", "--name", "r")
    shutil.rmtree(cache)
    nnfs("evaluate", "r")
    count = len(opened)
    assert nnfs("train", "c.yaml", "--name", "s").code == 0
    assert (len(opened), len(list(cache.iterdir()))) == (count, 1)
    weights = [Path("runs", name, "checkpoints/last.safetensors").read_bytes()[-1000:] for name in "rs"]
    assert weights[0] == weights[1]


@pytest.mark.parametrize("largest", [(), (0,), (255, 256), (1000, 99), (1024,), (4096, 9), (40000, 300)], ids=str)
def test_every_way_of_reading_is_the_same_with_a_cache(cache, monkeypatch, opened, largest):
    """Whatever was read before, and in whatever way."""
    with_16_bits(*largest)
    ways = [(None, True), *((known, False) for known in KNOWN)]
    monkeypatch.setenv(decoded.VARIABLE, "")
    expected = {way: read(way[0], decide=way[1]) for way in ways}
    monkeypatch.setenv(decoded.VARIABLE, str(cache))
    for before in ways:
        shutil.rmtree(cache, ignore_errors=True)
        read(before[0], decide=before[1])
        for way in (*ways, *reversed(ways)):
            assert_same(read(way[0], decide=way[1]), expected[way])
    opened.clear()
    for way in ways:
        read(way[0], decide=way[1])
    assert len(opened) == sum(len(expected[way].x) for way in ways if expected[way].bad)


def absolute(directory: Path) -> str:
    return str(directory / "tr")


def roundabout(directory: Path) -> str:
    return "tr/../tr"


def a_link(directory: Path) -> str:
    os.symlink("tr", "link")
    return "link"


def a_link_above(directory: Path) -> str:
    os.symlink(directory, "above")
    return "above/tr"


@pytest.mark.parametrize("path", [absolute, roundabout, a_link, a_link_above], ids=lambda f: f.__name__)
def test_every_path_to_a_folder_finds_its_entry(cache, directory, opened, path):
    expected, other = read(None, decide=True), path(directory)
    for folder in (other, "tr", other):
        np.testing.assert_array_equal(read(None, decide=True, folder=folder).x, expected.x)
    Path("elsewhere").mkdir()
    with contextlib.chdir("elsewhere"):
        read(None, decide=True, folder="../tr")
    with contextlib.chdir("tr"):
        read(None, decide=True, folder=".")
    assert (len(opened), len(list(cache.iterdir()))) == (12, 1)


def test_a_link_that_leads_elsewhere_is_noticed(cache, opened, monkeypatch):
    """Though the other file has the same size and the same times."""

    class SameTimes:
        def __init__(self, entry):
            self._entry = entry

        def __getattr__(self, name):
            return getattr(self._entry, name)

        def stat(self):
            return SimpleNamespace(st_size=100, st_mtime_ns=1, st_ctime_ns=1)

    entry_of = decoded.entry_of
    monkeypatch.setattr(
        decoded, "entry_of", lambda folder, files, asked: entry_of(folder, map(SameTimes, files), asked)
    )
    for number in (0, 1):
        Image.fromarray(np.full((8, 8), 99 * number, np.uint8)).save(f"{number}.png")
    os.symlink("../../0.png", "tr/low/link.png")
    before = read(None, decide=True).x
    os.remove("tr/low/link.png")
    os.symlink("../../1.png", "tr/low/link.png")
    assert (read(None, decide=True).x != before).any()
    assert (len(opened), len(list(cache.iterdir()))) == (26, 1)
