"""Files: a plain file is opened as ever; in the place of one nothing else is, and nothing is waited for."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
from pathlib import Path

import pytest

from nnfs_cli.runs import files

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")


@pytest.fixture(autouse=True)
def _impatience(monkeypatch):
    """Who waits for a pipe is interrupted."""

    def interrupt(*_):
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(30)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"bytes")
    return path


def link(path: Path) -> None:
    path.with_name("elsewhere").write_bytes(b"precious")
    path.symlink_to(path.with_name("elsewhere"))


def listen(path: Path) -> None:
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)


STRANGE = {
    "a link": link,
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a pipe": os.mkfifo,
    "a socket": listen,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}
FLAGS = {"read": os.O_RDONLY, "append": os.O_WRONLY | os.O_CREAT | os.O_APPEND, "lock": os.O_RDWR | os.O_CREAT}


@needs_pipes
@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("kind", STRANGE)
def test_nothing_else_is_opened(tmp_path, kind, flags):
    path = tmp_path / "file"
    STRANGE[kind](path)
    before = {entry: entry.lstat().st_mtime_ns for entry in tmp_path.iterdir()}
    with pytest.raises(files.NotPlain, match=r"\] is a (link|pipe|socket), expected a plain file\. Remove it"):
        files.descriptor_of(path, FLAGS[flags])
    assert {entry: entry.lstat().st_mtime_ns for entry in tmp_path.iterdir()} == before


@needs_pipes
@pytest.mark.parametrize("kind", ["a link", "a pipe"])
def test_what_changes_between_looking_and_opening_is_not_opened_either(tmp_path, path, monkeypatch, kind):
    """As if something had been put there in that moment; the link is refused by the system."""
    status = path.stat()
    path.unlink()
    STRANGE[kind](path)
    monkeypatch.setattr(os, "lstat", lambda _: status)
    with pytest.raises(OSError) as refused:  # noqa: PT011
        files.descriptor_of(path, os.O_RDONLY)
    assert refused.value.errno in (errno.ELOOP, errno.EMLINK, errno.EINVAL)


def test_a_plain_file_is_read_and_written(path):
    with open(path, "ab", opener=files.opener) as file:
        file.write(b" more")
    assert files.read(path) == b"bytes more"
    with open(path.with_name("new"), "xb", opener=files.opener) as file:
        file.write(b"new")
    assert path.with_name("new").read_bytes() == b"new"


def test_a_system_without_such_flags(path, monkeypatch):
    monkeypatch.setattr(files, "NOFOLLOW", 0)
    monkeypatch.setattr(files, "NONBLOCK", 0)
    assert files.read(path) == b"bytes"
    path.unlink()
    link(path)
    with pytest.raises(files.NotPlain, match="is a link"):
        files.read(path)


def test_a_lease_is_waited_for(path, monkeypatch):
    """A server of network shares may hold one; who does not wait is told to come again."""
    asked, really = [], os.open

    def lend(name, flags, *rest):
        asked.append(flags)
        if flags & os.O_NONBLOCK:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return really(name, flags, *rest)

    monkeypatch.setattr(os, "open", lend)
    assert files.read(path) == b"bytes"
    assert len(asked) == 2
    assert asked[1] & files.NOFOLLOW


def test_a_limit(path):
    assert files.read(path, 5) == b"bytes"
    with pytest.raises(OSError, match="has more than 4 bytes") as refused:
        files.read(path, 4)
    assert refused.value.filename == str(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices")
def test_a_link_of_a_user_is_followed_to_a_plain_file_alone(path, tmp_path):
    (tmp_path / "mine").symlink_to(path)
    assert files.read(tmp_path / "mine", 5, follow=True) == b"bytes"
    (tmp_path / "zero").symlink_to("/dev/zero")
    with pytest.raises(files.NotPlain, match="is a device"):
        files.read(tmp_path / "zero", 5, follow=True)


def test_folders_and_what_is_not_there(path, tmp_path):
    with pytest.raises(IsADirectoryError):
        files.read(tmp_path)
    with pytest.raises(FileNotFoundError):
        files.read(tmp_path / "none")
    with pytest.raises(IsADirectoryError):
        files.require_plain(tmp_path)
    files.require_plain(tmp_path / "none")
    files.require_plain(path)
    files.require_folder(tmp_path)
    files.require_folder(tmp_path / "none")
    (tmp_path / "link").symlink_to(tmp_path)
    for wrong in (path, tmp_path / "link"):
        with pytest.raises(files.NotPlain, match="expected a plain folder"):
            files.require_folder(wrong)


def test_the_target_of_a_link(path, tmp_path):
    (tmp_path / "link").symlink_to(path)
    (tmp_path / "circle").symlink_to("circle")
    assert files.target(path) == path
    assert files.target(tmp_path / "link") == Path(os.path.realpath(path))
    assert isinstance(files.target(tmp_path / "circle"), Path)


def test_no_descriptor_is_left_open(path, tmp_path, monkeypatch):
    opened, really = [], os.open
    monkeypatch.setattr(os, "open", lambda *arguments: opened.append(really(*arguments)) or opened[-1])
    status = path.stat()
    monkeypatch.setattr(os, "lstat", lambda _: status)
    with pytest.raises(IsADirectoryError):
        files.descriptor_of(tmp_path, os.O_RDONLY)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(*opened)
