"""Decoding by several processes: the bytes, the order and the errors of one, and no process left behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnfs_cli import plots
from nnfs_cli.cli.main import run
from nnfs_cli.data.formats.folders import entries_below
from nnfs_cli.data.pictures import decoding
from nnfs_cli.data.pictures.decoding import Plan, decode_all, plan_of, shared_pixels
from nnfs_cli.errors import MachineError
from tests.cli.forking import start
from tests.cli.program import ended

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
SHAPE = (3, 6, 5)
COUNT = 203


@pytest.fixture
def paths(tmp_path) -> list[str]:
    """Pictures of random colours and depths, with a few among them that cannot be read."""
    rng, names = np.random.default_rng(0), []
    for number in range(COUNT):
        names.append(str(tmp_path / f"{number:03}.png"))
        if number % 50 == 7:
            Path(names[-1]).write_bytes(b"")
        elif number % 10 == 3:
            Image.fromarray(rng.integers(0, 1000 * number, (6, 5)).astype(np.uint16)).save(names[-1])
        else:
            form = "JPEG" if number % 10 == 4 else "PNG"
            Image.fromarray(rng.integers(0, 256, (6, 5, 3), np.uint8)).save(names[-1], form)
    return names


def children() -> set[str]:
    """The processes that this one started and has not ended, where the system tells."""
    return {number for path in Path("/proc/self/task").glob("*/children") for number in path.read_text().split()}


def by_one_after_the_other(paths: list[str], row: int) -> np.ndarray:
    """What pillow alone makes of a picture of 8 bits."""
    return np.asarray(Image.open(paths[row]).convert("RGB")).transpose(2, 0, 1)


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_any_number_of_processes_gives_the_same(paths, processes):
    x, alone = shared_pixels(COUNT, SHAPE), shared_pixels(COUNT, SHAPE)
    seen = []
    found = decode_all(paths, range(COUNT), x, None, Plan(processes, 1 << 20, 0), seen.append)
    expected = decode_all(paths, range(COUNT), alone, None, Plan(1, 1 << 20, 0))
    assert found == expected
    assert sum(seen) == COUNT
    assert sorted(found.bad) == [7, 57, 107, 157]
    assert all("it is empty" in text for text in found.bad.values())
    assert sorted(found.misnamed.items()) == [(row, "JPEG") for row in range(4, COUNT, 10)]
    assert sorted(found.largest) == list(range(3, COUNT, 10))
    np.testing.assert_array_equal(x, alone)
    for row in {*range(COUNT)} - {*found.bad} - {*found.largest}:
        np.testing.assert_array_equal(x[row], by_one_after_the_other(paths, row))


def test_some_rows_alone(paths):
    x = shared_pixels(COUNT, SHAPE)
    decode_all(paths, [0, 5, 199], x, None, Plan(2, 1 << 20, 0))
    assert {*np.flatnonzero(x.any(axis=(1, 2, 3)))} == {0, 5, 199}


def test_large_pictures_are_left_to_one_process(paths, monkeypatch):
    x, alone, here = shared_pixels(COUNT, SHAPE), shared_pixels(COUNT, SHAPE), []
    Image.new("RGB", (60, 50), (9, 9, 9)).save(paths[8])
    real, parent = decoding.decode, os.getpid()

    def noted(path, shape, depth, most):
        here.extend([path] if os.getpid() == parent else [])
        return real(path, shape, depth, most)

    monkeypatch.setattr(decoding, "decode", noted)
    found, seen = decode_all(paths, range(COUNT), x, None, Plan(2, 10 * 60 * 50 - 1, 0), here.append), here
    assert [item for item in seen if isinstance(item, str)] == [paths[8]]
    assert sum(item for item in seen if isinstance(item, int)) == COUNT
    assert found == decode_all(paths, range(COUNT), alone, None, Plan(1, 1, 0))
    np.testing.assert_array_equal(x, alone)


def test_the_plan(tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "allowed_cores", lambda: range(4))
    for number in range(3):
        Image.new("L", (1000, 100)).save(tmp_path / f"{number}.png")
    few = plan_of(entries_below(tmp_path), (1, 10, 10))
    assert (few.processes, few.peak) == (1, 10 * 1000 * 100 + 10 * 100)
    monkeypatch.setattr(decoding, "WORTH_SHARING", 0)
    assert plan_of(entries_below(tmp_path), (1, 10, 10)).processes == 3
    monkeypatch.setattr(decoding, "ALLOWED", 2_100_000)
    shared = plan_of(entries_below(tmp_path), (1, 10, 10))
    assert (shared.processes, shared.each) == (2, 1_050_000)
    (tmp_path / "0.png").write_bytes(b"no picture")
    assert plan_of(entries_below(tmp_path), (1, 10, 10)).peak == shared.peak


@pytest.mark.parametrize(
    ("fate", "message"),
    [
        (lambda *_: os.kill(os.getpid(), signal.SIGKILL), "a process that read pictures was killed from outside"),
        (lambda *_: 1 // 0, "a process that read pictures failed: ZeroDivisionError"),
    ],
)
def test_a_process_that_dies(paths, monkeypatch, fate, message):
    monkeypatch.setattr(decoding, "decode", fate)
    before = children()
    with pytest.raises(MachineError, match=message):
        decode_all(paths, range(COUNT), shared_pixels(COUNT, SHAPE), None, Plan(2, 1 << 20, 0))
    assert children() <= before


def test_a_process_without_memory(paths, monkeypatch):
    def fail(*_):
        raise MemoryError("no 5 bytes")

    monkeypatch.setattr(decoding, "decode", fail)
    with pytest.raises(MemoryError, match="no 5 bytes"):
        decode_all(paths, range(COUNT), shared_pixels(COUNT, SHAPE), None, Plan(2, 1 << 20, 0))


SLOW = """
import sys, time
from nnfs_cli.data.pictures import decoding
from nnfs_cli.cli.start import main
decoding.WORTH_SHARING = 0
decoding.allowed_cores = lambda: range(3)
def decode(*_):
    sys.stderr.write("x"); sys.stderr.flush()
    time.sleep(0.05 if QUICK else 600)
decoding.decode = decode
main()
"""


@pytest.mark.parametrize("command", ["train", "evaluate"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_signal_ends_all_at_once(tmp_path, monkeypatch, command, number, code):
    """`ended` waits until nobody holds the streams any more."""
    monkeypatch.chdir(tmp_path)
    for name in ("low", "top"):
        Path("tr", name).mkdir(parents=True)
        for picture in range(8):
            Image.new("L", (8, 8)).save(f"tr/{name}/{picture}.png")
    Path("c.yaml").write_text(
        "dataset: {type: images, train: tr, size: 8}\nmodel: {layers: [flatten, {type: dense, units: 2}]}\n"
        "optimizer: {type: adam, lr: 0.05}\ntraining: {epochs: 1}\n"
    )
    monkeypatch.setattr(plots, "curves", lambda *_: b"picture")
    arguments = ["train", "c.yaml", "--name", "r"]
    if command == "evaluate":
        assert run([*arguments, "--quiet"]) == 0
        arguments = ["evaluate", "r", "--split", "train"]
    quick = str(number == signal.SIGKILL or (number, command) == (signal.SIGTERM, "evaluate"))
    process = start(*arguments, main=SLOW.replace("QUICK", quick), start_new_session=True)
    said = ""
    while said.count("x") < 3:
        said += process.stderr.read(1)
    process.send_signal(number)
    assert ended(process).code in (code, -number)
    assert not Path("runs", "r", "summary.json").exists() or command == "evaluate"
