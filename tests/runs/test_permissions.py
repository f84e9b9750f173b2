"""Permissions: who may do what with a file does not change when it is replaced."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from nnfs_cli.runs import durable

pytestmark = pytest.mark.skipif(not hasattr(os, "fchown"), reason="permissions of POSIX")
NOBODY = 65534


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_bytes(b"old")
    return path


@pytest.fixture(autouse=True)
def _umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o644, 0o666, 0o755, 0o400])
def test_the_mode_of_what_is_replaced_is_kept(path, kept):
    path.chmod(kept)
    durable.replace(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", kept)


@pytest.mark.parametrize(("umask", "given"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_is_what_the_umask_allows(tmp_path, umask, given):
    os.umask(umask)
    durable.replace(tmp_path / "new", b"new")
    durable.append(tmp_path / "rows", "new")
    assert (mode(tmp_path / "new"), mode(tmp_path / "rows")) == (given, given)


def test_a_link_that_is_replaced_gives_nothing(path, tmp_path):
    path.chmod(0o600)
    (tmp_path / "link").symlink_to(path)
    durable.replace(tmp_path / "link", b"new")
    assert (mode(tmp_path / "link"), (tmp_path / "link").is_symlink(), path.read_bytes()) == (0o644, False, b"old")


def test_nobody_looks_into_it_before_it_is_whole(path, monkeypatch):
    path.chmod(0o644)
    seen, really = [], os.open

    def note(name, flags, *rest, **options):
        descriptor = really(name, flags, *rest, **options)
        if flags & os.O_CREAT:
            seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return descriptor

    monkeypatch.setattr(os, "open", note)
    durable.replace(path, b"new")
    assert (seen, mode(path)) == ([0o600], 0o644)


def test_owner_and_group_are_asked_for(path, monkeypatch):
    """A group first: who has given a file away may change nothing of it any more."""
    status, asked = path.stat(), []
    monkeypatch.setattr(os, "fchown", lambda descriptor, owner, group: asked.append((owner, group)))
    durable.replace(path, b"new")
    assert asked == [(-1, status.st_gid), (status.st_uid, -1)]


def test_where_the_group_cannot_be_kept_its_rights_are_those_of_all(path, monkeypatch):
    path.chmod(0o674)
    mine, really = path.stat(), os.lstat

    def of_another_group(name, **options):
        status = really(name, **options)
        return os.stat_result((*status[:5], mine.st_gid + 1, *status[6:])) if str(name) == str(path) else status

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "lstat", of_another_group)
    monkeypatch.setattr(os, "fchown", refuse)
    durable.replace(path, b"new")
    assert mode(path) == 0o644


def test_a_file_system_without_modes(path, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "fchmod", refuse)
    durable.replace(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root gives files away")
def test_owner_and_group_of_somebody_else_are_kept(path):
    os.chown(path, NOBODY, NOBODY)
    path.chmod(0o640)
    durable.replace(path, b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, mode(path)) == (NOBODY, NOBODY, 0o640)
