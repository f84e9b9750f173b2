"""Every failure is one line on standard error that names what is wrong, with the exit code of the contract.

The tests of the rows beside this one ask the same of their failures; here are those of no row, at least one for every
exit code and command. The exceptions: all mistakes of a configuration, and a table of weights that do not fit.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli import build
from nnfs_cli.runs import durable
from nnfs_cli.training.trainer import Trainer
from tests.fault_table.evidence import assert_one_line, contents
from tests.fault_table.setting import configure, features, pictures, write_fashion, write_npz

BEST = "runs/tiny/checkpoints/best.safetensors"


def nothing() -> None:
    """The files are as they should be."""


def rewrite(path: str, change: Callable[[bytes], bytes]) -> Callable[[], object]:
    """Something that changes the content of a file."""
    return lambda: Path(path).write_bytes(change(Path(path).read_bytes()))


def write(path: str, content: bytes) -> Callable[[], object]:
    """Something that writes a file."""
    return lambda: Path(path).write_bytes(content)


def damaged_fashion() -> None:
    """A compressed file of a data set that ends early."""
    write_fashion(*pictures(9))
    images = Path("data/fashion_mnist/train-images-idx3-ubyte")
    images.with_name(f"{images.name}.gz").write_bytes(gzip.compress(images.read_bytes())[:-9])
    images.unlink()


def diverging() -> None:
    """Data on which the loss is infinite at once."""
    write_npz(x=features() * 1e30, y=np.linspace(1e30, 2e30, 24)[:, None])
    configure({"type": "npz", "train": "t.npz", "standardize": False}, 1, "mse")


FAILURES: dict[tuple[str, ...], tuple[int, str, Callable[[], object]]] = {
    # usage
    ("trian", "tiny.yaml"): (2, "nnfs: no command is called 'trian'. Did you mean 'train'?", nothing),
    ("xyz",): (2, "nnfs: No such command 'xyz'", nothing),
    ("train",): (2, "nnfs train: Give a CONFIG to train, or --resume RUN", nothing),
    ("train", "tiny.yaml", "--resume", "tiny"): (2, "nnfs train: Give a CONFIG to train, or", nothing),
    ("train", "--resume", "tiny", "--seed", "1"): (2, "nnfs train: --resume can be combined only with --set", nothing),
    ("train", "tiny.yaml", "more.yaml"): (2, "nnfs train: Got unexpected extra argument (more.yaml)", nothing),
    ("train", "tiny.yaml", "--sede", "1"): (2, "nnfs train: No such option", nothing),
    ("train", "tiny.yaml", "--seed", "-1"): (2, "nnfs train: Invalid value for '--seed'", nothing),
    ("train", "tiny.yaml", "--seed", "9" * 5000): (2, "nnfs train: Invalid value for '--seed'", nothing),
    ("train", "tiny.yaml", "--workers", "two"): (2, "nnfs train: Invalid value for '--workers'", nothing),
    ("train", "tiny.yaml", "--set"): (2, "nnfs: Option '--set' requires an argument", nothing),
    ("train", "tiny.yaml", "--set", "seed"): (2, "--set seed: expected KEY=VALUE", nothing),
    ("train", "tiny.yaml", "--set", "=1"): (2, "--set =1: expected KEY=VALUE", nothing),
    ("train", "tiny.yaml", "--name", "a/b"): (2, "--name a/b: expected a plain name", nothing),
    ("train", "tiny.yaml", "--name", "tiny"): (2, "--name tiny: runs/tiny exists.", nothing),
    ("evaluate",): (2, "nnfs evaluate: Missing argument 'RUN'", nothing),
    ("evaluate", "tiny", "--split", "all"): (2, "nnfs evaluate: Invalid value for '--split'", nothing),
    ("evaluate", "tiny", "--set", "seed=1"): (
        2,
        "--set seed=1: expected a key of dataset, such as --set dataset.test=FILE.",
        nothing,
    ),
    ("predict", "tiny"): (2, "nnfs predict: Missing argument 'INPUT...'", nothing),
    ("predict", "tiny", "x.npy", "--top", "0"): (2, "nnfs predict: Invalid value for '--top'", nothing),
    ("predict", "tiny", "x.npy", "--format", "npy"): (2, "nnfs predict: --format npy is not text", nothing),
    ("lr-find", "tiny.yaml", "--min-lr", "1", "--max-lr", "0.1"): (2, "nnfs lr-find: --min-lr 1 --max-lr 0.1", nothing),
    ("lr-find", "tiny.yaml", "--steps", "1"): (2, "nnfs lr-find: Invalid value for '--steps'", nothing),
    ("lr-find", "tiny.yaml", "--write", "tiny.yaml"): (2, "nnfs lr-find: --write tiny.yaml: exists.", nothing),
    ("check", "missing.yaml"): (2, "missing.yaml: no such file.", nothing),
    ("check", "tiny.yaml", "--set", "loss=mse"): (2, "--set loss=mse: loss (mse): does not fit digits", nothing),
    # data
    ("train", "kinds.yaml"): (
        3,
        "table.csv:7: column 'price': expected a finite number, got 'inf'",
        rewrite("table.csv", lambda b: b.replace(b"7.5", b"inf")),
    ),
    ("evaluate", "prices", "--set", "dataset.test=none.csv"): (3, "none.csv: there is no such file.", nothing),
    ("evaluate", "tiny", "--split", "validation", "--set", "dataset.validation=0"): (
        3,
        "digits: has no validation split. It has: train, test. Choose one with --split.",
        nothing,
    ),
    ("train", "tiny.yaml", "--set", "dataset.type=fashion_mnist"): (
        3,
        "data/fashion_mnist/train-images-idx3-ubyte.gz: is cut short",
        damaged_fashion,
    ),
    ("train", "tiny.yaml", "--set", "dataset.type=kmnist"): (3, "cannot be downloaded (NNFS_OFFLINE is set)", nothing),
    ("predict", "tiny", "missing.npy", "--strict"): (3, "missing.npy: there is no such file.", nothing),
    # checkpoints
    ("evaluate", "tinny"): (4, "tinny: no such run or checkpoint. Did you mean 'tiny'?", nothing),
    ("predict", "tiny", "x.npy"): (4, f"{BEST}: is damaged", rewrite(BEST, lambda b: b[:-1] + bytes([b[-1] ^ 1]))),
    ("predict", BEST, "x.npy"): (4, f"{BEST}: is not a whole safetensors file", rewrite(BEST, lambda b: b[:-1])),
    ("evaluate", BEST): (4, f"{BEST}: is not a checkpoint: it is empty", write(BEST, b"")),
    ("evaluate", "x.txt"): (4, "x.txt: is not a checkpoint", write("x.txt", b"a poem about a network")),
    ("train", "tiny.yaml", "--init-from", "none"): (4, "none: no such run or checkpoint.", nothing),
    ("train", "--resume", "none"): (4, "none: no such run or checkpoint.", nothing),
    # divergence
    ("train", "x.yaml", "--quiet"): (5, "loss became infinite at epoch 1, step 1, lr = 0.001", diverging),
    ("lr-find", "x.yaml"): (5, "loss became infinite at epoch 1, step 1, lr = 1e-07", diverging),
    # the environment
    ("train", "tiny.yaml", "--runs-dir", "tiny.yaml"): (6, "tiny.yaml/tiny: cannot be written", nothing),
    ("predict", "tiny", "y.npy", "--output", "none/x"): (
        6,
        "none/x: cannot be written: No such file or directory.",
        lambda: np.save("y.npy", np.full((1, 64), 70)),
    ),
}


@pytest.mark.parametrize("arguments", FAILURES, ids=lambda arguments: " ".join(arguments)[:60])
def test_every_failure_is_one_line(nnfs, runs, arguments):
    """Every failure is one line on standard error that names the file, the field and the fix."""
    code, words, prepare = FAILURES[arguments]
    prepare()
    before = contents()
    done = nnfs(*arguments)
    assert (done.code, done.out) == (code, "")
    assert_one_line(done.err, words)
    if code != 5:
        assert contents() == before


def test_every_command_and_every_exit_code_is_there():
    """The failures are of all kinds."""
    assert {code for code, _, _ in FAILURES.values()} == {2, 3, 4, 5, 6}
    assert {"train", "evaluate", "predict", "lr-find", "check"} < {arguments[0] for arguments in FAILURES}


class PanicException(BaseException):
    """What the libraries in Rust raise; it is no Exception."""


ANYWHERE = {
    "mapping": (OSError(12, "Cannot allocate memory"), 6, "out of memory: [Errno 12] Cannot allocate memory"),
    "library": (ImportError("x.so: failed to map segment from shared object"), 6, "out of memory: x.so: failed to map"),
    "panic": (PanicException("it panicked: Cannot allocate memory (os error 12)"), 6, "out of memory: it panicked"),
    "memory": (MemoryError("Unable to allocate 9 GiB"), 6, "out of memory: Unable to allocate 9 GiB"),
    "memory without a word": (MemoryError(), 6, "out of memory"),
    "system": (OSError(24, "Too many open files", "x"), 6, "x: Too many open files."),
    "Ctrl-C": (KeyboardInterrupt(), 130, "interrupted"),
}


@pytest.mark.parametrize("command", [("train", "tiny.yaml"), ("lr-find", "tiny.yaml")], ids=lambda c: c[0])
@pytest.mark.parametrize("happened", ANYWHERE)
def test_what_may_happen_anywhere_is_one_line(refused, monkeypatch, happened, command):
    """Every failure is one line on standard error, with an exit code that a script can branch on."""
    error, code, words = ANYWHERE[happened]

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(build, "prepare", fail)
    refused(code, words, *command)


def test_a_disk_that_is_full_when_a_result_is_written_is_one_line(nnfs, runs, monkeypatch):
    """Every failure is one line on standard error."""

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable, "sync", full)
    before = contents()
    done = nnfs("evaluate", "tiny")
    assert (done.code, done.out.count("\naccuracy ")) == (6, 1)
    assert_one_line(done.err, "runs/tiny/evaluation-test.json: cannot be written: No space left on device.")
    assert contents() == before


def test_a_bug_is_the_only_traceback(directory, capsys, monkeypatch):
    """Exit code 1 is for bugs: the only case with a traceback."""
    from nnfs_cli.cli.main import run

    def broken(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(Trainer, "run", broken)
    assert run(["train", "tiny.yaml", "--quiet"]) == 1
    assert "ZeroDivisionError: division by zero" in capsys.readouterr().err


def test_a_usage_error_where_nobody_can_read_it(monkeypatch):
    """Every failure has an exit code that a script can branch on, even if standard error is full."""
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    from nnfs_cli.cli.main import run

    full = open("/dev/full", "w")  # noqa: SIM115
    monkeypatch.setattr(sys, "stderr", full)
    codes = [run(["train"]), run(["check", "none.yaml"]), run([])]
    monkeypatch.undo()
    with contextlib.suppress(OSError):
        full.close()
    assert codes == [2, 2, 2]
