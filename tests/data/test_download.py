"""Downloads from servers on this machine: whole, cut, wrong, absent."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from nnfs_cli.config import DataSettings
from nnfs_cli.data.formats import download
from nnfs_cli.data.formats.download import DataUnavailable
from nnfs_cli.data.prepare import prepare
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.idx_files import Digest
from nnfs_cli.errors import MachineError
from nnfs_cli.registry import SOURCES
from tests.data.samples import idx_bytes

NAMES = [f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")]
PAYLOADS = {
    name: idx_bytes(np.arange(10, dtype=np.uint8) if "labels" in name else np.full((10, 28, 28), 7, np.uint8))
    for name in NAMES
}
FILES = {f"/{name}.gz": gzip.compress(payload) for name, payload in PAYLOADS.items()}


@contextlib.contextmanager
def serve(files, promise=0):
    """The address of a server of these files, which promises so many bytes more than it sends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"") + promise))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def online(monkeypatch, offline):
    """The network that these tests reach is this machine."""
    monkeypatch.setenv("NNFS_OFFLINE", "0")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    digests = {name: Digest(payload=hashlib.sha256(payload).hexdigest()) for name, payload in PAYLOADS.items()}
    monkeypatch.setattr(SOURCES["mnist"], "digests", digests)


@pytest.fixture
def mirrors(monkeypatch):
    """Sets the mirrors of MNIST."""
    return lambda *addresses: monkeypatch.setattr(SOURCES["mnist"], "mirrors", addresses)


class Bar:
    """A progress bar that remembers."""

    def __init__(self, name):
        self.name, self.total, self.received, self.closed = name, 0, 0, False

    def update(self, count):
        self.received += count

    def reset(self):
        self.received = 0

    def close(self):
        self.closed = True


def test_downloads_once_and_shows_progress(locator, mirrors):
    bars = []
    watched = Locator(locator.data_dir, lambda name: bars.append(Bar(name)) or bars[-1])
    with serve(FILES) as address:
        mirrors(address)
        first = SOURCES["mnist"]().load(watched)
    assert [bar.name for bar in bars] == [f"{address}{name}.gz" for name in NAMES]
    assert all(bar.closed for bar in bars)
    assert [bar.received for bar in bars] == [bar.total for bar in bars] == [len(body) for body in FILES.values()]
    second = SOURCES["mnist"]().load(locator)
    np.testing.assert_array_equal(first.splits["train"].x, second.splits["train"].x)
    assert sorted(os.listdir(locator.data_dir / "mnist")) == sorted(f"{name}.gz" for name in NAMES)


WRONG = {path: gzip.compress(b"something else") for path in FILES}


@pytest.mark.parametrize(
    ("files", "promise", "reason"),
    [
        ({}, 0, "status 404"),
        (WRONG, 0, "train-images-idx3-ubyte.gz: is not an IDX file"),
        ({**FILES, "/train-images-idx3-ubyte.gz": FILES["/t10k-labels-idx1-ubyte.gz"]}, 0, "not the published file"),
        ({path: content[:-20] for path, content in FILES.items()}, 0, "is damaged"),
        (FILES, 100, "was cut off"),
    ],
    ids=["404", "not IDX", "wrong digest", "cut gzip", "cut off"],
)
def test_second_mirror_helps(locator, mirrors, files, promise, reason):
    with serve(files, promise) as bad, serve(FILES) as good:
        mirrors(bad, good)
        assert len(SOURCES["mnist"]().load(locator).splits["train"]) == 10
        mirrors(bad)
        for path in (locator.data_dir / "mnist").iterdir():
            path.unlink()
        with pytest.raises(DataUnavailable, match=reason):
            SOURCES["mnist"]().load(locator)
    assert os.listdir(locator.data_dir / "mnist") == []


def test_container_digest(locator, mirrors, monkeypatch):
    digests = {path[1:-3]: Digest(container=hashlib.md5(content).hexdigest()) for path, content in FILES.items()}
    monkeypatch.setattr(SOURCES["mnist"], "digests", digests)
    other = {path: gzip.compress(gzip.decompress(content), 1) for path, content in FILES.items()}
    with serve(other) as bad, serve(FILES) as good:
        mirrors(bad)
        with pytest.raises(DataUnavailable, match=r"MD5 .*, expected "):
            SOURCES["mnist"]().load(locator)
        mirrors(bad, good)
        assert len(SOURCES["mnist"]().load(locator).splits["test"]) == 10


def test_all_mirrors_fail(locator, mirrors):
    with serve({}) as address:
        mirrors(address, "http://127.0.0.1:1/")
        with pytest.raises(DataUnavailable) as caught:
            SOURCES["mnist"]().load(locator)
    message = str(caught.value)
    assert "status 404" in message
    assert "cannot be reached" in message
    assert f"Put {', '.join(f'{name}.gz' for name in NAMES)} into {locator.data_dir / 'mnist'}" in message


def test_endless_body(locator, mirrors, monkeypatch):
    monkeypatch.setattr(download, "LARGEST", 10)
    with serve(FILES) as address:
        mirrors(address)
        with pytest.raises(DataUnavailable, match="sends more than 10 bytes"):
            SOURCES["mnist"]().load(locator)


def test_offline(locator, mirrors, monkeypatch):
    monkeypatch.setenv("NNFS_OFFLINE", "1")
    with serve(FILES) as address:
        mirrors(address)
        with pytest.raises(DataUnavailable, match="NNFS_OFFLINE is set"):
            SOURCES["mnist"]().load(locator)
    assert not locator.data_dir.exists()


def test_folder_that_cannot_be_made(tmp_path, mirrors):
    (tmp_path / "file").write_text("in the way")
    mirrors("http://127.0.0.1:1/")
    with pytest.raises(MachineError, match=f"{tmp_path / 'file' / 'mnist'}: cannot be written"):
        SOURCES["mnist"]().load(Locator(tmp_path / "file"))


def test_the_note_on_a_substitute_says_what_failed_and_what_to_do(locator, mirrors):
    """The four files are put where the note says, and are read."""
    with serve({}) as address:
        mirrors(address, "http://127.0.0.1:1/")
        note = substituted(locator).notes[0]
    assert "nor downloadable (127.0.0.1: status 404; 127.0.0.1: cannot be reached): training on" in note
    names = re.search(r"Put (.*) there to train on mnist$", note)[1].split(", ")
    assert len(names) == 4
    for name in names:
        (locator.data_dir / "mnist" / name).write_bytes(FILES[f"/{name}"])
    assert substituted(locator).notes == ()


def substituted(locator):
    """MNIST, or the digits in its place."""
    settings = DataSettings(validation=0, target_transform="none", fallback="digits")
    return prepare(SOURCES["mnist"](), locator, settings, seed=0)
