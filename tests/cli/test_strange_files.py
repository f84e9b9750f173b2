"""A run that somebody hands on: links, pipes and devices in the place of its files are refused in one line, at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.model import Model

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
RUN = Path("runs/tiny")
BEST = RUN / "checkpoints/best.safetensors"
MORE = ("train", "--resume", "tiny", "--set", "training.epochs=3")
KINDS = {
    "a pipe": (os.mkfifo, "is a pipe"),
    "a link": (lambda path: path.symlink_to(Path("mine").absolute()), "is a link"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "is a link"),
}


@pytest.fixture(autouse=True)
def mine(runs: Path) -> Iterator[Path]:
    """A file of the user outside the run; who waits for a pipe is interrupted."""

    def interrupt(*_: object) -> None:
        raise TimeoutError("it hangs")

    Path("mine").write_text("precious")
    np.save("x.npy", np.full((2, 64), 70))
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(60)
    yield Path("mine")
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
    assert Path("mine").read_text() == "precious"


def put(kind: str, path: Path) -> str:
    """Put something else in the place of a file; what must be said of it."""
    make, said = KINDS[kind]
    path.unlink(missing_ok=True)
    make(path)
    return f"{path}: {said}, expected a plain file. Remove it.\n"


def names() -> set[str]:
    return {str(path) for path in RUN.rglob("*")}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["config.yaml", "metrics.csv", "steps.csv", "summary.json", ".lock"])
def test_resuming_refuses_what_it_would_read_or_write(nnfs, name, kind):
    said, before, last = put(kind, RUN / name), names(), (RUN / "checkpoints/last.safetensors").read_bytes()
    done = nnfs(*MORE)
    assert (done.code, done.out, done.err) == (6, "", said)
    assert (names(), (RUN / "checkpoints/last.safetensors").read_bytes()) == (before, last)
    (RUN / name).unlink()
    assert nnfs(*MORE, "--quiet").code == 0
    assert (RUN / name).is_file()


@pytest.mark.parametrize("kind", KINDS)
def test_resuming_passes_over_a_last_checkpoint_that_is_none(nnfs, kind):
    said = put(kind, RUN / "checkpoints/last.safetensors")
    done = nnfs(*MORE)
    assert done.code == 0
    assert f"warning: {said.strip()} Going back from step" in done.err
    assert not (RUN / "checkpoints/last.safetensors").is_symlink()
    said = put(kind, RUN / "checkpoints/last.safetensors")
    put(kind, RUN / "checkpoints/previous.safetensors")
    done = nnfs("train", "--resume", "tiny", "--set", "training.epochs=4")
    assert (done.code, done.out, done.err) == (4, "", said)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "command",
    [("evaluate", "tiny"), ("predict", "tiny", "x.npy"), ("train", "tiny.yaml", "--init-from", "tiny")],
    ids=lambda command: command[0],
)
def test_the_best_checkpoint_is_never_something_else(nnfs, command, kind):
    said = put(kind, BEST)
    done = nnfs(*command)
    assert (done.code, done.out, done.err) == (4, "", said)


@pytest.mark.parametrize("command", [MORE, ("evaluate", "tiny"), ("predict", "tiny", "x.npy")], ids=lambda it: it[0])
def test_checkpoints_that_lie_elsewhere(nnfs, command):
    """What is cleaned up there is not the run's own."""
    Path("foreign").mkdir()
    (RUN / "checkpoints").rename("foreign/checkpoints")
    half = Path("foreign/checkpoints/.0123456789abcdef.tmp")
    half.write_text("half")
    (RUN / "checkpoints").symlink_to(Path("foreign/checkpoints").absolute())
    done = nnfs(*command)
    assert (done.code, done.out) == (4, "")
    assert done.err == f"{RUN / 'checkpoints'}: is a link, expected a plain folder. Remove it.\n"
    assert half.read_text() == "half"


@pytest.mark.parametrize("link", ["checkpoints", "checkpoints/last.safetensors"])
@pytest.mark.parametrize("target", [".", "checkpoints", "checkpoints/last.safetensors"])
def test_a_link_among_checkpoints_does_not_lead_into_another_run(nnfs, link, target):
    """A run that somebody hands on, whose checkpoint is named; what the link leads to is a run of the user."""
    Path("theirs/checkpoints").mkdir(parents=True)
    before = {path: path.stat().st_mtime_ns for path in RUN.rglob("*")}
    if link == "checkpoints":
        Path("theirs/checkpoints").rmdir()
    Path("theirs", link).symlink_to((RUN / target).absolute())
    done = nnfs("train", "--resume", "theirs/checkpoints/last.safetensors", "--set", "training.epochs=3")
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith(f"theirs/{link}: is a link, expected a plain ")
    assert {path: path.stat().st_mtime_ns for path in RUN.rglob("*")} == before


@pytest.mark.parametrize("kind", KINDS)
def test_what_evaluate_writes_takes_the_place_of_what_stood_there(nnfs, kind):
    results = [RUN / name for name in ("evaluation-test.json", "confusion-test.csv", "confusion-test.png")]
    for path in results:
        put(kind, path)
    assert nnfs("evaluate", "tiny").code == 0
    assert all(path.is_file() and not path.is_symlink() for path in results)


@pytest.mark.parametrize("kind", KINDS)
def test_so_does_the_picture_of_a_run(nnfs, kind):
    put(kind, RUN / "curves.png")
    assert nnfs(*MORE).code == 0
    assert (RUN / "curves.png").read_bytes() == b"picture"
    assert not (RUN / "curves.png").is_symlink()


def test_a_second_name_of_a_file_is_no_lock(nnfs, mine):
    (RUN / ".lock").unlink()
    os.link(mine, RUN / ".lock")
    done = nnfs(*MORE)
    assert (done.code, done.err) == (6, f"{RUN}/.lock: is not a lock of nnfs, it holds something else. Remove it.\n")


def test_a_summary_without_end(nnfs):
    os.truncate(RUN / "summary.json", 1 << 40)
    assert nnfs(*MORE).code == 0


def test_links_that_a_user_names_are_followed(nnfs):
    Path("link.safetensors").symlink_to(BEST)
    Path("run").symlink_to(RUN)
    for command in (("evaluate", "link.safetensors"), ("evaluate", "run"), ("predict", "link.safetensors", "x.npy")):
        assert nnfs(*command).code == 0
    assert nnfs("train", "tiny.yaml", "--init-from", "link.safetensors", "--quiet").code == 0
    assert nnfs("train", "--resume", "run", "--set", "training.epochs=3").out == "run\n"
    Path("link.safetensors").unlink()
    Path("link.safetensors").symlink_to(RUN / "checkpoints/last.safetensors")
    assert nnfs("train", "--resume", "link.safetensors", "--set", "training.epochs=4").code == 0
    assert Model.load("link.safetensors").predict(np.zeros((1, 1, 8, 8))).shape == (1, 10)


@pytest.mark.parametrize("command", [("evaluate",), ("predict",), ("train", "--resume")], ids=lambda it: it[0])
@pytest.mark.parametrize("kind", ["a pipe", "a device"])
def test_a_checkpoint_that_a_user_names_is_a_file(nnfs, command, kind):
    put(kind, Path("named"))
    done = nnfs(*command, "named", *(["x.npy"] if command == ("predict",) else []))
    said = "named: is a pipe or a device, expected a run or a checkpoint file.\n"
    assert (done.code, done.out, done.err) == (4, "", said)


def test_a_forged_summary_is_not_believed(nnfs):
    for forged in ('{"status": "completed"}', '{"status": "completed", "best": 1, "epochs": "\\u001b[2J"}'):
        (RUN / "summary.json").write_text(forged)
        for more in ((), ("--json",)):
            done = nnfs("train", "--resume", "tiny", *more)
            assert done.code == 0
            assert "nothing to do: all 2 epochs are done" in done.err
        assert (RUN / "summary.json").read_text() == forged
