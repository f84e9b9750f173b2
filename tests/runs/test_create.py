"""New files: whole from the moment when they have their name, which nothing had before."""

from __future__ import annotations

import errno
import os

import pytest

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import durable
from tests.runs.test_durable import NEW, OLD, Disk, without_links


def test_order_of_the_calls_that_create_a_file(tmp_path, monkeypatch):
    disk = Disk(monkeypatch)
    durable.create(tmp_path / "new", NEW)
    assert disk.calls == ["write", "sync file", "sync directory"]
    assert (tmp_path / "new").read_bytes() == NEW
    assert os.listdir(tmp_path) == ["new"]


@pytest.fixture(params=[True, False], ids=["links", "no links"])
def second_names(request, monkeypatch):
    if not request.param:
        without_links(monkeypatch)


@pytest.mark.parametrize("there", ["file", "folder", "link", "link to nothing"])
def test_what_is_there_when_the_new_file_is_whole_stays(tmp_path, monkeypatch, second_names, there):
    """It appears while the new one is written."""
    path, other, fsync = tmp_path / "new", tmp_path / "other", os.fsync
    other.write_bytes(OLD)

    def late(descriptor):
        fsync(descriptor)
        if not os.path.lexists(path):
            {
                "file": lambda: path.write_bytes(OLD),
                "folder": path.mkdir,
                "link": lambda: path.symlink_to(other),
                "link to nothing": lambda: path.symlink_to(tmp_path / "nowhere"),
            }[there]()

    monkeypatch.setattr(os, "fsync", late)
    with pytest.raises(FileExistsError):
        durable.create(path, NEW)
    assert path.is_symlink() == there.startswith("link")
    assert path.is_dir() or there == "link to nothing" or path.read_bytes() == OLD
    assert sorted(os.listdir(tmp_path)) == ["new", "other"]


def test_a_new_file_where_there_are_no_second_names(tmp_path, monkeypatch):
    without_links(monkeypatch)
    durable.create(tmp_path / "new", NEW)
    assert (tmp_path / "new").read_bytes() == NEW
    assert os.listdir(tmp_path) == ["new"]


@pytest.mark.parametrize("call", ["write", "sync file", "rename"])
def test_a_new_file_that_fails_leaves_nothing(tmp_path, monkeypatch, call):
    without_links(monkeypatch)
    Disk(monkeypatch, call, errno.ENOSPC)
    with pytest.raises(MachineError, match=r"new: cannot be written: No space left on device\."):
        durable.create(tmp_path / "new", NEW)
    assert os.listdir(tmp_path) == []
