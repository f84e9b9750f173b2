"""A cache of pictures that is damaged, or that another one wrote: the pictures are read anew, without a word."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnfs_cli.data.pictures import decoded, picture_reader
from nnfs_cli.data.pictures.decoding import Outcome
from nnfs_cli.data.pictures.kept_pictures import Reading, keep_reading, kept_reading
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.registry import SOURCES
from tests.cli.test_bad_pictures import CONFIG, write


@pytest.fixture(autouse=True)
def entry(directory, monkeypatch) -> Path:
    """The cache of the training pictures, two of which have 12 bits, and one of which is called by another format."""
    Path("c.yaml").write_text(CONFIG)
    write("tr")
    for number in range(2):
        Image.fromarray(np.full((8, 8), 2000 * number + 99, np.uint16)).save(f"tr/low/w{number}.png")
    Image.open("tr/low/0.png").save("tr/low/x.jpg", "PNG")
    monkeypatch.setenv(decoded.VARIABLE, "kept")
    monkeypatch.setattr(picture_reader, "WORTH_KEEPING", -1.0)
    monkeypatch.setattr(decoded, "FINE", -1)
    pixels()
    (path,) = (directory / "kept").iterdir()
    return path


def pixels(size: int = 2) -> np.ndarray:
    """The training pictures, as a source gives them."""
    return SOURCES["images"]("tr", size=size, channels=1).load(Locator(Path())).splits["train"].x


@pytest.fixture
def decoding(monkeypatch) -> list[str]:
    """Notes each time that pictures are decoded."""
    times, read = [], picture_reader._read
    monkeypatch.setattr(picture_reader, "_read", lambda *some, **more: times.append("") or read(*some, **more))
    return times


def forged(path: Path, change) -> bytes:
    """An entry with other notes, and the checksum that belongs to them."""
    _, line, rest = path.read_bytes().split(b"\n", 2)
    said = json.loads(line)
    change(said["notes"])
    rest = json.dumps(said).encode() + b"\n" + rest
    return b"%08x\n" % zlib.crc32(rest) + rest


def test_the_notes_as_they_are_make_a_good_entry(entry, decoding):
    expected = pixels()
    entry.write_bytes(forged(entry, lambda notes: None))
    np.testing.assert_array_equal(pixels(), expected)
    assert not decoding
    notes = json.loads(entry.read_bytes().split(b"\n")[1])["notes"]
    assert (len(notes["largest"]), len(notes["misnamed"])) == (2, 1)
    assert entry.name.endswith("-depth12.pictures")


def test_no_flipped_bit_is_believed(entry, monkeypatch):
    asked, kept = [], decoded.kept
    monkeypatch.setattr(decoded, "kept", lambda *some: asked.append(some) or kept(*some))
    pixels()
    whole = entry.read_bytes()
    for bit in range(8 * len(whole)):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        entry.write_bytes(damaged)
        assert all(kept(*some) is None for some in asked), bit


def test_no_cut_and_no_addition_is_believed(entry, decoding):
    expected, whole = pixels(), entry.read_bytes()
    damaged = [whole[:length] for length in range(0, len(whole), 9)] + [whole + b"\0", b"\n" + whole, whole * 2]
    for content in damaged:
        decoding.clear()
        entry.write_bytes(content)
        np.testing.assert_array_equal(pixels(), expected)
        assert decoding


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("largest", [[row, 99]]) for row in (-1, 15, 1.0, True, None, "0", [], 1 << 70)),
        *(
            ("largest", [[0, value]])
            for value in (-1, 99, 4096, 65536, 1.5, float("nan"), True, None, "1", [], 1 << 70)
        ),
        *(("largest", value) for value in (None, 7, [7], [[1]], [[1, 2, 3]], "ab", ["ab"], {"a": 1}, {"0": 1})),
        *(("misnamed", [[row, "PNG"]]) for row in (-1, 15, 1.0, False, None, "0", [])),
        *(("misnamed", [[0, value]]) for value in (1, None, [], {}, "a\nb", "\x1b[2J", "\ud800")),
        *(("misnamed", value) for value in (None, 7, [7], [[1]], "ab", ["ab"])),
    ],
    ids=repr,
)
def test_odd_notes_are_not_believed(entry, decoding, name, value):
    expected = pixels()
    entry.write_bytes(forged(entry, lambda notes: notes.update({name: value})))
    np.testing.assert_array_equal(pixels(), expected)
    assert decoding


@pytest.mark.parametrize("name", ["largest", "misnamed"])
def test_missing_notes_are_not_believed(entry, decoding, name):
    expected = pixels()
    entry.write_bytes(forged(entry, lambda notes: notes.pop(name)))
    np.testing.assert_array_equal(pixels(), expected)
    assert decoding


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[]", b"7", b"null", b"\xff", b"[" * 9999, b'{"name": NAME, "notes": 3}']
)
def test_another_line_is_not_believed(entry, decoding, line):
    expected = pixels()
    rest = line.replace(b"NAME", json.dumps(entry.name).encode()) + b"\n" + entry.read_bytes().split(b"\n", 2)[2]
    entry.write_bytes(b"%08x\n" % zlib.crc32(rest) + rest)
    np.testing.assert_array_equal(pixels(), expected)
    assert decoding


@pytest.mark.parametrize(
    ("word", "other"), [(b'"largest"', b'"margest"'), (b"2099]", b"1099]"), (b"depth12", b"depth10")]
)
def test_a_training_with_a_damaged_cache_is_the_same(nnfs, directory, word, other):
    config = ("train", "c.yaml", "--name")
    assert nnfs(*config, "a").code == 0
    for path in Path("kept").iterdir():
        path.write_bytes(path.read_bytes().replace(word, other))
    assert nnfs(*config, "b").code == 0
    weights = [Path("runs", name, "checkpoints/last.safetensors").read_bytes()[-1000:] for name in "ab"]
    assert weights[0] == weights[1]


@pytest.mark.parametrize(("depth", "believed"), [(10, False), (12, True)])
def test_values_beyond_the_depth_by_which_they_were_read_are_not_believed(tmp_path, monkeypatch, depth, believed):
    monkeypatch.setenv(decoded.VARIABLE, str(tmp_path / "kept"))
    entry, x = decoded.Entry("place", "content", settled=True), np.zeros((1, 1, 2, 2), np.uint8)
    assert keep_reading(entry, Reading(x, Outcome({0: 4095}), depth))
    assert (kept_reading(entry, x.shape, depth, decide=False) is not None) == believed
