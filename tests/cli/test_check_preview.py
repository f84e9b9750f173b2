"""nnfs check --preview: a picture of augmented examples, in a new file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from nnfs_cli import plots

SHIFTED = ("--set", "dataset.augment=[{type: shift, pixels: 2}, rotate]")


def test_a_picture_beside_the_answer(nnfs):
    done, plain = nnfs("check", "tiny.yaml", *SHIFTED, "--preview", "new.png"), nnfs("check", "tiny.yaml", *SHIFTED)
    assert done.code == 0
    assert [line for line in done.out.splitlines() if "peak" not in line] == [
        line for line in plain.out.splitlines() if "peak" not in line
    ]
    assert "drawn: new.png" in done.err
    with Image.open("new.png") as image:
        assert (image.format, image.width) == ("PNG", 1000)
        assert len(image.getcolors(1 << 24)) > 10


def test_json(nnfs):
    done = nnfs("check", "tiny.yaml", *SHIFTED, "--preview", "new.png", "--json")
    assert json.loads(done.out)["preview"] == "new.png"
    assert Path("new.png").exists()


@pytest.mark.parametrize("there", ["file", "folder", "link", "link to nothing"])
def test_nothing_is_overwritten(nnfs, there):
    target = Path("there.png")
    if there == "file":
        target.write_text("mine")
    elif there == "folder":
        target.mkdir()
    else:
        Path("mine.png").write_text("mine")
        target.symlink_to("mine.png" if there == "link" else "nowhere.png")
    done = nnfs("check", "tiny.yaml", *SHIFTED, "--preview", "there.png")
    assert (done.code, done.out) == (2, "")
    assert "--preview there.png: exists. Choose another name." in done.err
    assert target.is_dir() or target.is_symlink() or target.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("picture.jpg", 2, "--preview picture.jpg: a PNG file is written. Choose a name that ends with .png."),
        ("picture", 2, "a PNG file is written"),
        ("", 2, "Invalid value for '--preview': it is empty. Name a new file."),
        ("$EMPTY", 2, "Invalid value for '--preview': it is empty. Name a new file."),
        ("tiny.yaml/new.png", 6, "cannot be written: Not a directory"),
        ("$NOTHING_HERE/new.png", 2, "NOTHING_HERE"),
    ],
)
def test_other_places(nnfs, monkeypatch, name, code, words):
    monkeypatch.setenv("EMPTY", "")
    done = nnfs("check", "tiny.yaml", *SHIFTED, "--preview", name)
    assert done.code == code
    assert words in done.err
    assert done.err.count("\n") == 1


def test_a_folder_that_is_missing_is_told_before_any_work(nnfs):
    done = nnfs("check", "tiny.yaml", *SHIFTED, "--preview", "no/where/new.png")
    assert (done.code, done.out) == (6, "")
    assert done.err == ("no/where/new.png: cannot be written: the folder no/where does not exist. Create it first.\n")
    assert not Path("no").exists()


@pytest.mark.parametrize("there", ["file", "link to nothing"])
def test_what_appears_meanwhile_is_not_overwritten(nnfs, monkeypatch, there):
    target, draw = Path("late.png"), plots.versions

    def slowly(*things):
        if there == "file":
            target.write_text("mine")
        else:
            target.symlink_to("nowhere.png")
        return draw(*things)

    monkeypatch.setattr(plots, "versions", slowly)
    before = set(Path().iterdir())
    done = nnfs("check", "tiny.yaml", *SHIFTED, "--preview", "late.png")
    assert done.code == 2
    assert "tiny.yaml: valid" in done.out
    assert "--preview late.png: exists. Choose another name." in done.err.splitlines()[-1]
    assert "drawn" not in done.err
    assert {path.name for path in set(Path().iterdir()) - before} == {"late.png"}
    assert target.is_symlink() or target.read_text() == "mine"


def test_nothing_to_draw(nnfs, runs):
    done = nnfs("check", "tiny.yaml", "--preview", "new.png")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("tiny.yaml:3: dataset (digits): has no augment to preview. Add one, such as")
    noise = "dataset.augment=[{type: noise, deviation: 1}]"
    done = nnfs("check", "prices.yaml", "--set", noise, "--preview", "new.png")
    assert done.code == 2
    assert done.err.startswith("--preview: draws images (channels, height, width), got vectors of")
    assert done.err.count("\n") == 1
    assert not Path("new.png").exists()


def test_what_cannot_be_drawn_is_an_error_after_the_answer(nnfs, monkeypatch):
    monkeypatch.setattr(plots, "versions", lambda *_: 1 / 0)
    done = nnfs("check", "tiny.yaml", *SHIFTED, "--preview", "new.png")
    assert done.code == 6
    assert "tiny.yaml: valid" in done.out
    assert "new.png: could not be drawn: division by zero" in done.err
