"""Read-only: a runs directory that nobody can write to is found before anything is done."""

from __future__ import annotations

import os

import numpy as np
import pytest

from nnfs_cli.errors import DataError
from tests.faults.namespaces import shell
from tests.sessions.trainings import flowers, start

CONFIG = """\
dataset: {type: npz, train: flowers.npz}
model: {layers: [{type: dense, units: 3}]}
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 1}
"""
READ_ONLY = """
    mounted --bind runs runs
    mounted -o remount,bind,ro runs
"""


def everything(folder):
    """All files below a folder, with what is in them and when that was written."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.fixture
def spoiled(locator, monkeypatch):
    """A directory with a run that was stopped, and with data that nobody can read and not complain."""
    monkeypatch.chdir(locator.data_dir)
    if not os.path.exists("runs"):
        start(locator, stop=4, name="half")
        arrays = flowers()
        arrays["x"][7, 2] = np.nan
        np.savez("flowers.npz", **arrays)
        (locator.data_dir / "new.yaml").write_text(CONFIG)
    return locator


def test_read_only_runs_directory(spoiled):
    """Disk full (`ulimit -f`, a tiny tmpfs), EIO, read-only runs directory (mounted, not chmod: root passes chmod)."""
    with pytest.raises(DataError):
        start(spoiled, name="new", dataset={"type": "npz", "train": "flowers.npz"})
    before = everything(spoiled.data_dir / "runs")
    done = shell(
        f"{READ_ONLY} nnfs train new.yaml --data-dir .; echo $?; nnfs train --resume half --data-dir .; echo $?"
    )
    assert done.out == "6\n6\n"
    assert done.err == (
        "runs/new: cannot be written: Read-only file system.\n"
        "runs/half/.lock: cannot be written: Read-only file system.\n"
    )
    assert everything(spoiled.data_dir / "runs") == before
