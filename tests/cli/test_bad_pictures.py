"""Pictures that cannot be read: all are named at once, each with its reason, and the advice works when followed."""

from __future__ import annotations

import io
import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

CONFIG = """\
dataset: {type: images, train: tr, size: 8, validation: 0}
model: {layers: [flatten, {type: dense, units: 2}]}
optimizer: {type: adam, lr: 0.05}
training: {epochs: 1}
"""
NOISE = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)


def saved(form: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(NOISE).save(stream, form)
    return stream.getvalue()


BAD = {
    "low/empty.jpg": (b"", "it is empty"),
    "low/poem.jpg": ("Rot wie Blut, grün\n".encode(), "it is text"),
    "low/page.png": (b"\n<!DOCTYPE html>\n<html>404 not found</html>", "it is a page or a drawing in markup"),
    "low/cut.png": (saved("PNG")[:900], "it begins as PNG, but is cut short or damaged"),
    "low/cut.jpg": (saved("JPEG")[:400], "it begins as JPEG, but is cut short or damaged"),
    "low/head.jpg": (saved("JPEG")[:20], "it begins as JPEG, but is cut short or damaged"),
    "top/cut.webp": (saved("WEBP")[:100], "it begins as WebP, but is cut short or damaged"),
    "top/phone.jpg": (b"\0\0\0\x18ftypheic" + bytes(40), "it is a HEIC picture or a film of a phone"),
    "top/new.jpg": (b"\0\0\0\x18ftypavif" + bytes(40), "it is an AVIF picture, which is not read: save it as PNG"),
    "top/zeros.jpg": (bytes(5000), "it holds zeros only"),
    "top/pointer.jpg": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "it is a pointer of Git LFS"),
    "top/noise.jpg": (zlib.compress(bytes(99)), "its content is of no known format"),
    "top/book.jpg": (b"%PDF-1.7\n", "it is a PDF"),
}


def write(folder: str, count: int = 6) -> None:
    """Sound pictures of two classes, whose upper or lower half is bright."""
    for kind, rows in (("low", slice(4, 8)), ("top", slice(0, 4))):
        Path(folder, kind).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            pixels = np.zeros((8, 8), np.uint8)
            pixels[rows] = 200 + number
            Image.fromarray(pixels).save(Path(folder, kind, f"{number}.png"))


@pytest.fixture(autouse=True)
def folder(directory):
    Path("c.yaml").write_text(CONFIG)
    write("tr")


def test_all_are_named_at_once_and_the_advice_works(nnfs):
    for name, (content, _) in BAD.items():
        Path("tr", name).write_bytes(content)
    assert nnfs("check", "c.yaml").code == 0
    done = nnfs("train", "c.yaml", "--name", "r")
    assert done.code == 3
    head, *lines = done.err.splitlines()
    assert head == "13 pictures cannot be read. Repair, replace or remove what is damaged:"
    assert "Buffered" not in done.err
    assert {line.split(": ")[0] for line in lines} == {f"tr/{name}" for name in BAD}
    for name, (_, reason) in BAD.items():
        line = next(line for line in lines if line.startswith(f"tr/{name}: "))
        assert reason in line
    for line in lines:
        os.remove(line.split(": ")[0])
    assert nnfs("train", "c.yaml", "--name", "r").code == 0


def test_those_of_every_folder_are_named(nnfs):
    write("te")
    for name in ("tr/low/0.png", "te/top/1.png"):
        Path(name).write_bytes(b"")
    done = nnfs("train", "c.yaml", "--set", "dataset.test=te")
    assert [line.split(": ")[0] for line in done.err.splitlines()[1:]] == ["tr/low/0.png", "te/top/1.png"]


def test_one_is_told_in_one_line_by_evaluate_too(nnfs):
    assert nnfs("train", "c.yaml", "--name", "r", "--quiet").code == 0
    write("te")
    Path("te/low/0.png").write_bytes(b"")
    done = nnfs("evaluate", "r", "--set", "dataset.test=te")
    assert done.code == 3
    assert done.err == (
        "te/low/0.png: is damaged or not a picture (PNG, JPEG, WEBP, BMP, GIF, TIFF): it is empty. Get a fresh copy, "
        "or remove the file.\n"
    )


def test_more_than_some_dozens_are_counted(nnfs):
    for number in range(100):
        Path(f"tr/low/bad-{number:03}.png").write_bytes(b"")
    lines = nnfs("train", "c.yaml").err.splitlines()
    assert lines[0].startswith("100 pictures cannot be read.")
    assert lines[1].startswith("tr/low/bad-000.png: ")
    assert lines[-1] == "and 71 more"


def test_a_picture_that_is_called_by_another_format_is_read_and_told(nnfs):
    Image.fromarray(NOISE).save("tr/top/x.jpg", "WEBP")
    done = nnfs("train", "c.yaml", "--name", "r")
    assert done.code == 0
    note = "tr: 1 picture is of another format than the name says, and read all the same: top/x.jpg (WEBP)"
    assert f"warning: {note}" in done.err.splitlines()
    assert "13 training examples" in done.err
    Path("tr/low/0.png").write_bytes(b"")
    lines = nnfs("train", "c.yaml").err.splitlines()
    assert lines[0].startswith("1 picture cannot be read.")
    assert lines[-1] == note


@pytest.mark.parametrize(("form", "side", "most"), [("PNG", 8193, "67,108,864"), ("WEBP", 7000, "37,282,702")])
def test_far_too_many_pixels_are_refused_before_they_are_decoded(nnfs, form, side, most):
    """Files of some kilobytes that would take half a gigabyte."""
    Image.new("L", (side, side)).save("tr/top/bomb.png", form, lossless=True)
    done = nnfs("train", "c.yaml")
    assert done.code == 3
    assert f"tr/top/bomb.png: has {side * side:,} pixels, more than {most}" in done.err
