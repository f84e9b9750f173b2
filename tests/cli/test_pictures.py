"""Folders of pictures, trained on and asked about: what is read, by which depth, and what is left out."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.registry import SOURCES

CONFIG = """\
dataset: {type: images, train: tr, size: 8, channels: 1, validation: 0}
model: {layers: [flatten, {type: dense, units: 2}]}
loss: cross_entropy
optimizer: {type: adam, lr: 0.05}
training: {epochs: 20}
"""


def halves(top: bool, level: int, dtype: type = np.uint8) -> Image.Image:
    """A picture whose upper or lower half is bright."""
    pixels = np.zeros((8, 8), dtype)
    pixels[slice(0, 4) if top else slice(4, 8)] = level
    return Image.fromarray(pixels)


def write(folder: str, names: list[str], *levels: int, dtype: type = np.uint8) -> None:
    """Pictures of both classes under these names, with these levels in turn."""
    for kind in ("low", "top"):
        for number, name in enumerate(names):
            path = Path(folder, kind, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            halves(kind == "top", levels[number % len(levels)], dtype).save(path)


def answers(nnfs, path: str) -> np.ndarray:
    """The probabilities for all examples of an input."""
    assert nnfs("predict", "r", path, "--output", "answers.npy").code == 0
    return np.load("answers.npy")


@pytest.fixture(autouse=True)
def configuration(directory):
    Path("c.yaml").write_text(CONFIG)


def test_what_is_read_and_what_is_left_out(nnfs):
    names = ["a.png", "b.jpg", "c.webp", "d.bmp", "e.GIF", "f.tif", "below/g.tiff", "below/deeper/h.jpeg"]
    write("tr", names, 255)
    for name in ("tr/low/notes.txt", "tr/top/x.heic", "tr/top/below/y.svg", "tr/README"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("no picture")
    for name in ("tr/low/.DS_Store", "tr/low/Thumbs.db", "tr/__MACOSX/low/._a.png", "tr/low/.hidden/a.png"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("of a system")
    halves(True, 255).save("tr/stray.png")
    Path("tr/top/round").symlink_to("../..", target_is_directory=True)
    warnings = [
        "warning: tr: left out 1 file beside the class folders, so of no class, such as stray.png",
        "warning: tr: left out 5 files that are no pictures, such as README, low/notes.txt, top/below/y.svg",
    ]
    done = nnfs("train", "c.yaml", "--name", "r")
    assert [line for line in done.err.splitlines() if "left out" in line] == warnings
    assert "16 training examples" in done.err
    assert [line for line in nnfs("check", "c.yaml").err.splitlines() if "left out" in line] == warnings
    done = nnfs("evaluate", "r", "--split", "train")
    assert "accuracy 100" in done.out
    assert "5 files that are no pictures" in done.err
    done = nnfs("predict", "r", "tr")
    assert done.code == 0
    assert (
        done.err == "warning: tr: left out 5 files of no known kind, such as README, low/notes.txt, top/below/y.svg\n"
    )
    rows = [line.split(",") for line in done.out.splitlines()[1:]]
    sources = sorted(Path("tr", kind, name) for kind in ("low", "top") for name in names)
    assert [row[0] for row in rows] == [str(path) for path in sorted([Path("tr/stray.png"), *sources])]
    assert [row[1] for row in rows if "stray" not in row[0]] == ["low"] * 8 + ["top"] * 8


def test_nothing_but_other_files(nnfs):
    write("tr", ["a.png"], 255)
    os.remove("tr/low/a.png")
    Path("tr/low/notes.txt").write_text("")
    done = nnfs("train", "c.yaml")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("tr/low: holds no pictures. Expected files that end in .png, .jpg, .jpeg, .webp")


@pytest.mark.parametrize(
    ("levels", "depth"), [((255, 9), 8), ((900, 200), 10), ((4095, 255), 12), ((9000, 4096), 14), ((60_000, 3000), 16)]
)
def test_the_training_decides_the_depth_of_16_bits(nnfs, levels, depth):
    write("tr", ["a.png", "b.tif"], *levels, dtype=np.uint16)
    write("tr", ["eight.png"], 200)
    white = 2**depth - 1
    note = f"warning: tr: 16-bit pictures with values up to {white:,}: read as {depth}-bit"
    done = nnfs("train", "c.yaml", "--name", "r", "--set", "dataset.test=te", "--set", "dataset.validation=0")
    assert done.code == 3
    write("te", ["a.png"], levels[1], dtype=np.uint16)
    done = nnfs("train", "c.yaml", "--name", "r", "--set", "dataset.test=te")
    assert note in done.err.splitlines()
    with safe_open("runs/r/checkpoints/best.safetensors", "numpy") as saved:
        assert f'"depth":{depth},' in "".join(saved.metadata().values()).replace(" ", "").replace("}", ",")
    loaded = SOURCES["images"]("tr", size=8, channels=1, test="te").load(Locator(Path()))
    expected = [int(np.rint(level * 255 / white)) for level in levels for _ in (0, 1)] + [200, 200]
    assert loaded.splits["train"].x.max(axis=(1, 2, 3)).tolist() == expected
    assert loaded.splits["test"].x.max(axis=(1, 2, 3)).tolist() == expected[2:4]
    assert nnfs("evaluate", "r", "--split", "test").code == 0
    np.save("x.npy", loaded.splits["test"].x)
    np.testing.assert_allclose(answers(nnfs, "te"), answers(nnfs, "x.npy"), atol=1e-5)
    if depth < 16:
        halves(True, white + 1, np.uint16).save("te/top/z.png")
        for done in (nnfs("evaluate", "r"), nnfs("predict", "r", "te")):
            assert done.code == 3
            assert f"te/top/z.png: has values up to {white + 1:,}, the training was read as {depth}-bit" in done.err


@pytest.mark.parametrize(("level", "white"), [(200, 255), (3000, 4095), (5000, 65_535)])
def test_16_bits_for_a_training_without_any(nnfs, level, white):
    write("tr", ["a.png", "b.png"], 255)
    nnfs("train", "c.yaml", "--name", "r", "--quiet")
    write("te", ["a.png", "b.png"], level, dtype=np.uint16)
    depth = {255: 8, 4095: 12}.get(white)
    warning = f"16-bit pictures with values up to {white:,}: read as {depth}-bit; the training had none"
    done = nnfs("predict", "r", "te")
    assert done.err == (f"warning: {warning}\n" if depth else "")
    evaluated = nnfs("evaluate", "r", "--set", "dataset.test=te")
    assert evaluated.code == 0
    assert (warning in evaluated.err) == bool(depth)
    np.save("x.npy", np.stack([np.asarray(halves(top, round(level * 255 / white))) for top in (False, True)]))
    np.testing.assert_allclose(answers(nnfs, "te")[::2], answers(nnfs, "x.npy"), atol=1e-5)


def test_a_size_that_is_not_the_training_s_is_refused(nnfs):
    write("tr", ["a.png", "b.png"], 255)
    write("te", ["a.png"], 200)
    assert nnfs("train", "c.yaml", "--name", "r", "--set", "dataset.test=te").code == 0
    done = nnfs("evaluate", "r", "--set", "dataset.size=9")
    assert (done.code, done.out) == (3, "")
    shapes = "gives images of shape (1, 9, 9), the network was trained on (1, 8, 8)"
    assert done.err == f"images: size 9 {shapes}. Set size to [8, 8].\n"
    assert nnfs("evaluate", "r", "--set", "dataset.size=[8, 8]").code == 0
