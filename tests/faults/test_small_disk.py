"""A small disk: it is full at some moment, and stays full until somebody makes room."""

from __future__ import annotations

import shutil

import pytest

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from tests.cli.program import TINY
from tests.faults.children import Tell, in_child
from tests.faults.evidence import Moment, go_on_to_the_end, moment_of, temporary_files, train_once, verdict
from tests.faults.namespaces import shell
from tests.sessions.trainings import remains

resource = pytest.importorskip("resource", reason="this system has no limits for processes")


def train_until_full(locator: Locator, run: RunDirectory, full_after: Moment, tell: Tell) -> None:
    """Train; no file may grow any more once a certain checkpoint is saved."""

    def told(moment: Moment) -> None:
        tell(moment)
        if moment == full_after:
            _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, most))

    train_once(locator, run.path.parent, told)


def test_disk_full_by_ulimit(locator, whole):
    """Disk full (`ulimit -f`, a tiny tmpfs), EIO, read-only runs directory (mounted, not chmod: root passes chmod)."""
    run = RunDirectory(locator.data_dir / "runs" / "run")
    for full_after in list(whole.saved)[1:]:
        ended = in_child(lambda tell, moment=full_after: train_until_full(locator, run, moment, tell))
        assert (ended.code, ended.error.count("\n")) == (6, 0), ended.error
        assert ended.error.endswith("cannot be written: File too large.")
        assert tuple(ended.told[-1]) == full_after == moment_of(checkpoint.read(run.last))
        assert not temporary_files(run.path)
        assert verdict(run, ended.told, whole) == "sound"
        go_on_to_the_end(locator, run, whole)
        shutil.rmtree(run.path)


TRAIN = "nnfs train tiny.yaml --quiet --set 'training.checkpoint_every={steps: 2}' --set model.layers.1.units=64"


def test_disk_full_by_a_tiny_tmpfs(tmp_path, monkeypatch):
    """Disk full (`ulimit -f`, a tiny tmpfs), EIO, read-only runs directory (mounted, not chmod: root passes chmod).

    There is room for the last three checkpoints and half of a fourth.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "runs").mkdir()
    done = shell(f"""
        {TRAIN} --runs-dir . --name whole
        room=$(( $(stat -c %s whole/checkpoints/last.safetensors) * 7 / 2 / 1024 + 20 ))
        mounted -t tmpfs -o size=${{room}}k none runs
        {TRAIN} --name run; echo $?
        cp -a runs/run full
        mounted -o remount,size=10m runs
        nnfs train --resume run --quiet; echo $?
        cp -a runs/run fixed
    """)
    assert done.out.splitlines() == ["whole", "6", "runs/run", "0"]
    assert done.err == "runs/run/checkpoints/last.safetensors: cannot be written: No space left on device.\n"
    full = RunDirectory(tmp_path / "full")
    assert moment_of(checkpoint.read(full.last)) == (6, 0)
    assert not temporary_files(full.path)
    assert remains(tmp_path / "fixed") == remains(tmp_path / "whole")
