"""The cache of decoded pictures: used where nothing has changed, and only there; never in the way."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnfs_cli.data.pictures import decoded, picture_reader
from nnfs_cli.data.pictures.decoding import Plan
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.registry import SOURCES
from tests.cli.test_bad_pictures import CONFIG, write

LINE = "decoded pictures are kept in "


@pytest.fixture(autouse=True)
def cache(directory, monkeypatch) -> Path:
    """A cache that takes pictures however quickly they were read, and whenever they were made."""
    Path("c.yaml").write_text(CONFIG)
    write("tr")
    write("te", 4)
    monkeypatch.setenv(decoded.VARIABLE, "kept")
    monkeypatch.setattr(picture_reader, "WORTH_KEEPING", -1.0)
    monkeypatch.setattr(decoded, "FINE", -1)
    return directory / "kept"


def pixels(size: int = 8, **settings) -> np.ndarray:
    """The training pictures, as a source gives them."""
    return SOURCES["images"]("tr", size=size, **settings).load(Locator(Path())).splits["train"].x


def entries(cache: Path) -> list[Path]:
    return sorted(cache.iterdir()) if cache.exists() else []


def test_two_commands_read_every_picture_once(nnfs, cache, opened):
    done = nnfs("train", "c.yaml", "--name", "r", "--set", "dataset.test=te")
    lines = [line for line in done.err.splitlines() if line.startswith(LINE)]
    assert sorted(line.removeprefix(LINE) for line in lines) == [f"{path}, 0.0 MiB" for path in entries(cache)]
    assert len(opened) == 12 + 8
    first = nnfs("evaluate", "r")
    second = nnfs("train", "c.yaml", "--name", "r2", "--set", "dataset.test=te")
    assert LINE not in first.err + second.err
    assert len(opened) == 12 + 8
    shutil.rmtree(cache)
    assert nnfs("evaluate", "r").out == first.out
    assert len(opened) == 12 + 8 + 8
    checkpoints = [Path("runs", name, "checkpoints/last.safetensors").read_bytes()[-1000:] for name in ("r", "r2")]
    assert checkpoints[0] == checkpoints[1]
    assert {path.stat().st_mode & 0o777 for path in entries(cache)} == {0o600}


def test_the_shape_is_part_of_the_question(cache, opened):
    for settings in ({"size": 8}, {"size": 4}, {"size": 8, "channels": 1}, {"size": (4, 16)}):
        expected = pixels(**settings)
        np.testing.assert_array_equal(pixels(**settings), expected)
    assert len(opened) == 4 * 12
    assert len(entries(cache)) == 4


def touched() -> None:
    os.utime("tr/low/0.png", (1, 1))


def changed() -> None:
    """The same size and time, another picture: only the time of the change itself tells."""
    before = os.stat("tr/low/0.png")
    content = Path("tr/low/0.png").read_bytes()
    Image.fromarray(np.asarray(Image.open("tr/low/0.png"))[::-1]).save("tr/low/0.png")
    Path("tr/low/0.png").write_bytes(Path("tr/low/0.png").read_bytes()[: len(content)].ljust(len(content), b"\0"))
    os.utime("tr/low/0.png", ns=(before.st_atime_ns, before.st_mtime_ns))


def added() -> None:
    shutil.copy2("tr/low/0.png", "tr/low/9.png")


def renamed() -> None:
    os.rename("tr/low/0.png", "tr/low/9.png")


def removed() -> None:
    os.remove("tr/low/0.png")


def moved() -> None:
    """The same names in another folder."""
    os.rename("tr", "other")
    write("tr")


@pytest.mark.parametrize("change", [touched, changed, added, renamed, removed, moved])
def test_a_change_is_noticed(cache, opened, change, monkeypatch):
    pixels()
    change()
    opened.clear()
    after = pixels()
    assert len(opened) == len(after)
    monkeypatch.setenv(decoded.VARIABLE, "")
    np.testing.assert_array_equal(pixels(), after)
    assert len(entries(cache)) == 1


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def nonsense(path: Path) -> None:
    path.write_bytes(b'{"name": [[[[], "shape": 3}\n' + bytes(99))


def other_notes(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"largest": []', b'"largest": 77'))


def a_link(path: Path) -> None:
    path.rename("elsewhere")
    path.symlink_to(Path("elsewhere").resolve())


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("damage", [cut, longer, one_bit, emptied, nonsense, other_notes, a_link, a_pipe])
def test_a_damaged_entry_is_ignored_and_made_anew(cache, opened, damage):
    expected = pixels()
    damage(entries(cache)[0])
    np.testing.assert_array_equal(pixels(), expected)
    assert len(opened) == 24
    np.testing.assert_array_equal(pixels(), expected)
    assert len(opened) == 24


def test_notes_on_depth_and_names_are_kept(nnfs, cache, opened):
    for number in range(3):
        Image.fromarray(np.full((8, 8), 1000 * number, np.uint16)).save(f"tr/low/w{number}.png")
    Image.open("tr/low/0.png").save("tr/low/x.jpg", "PNG")
    first = nnfs("train", "c.yaml", "--name", "r")
    count = len(opened)
    second = nnfs("train", "c.yaml", "--name", "r2")
    assert len(opened) == count
    warnings = [[line for line in done.err.splitlines() if line.startswith("warning")] for done in (first, second)]
    assert warnings[0] == warnings[1]
    assert any("read as 12-bit" in line for line in warnings[0])
    assert any("x.jpg (PNG)" in line for line in warnings[0])


def nowhere(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write_text("a file where the folder should be")


def full(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(decoded, "_write", fail)


def almost_full(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))


def read_only(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", fail)


def switched_off(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(decoded.VARIABLE, "")


def without_a_home(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(decoded.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)


def too_much(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoded, "MOST_BYTES", 100)


@pytest.mark.parametrize(
    "trouble", [nowhere, full, almost_full, read_only, switched_off, without_a_home, too_much], ids=lambda f: f.__name__
)
def test_a_cache_that_cannot_be_written_is_no_error(nnfs, cache, monkeypatch, trouble):
    trouble(cache, monkeypatch)
    if trouble is not read_only:
        done = nnfs("train", "c.yaml", "--name", "r")
        assert (done.code, LINE in done.err) == (0, False)
    else:
        assert pixels().shape == (12, 3, 8, 8)
    assert not cache.is_dir() or not entries(cache)


def test_where_it_is(monkeypatch, tmp_path):
    monkeypatch.delenv(decoded.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert decoded.cache_folder() == tmp_path / "nnfs"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert decoded.cache_folder() is None
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert decoded.cache_folder() == tmp_path / ".cache" / "nnfs"
    monkeypatch.setenv(decoded.VARIABLE, "~/here")
    assert decoded.cache_folder() == tmp_path / "here"


def test_what_was_not_used_for_longest_is_removed_first(cache, monkeypatch):
    (cache / "deeper").mkdir(parents=True)
    (cache / "notes.txt").write_text("of the user")
    for size in (4, 5, 6):
        pixels(size)
        newest = max(cache.glob("*.pictures"), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (size, size))
    pixels(4)
    monkeypatch.setattr(decoded, "MOST_BYTES", 12 * 3 * (16 + 36 + 49) + 3 * 250)
    pixels(7)
    kept = sorted(path.stat().st_size // 36 for path in cache.glob("*.pictures"))
    assert [round(size**0.5) for size in kept] == [4, 6, 7]
    assert {path.name for path in entries(cache)} >= {"deeper", "notes.txt"}


def test_pictures_that_may_still_change_within_the_same_moment_are_not_kept(cache, monkeypatch):
    monkeypatch.setattr(decoded, "FINE", 10**12)
    pixels()
    assert not entries(cache)


def test_pictures_that_are_read_in_no_time_are_not_kept(cache, monkeypatch):
    monkeypatch.setattr(picture_reader, "WORTH_KEEPING", 1000.0)
    pixels()
    assert not entries(cache)


def test_bad_pictures_are_looked_at_again(nnfs, cache, opened):
    Path("tr/low/0.png").write_bytes(b"")
    assert nnfs("train", "c.yaml").code == nnfs("train", "c.yaml").code == 3
    assert not entries(cache)


def test_several_at_once(cache, monkeypatch):
    """Each writes a file of its own and puts it in place whole."""
    monkeypatch.setattr(picture_reader, "plan_of", lambda *_: Plan(1, 1 << 20, 0))
    expected = pixels()
    shutil.rmtree(cache)
    found = []
    threads = [threading.Thread(target=lambda: found.append(pixels())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all((x == expected).all() for x in found)
    assert [path.suffix for path in entries(cache)] == [".pictures"]
