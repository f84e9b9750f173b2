"""Hostile data on the command line: exit code 3, one line, nothing executed, nothing written outside."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.data.sources.idx_files import Digest
from nnfs_cli.registry import SOURCES
from tests.data.samples import cifar_records, idx_bytes, write_idx_files
from tests.hostile.large import LABELS
from tests.hostile.making.arrays import archive, of, saved
from tests.listening import listened

HERE = Path(__file__).parent
BOMB = 64 << 20
NPZ = """\
dataset: {type: npz, train: x.npz}
model: {layers: [{type: dense, units: 2}]}
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 1}
"""
BATCHES = [f"cifar-10-batches-bin/{name}.bin" for name in (*(f"data_batch_{n}" for n in range(1, 6)), "test_batch")]
IMAGES = np.arange(3 * 64, dtype=np.uint8).reshape(3, 8, 8)
WHOLE = idx_bytes(IMAGES)


def refused(done) -> str:
    """The one line with which a command ends that got bad data."""
    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)
    return done.err


@pytest.mark.parametrize("name", ["pickle.npy", "pickle_in_npy.npy", "object_dtype.npy", "pickle_in_npz.npz"])
def test_pickle_in_npy_or_npz(nnfs, runs, name):
    """pickle in `.npy`/`.npz`"""
    Path("x.npz").write_bytes((HERE / "npz" / name).read_bytes())
    Path("npz.yaml").write_text(NPZ)
    before = {*runs.rglob("*")}
    for command in (("predict", "--strict", "tiny", HERE / "npz" / name), ("train", "npz.yaml")):
        nnfs(*command)
        raised, heard = listened(lambda command=command: refused(nnfs(*command)))
        assert raised is None
        assert [event for event, _ in heard if event not in ("open", "os.remove")] == []
    assert {*runs.rglob("*")} == before


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "x.npz",
            lambda: archive(zipfile.ZIP_DEFLATED, x=of("'|u1'", f"({BOMB}, 1)", bytes(BOMB)), y=LABELS),
            "claims",
        ),
        ("x.npz", lambda: (HERE / "npz" / "claims_a_gibibyte_in_a_gibibyte.npz").read_bytes(), "claims"),
        ("x.idx.gz", lambda: gzip.compress(struct.pack(">4BI", 0, 0, 8, 1, BOMB) + bytes(BOMB), 9), "claims"),
        (
            "x.idx.gz",
            lambda: gzip.compress(struct.pack(">4BI", 0, 0, 8, 1, 64) + bytes(BOMB), 1),
            "more bytes follow the 64 ",
        ),
    ],
    ids=["zip", "zip that lies", "gzip", "gzip that lies"],
)
def test_zip_and_gzip_bombs(nnfs, runs, name, content, words):
    """zip and gzip bombs"""
    Path(name).write_bytes(content())
    assert words in refused(nnfs("predict", "--strict", "tiny", name))


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", content: bytes = b"") -> tuple:
    """A member of an archive: a file, a link or a device."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, target, len(content)
    return member, content


@pytest.mark.parametrize(
    "bad",
    [
        entry("../cifar-10-batches-bin/test_batch.bin", content=b"evil"),
        entry("/tmp/cifar-10-batches-bin/test_batch.bin", content=b"evil"),
        entry(BATCHES[5], tarfile.SYMTYPE, "/etc/passwd"),
        entry(BATCHES[5], tarfile.LNKTYPE, BATCHES[0]),
        entry(BATCHES[5], tarfile.LNKTYPE, "../../etc/passwd"),
        entry(BATCHES[5], tarfile.CHRTYPE),
        entry(BATCHES[5], tarfile.BLKTYPE),
        entry(BATCHES[5], tarfile.FIFOTYPE),
        entry(BATCHES[5], tarfile.DIRTYPE),
    ],
    ids=["../", "absolute", "symbolic link", "hard link", "hard link outside", "device", "disk", "pipe", "directory"],
)
def test_links_or_devices_in_an_archive(nnfs, directory, monkeypatch, bad):
    """`../`, links or devices in an archive"""
    path = Path("data/cifar10") / SOURCES["cifar10"].archive
    path.parent.mkdir(parents=True)
    with tarfile.open(path, "w:gz") as made:
        for member, content in [*(entry(name, content=cifar_records(10)) for name in BATCHES[:5]), bad]:
            made.addfile(member, io.BytesIO(content))
    monkeypatch.setattr(SOURCES["cifar10"], "digest", hashlib.md5(path.read_bytes()).hexdigest())
    Path("tiny.yaml").write_text(Path("tiny.yaml").read_text().replace("digits", "cifar10"))
    before = {*directory.rglob("*")}
    assert "lacks test_batch.bin" in refused(nnfs("train", "tiny.yaml"))
    assert {*directory.rglob("*")} - before <= {directory / "runs"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(WHOLE)[:60], "its header promises 192 bytes, it holds "),
        (gzip.compress(WHOLE)[:-4], "is damaged or not an IDX file"),
        (WHOLE[:100], "its header promises 192 bytes, it holds 84."),
        (gzip.compress(WHOLE[:100]), "its header promises 192 bytes, it holds 84."),
        (WHOLE + b"\0", "more bytes follow the 192 that its header promises."),
    ],
    ids=["gzip truncated", "gzip without its end", "too few bytes", "too few bytes in gzip", "too many bytes"],
)
def test_gzip_truncated_or_idx_count_and_bytes_disagree(nnfs, runs, content, words):
    """gzip truncated, IDX count and bytes disagree"""
    Path("x.idx.gz").write_bytes(content)
    assert words in refused(nnfs("predict", "--strict", "tiny", "x.idx.gz"))


def test_images_and_labels_differ_in_number(nnfs, monkeypatch):
    """images and labels differ in number"""
    write_idx_files(Path("data/mnist"))
    labels = Path("data/mnist/train-labels-idx1-ubyte.gz")
    labels.write_bytes(gzip.compress(idx_bytes(np.zeros(39, np.uint8))))
    monkeypatch.setattr(SOURCES["mnist"], "digests", dict.fromkeys(SOURCES["mnist"].digests, Digest()))
    Path("tiny.yaml").write_text(Path("tiny.yaml").read_text().replace("digits", "mnist"))
    assert "train has 40 images and 39 labels" in refused(nnfs("train", "tiny.yaml"))


def test_images_and_labels_differ_in_number_in_npz(nnfs):
    """images and labels differ in number"""
    Path("x.npz").write_bytes(archive(x=saved(np.zeros((4, 2))), y=saved(np.arange(3) % 2)))
    Path("npz.yaml").write_text(NPZ)
    assert "4 examples and 3 answers" in refused(nnfs("train", "npz.yaml"))
