"""Durable: the order of the calls that survive a power cut, and each of them failing once."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import durable

OLD, NEW = b"the old bytes", b"the new bytes, which are longer"
FAILURES = [errno.ENOSPC, errno.EIO, errno.EROFS]


class Disk:
    """Stands in for the calls of `os` and `open`, notes them, and lets one of them fail.

    The calls are noted as "write", "sync file", "rename", "sync directory".
    """

    def __init__(self, monkeypatch, fails: str = "", code: int = 0):
        self.calls: list[str] = []
        self.fails, self.code = fails, code
        fsync, replace = os.fsync, os.replace
        monkeypatch.setattr(os, "fsync", lambda descriptor: self.call(_kind(descriptor), fsync, descriptor))
        monkeypatch.setattr(os, "replace", lambda *paths: self.call("rename", replace, *paths))
        monkeypatch.setattr(durable, "open", self.open, raising=False)

    def call(self, name, function, *arguments):
        self.calls.append(name)
        if name == self.fails:
            raise OSError(self.code, os.strerror(self.code), "some path")
        return function(*arguments)

    def open(self, *arguments, **options):
        return _Noted(open(*arguments, **options), self)


class _Noted:
    """An open file whose writes the disk notes."""

    def __init__(self, file, disk: Disk):
        self._file, self._disk = file, disk
        self.fileno, self.flush = file.fileno, file.flush

    def write(self, data):
        return self._disk.call("write", self._file.write, data)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()


def _kind(descriptor: int) -> str:
    """What is synced, and whether all that was written has left the program's own buffers by then."""
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        return "sync directory"
    return "sync file" if status.st_size in (len(NEW), len(OLD) + len(NEW)) else "sync of an unfinished file"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "last.safetensors"
    path.write_bytes(OLD)
    return path


def test_order_of_the_calls_that_replace_a_file(path, monkeypatch):
    disk = Disk(monkeypatch)
    durable.replace(path, NEW)
    assert disk.calls == ["write", "sync file", "rename", "sync directory"]
    assert path.read_bytes() == NEW


@pytest.mark.parametrize("code", FAILURES, ids=errno.errorcode.get)
@pytest.mark.parametrize("call", ["write", "sync file", "rename"])
def test_a_call_that_fails_leaves_the_old_file(path, monkeypatch, call, code):
    Disk(monkeypatch, call, code)
    with pytest.raises(MachineError) as refused:
        durable.replace(path, NEW)
    assert str(refused.value) == f"{path}: cannot be written: {os.strerror(code)}."
    assert path.read_bytes() == OLD
    assert os.listdir(path.parent) == [path.name]


def test_a_name_that_may_not_be_on_the_disk_is_never_called_saved(path, monkeypatch):
    Disk(monkeypatch, "sync directory", errno.EIO)
    with pytest.raises(MachineError):
        durable.replace(path, NEW)
    assert path.read_bytes() == NEW
    assert os.listdir(path.parent) == [path.name]


def test_a_dead_temporary_file_is_never_written_again(path, monkeypatch):
    with monkeypatch.context() as patch:
        Disk(patch, "sync file", errno.EIO)
        with pytest.raises(MachineError):
            durable.replace(path, NEW)
    disk = Disk(monkeypatch)
    durable.replace(path, NEW)
    assert disk.calls == ["write", "sync file", "rename", "sync directory"]


def test_ctrl_c_leaves_no_temporary_file(path, monkeypatch):
    def interrupt(*paths):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        durable.replace(path, NEW)
    assert os.listdir(path.parent) == [path.name]
    assert path.read_bytes() == OLD


def test_text_is_written_as_utf_8(path):
    durable.replace(path, "größer\n")
    assert path.read_bytes() == "größer\n".encode()


def test_append_adds_and_waits_for_the_disk(path, monkeypatch):
    disk = Disk(monkeypatch)
    durable.append(path, NEW.decode())
    assert disk.calls == ["write", "sync file"]
    assert path.read_bytes() == OLD + NEW


def test_append_makes_the_file(tmp_path):
    durable.append(tmp_path / "new.csv", "a,b\n")
    assert (tmp_path / "new.csv").read_bytes() == b"a,b\n"


@pytest.mark.parametrize("call", ["write", "sync file"])
def test_append_that_fails(path, monkeypatch, call):
    Disk(monkeypatch, call, errno.ENOSPC)
    with pytest.raises(MachineError, match=r"last.safetensors: cannot be written: No space left on device\."):
        durable.append(path, NEW.decode())


def test_a_missing_directory_is_the_machines_fault(tmp_path):
    with pytest.raises(MachineError, match="nowhere/file: cannot be written: No such file or directory"):
        durable.replace(tmp_path / "nowhere" / "file", NEW)
    with pytest.raises(MachineError, match="nowhere/file"):
        durable.append(tmp_path / "nowhere" / "file", "text")


def without_links(monkeypatch):
    """A file system that knows no second names."""

    def refuse(*paths):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)


@pytest.fixture
def second(path):
    return path.with_name("previous.safetensors")


def test_order_of_the_calls_that_keep_the_old_file(path, second, monkeypatch):
    second.write_bytes(b"older")
    disk = Disk(monkeypatch)
    durable.replace_keeping(path, NEW, second)
    assert disk.calls == ["write", "sync file", "rename", "sync directory", "rename", "sync directory"]
    assert (path.read_bytes(), second.read_bytes()) == (NEW, OLD)
    assert sorted(os.listdir(path.parent)) == [path.name, second.name]


def test_there_is_nothing_to_keep_the_first_time(path, second):
    path.unlink()
    durable.replace_keeping(path, NEW, second)
    assert os.listdir(path.parent) == [path.name]


def test_a_file_system_without_second_names_gets_a_copy(path, second, monkeypatch):
    without_links(monkeypatch)
    durable.replace_keeping(path, NEW, second)
    assert (path.read_bytes(), second.read_bytes()) == (NEW, OLD)
    assert sorted(os.listdir(path.parent)) == [path.name, second.name]


def test_sweeping_takes_temporary_files_alone(path):
    (path.parent / ".0123456789abcdef.tmp").write_bytes(b"half")
    (path.parent / ".lock").write_bytes(b"")
    durable.sweep(path.parent)
    assert sorted(os.listdir(path.parent)) == [".lock", path.name]


def test_a_name_of_255_bytes(tmp_path):
    path = tmp_path / ("ü" * 127 + "a")
    durable.replace(path, NEW)
    assert path.read_bytes() == NEW


def test_sweeping_leaves_what_others_called_alike(path):
    (path.parent / ".0123456789abcdef.tmp").mkdir()
    for name in (".notes.tmp", ".0123456789ABCDEF.tmp", ".0123456789abcdef0.tmp"):
        (path.parent / name).write_bytes(b"mine")
    before = sorted(os.listdir(path.parent))
    durable.sweep(path.parent)
    assert sorted(os.listdir(path.parent)) == before


def test_sweeping_takes_a_link_and_not_what_it_leads_to(path, tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/.0123456789abcdef.tmp").symlink_to(path)
    (tmp_path / "runs/.1123456789abcdef.tmp").symlink_to(tmp_path)
    durable.sweep(tmp_path / "runs")
    assert os.listdir(tmp_path / "runs") == []
    assert path.read_bytes() == OLD


NOT_SUPPORTED = [errno.EINVAL, errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.ENOSYS]


@pytest.mark.parametrize("code", NOT_SUPPORTED, ids=errno.errorcode.get)
def test_a_file_system_that_does_not_sync_directories(path, monkeypatch, code):
    disk = Disk(monkeypatch, "sync directory", code)
    durable.replace(path, NEW)
    assert disk.calls == ["write", "sync file", "rename", "sync directory"]
    assert path.read_bytes() == NEW
    durable.make_directory(path.parent / "a/b")
    assert (path.parent / "a/b").is_dir()


@pytest.mark.parametrize("code", NOT_SUPPORTED, ids=errno.errorcode.get)
def test_a_file_system_that_does_not_open_directories(path, monkeypatch, code):
    really = os.open

    def refuse(name, flags, *rest):
        if flags & os.O_DIRECTORY:
            raise OSError(code, os.strerror(code))
        return really(name, flags, *rest)

    monkeypatch.setattr(os, "open", refuse)
    durable.replace(path, NEW)
    assert path.read_bytes() == NEW


@pytest.mark.parametrize("code", NOT_SUPPORTED, ids=errno.errorcode.get)
def test_a_file_must_be_synced_all_the_same(path, monkeypatch, code):
    Disk(monkeypatch, "sync file", code)
    with pytest.raises(MachineError):
        durable.replace(path, NEW)
    assert path.read_bytes() == OLD
