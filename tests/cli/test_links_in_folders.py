"""Links in folders of pictures that lead nowhere: they are left out with a word, as all else that is no picture."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.test_bad_pictures import CONFIG, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links of POSIX")

TARGETS = {
    "itself": "link.png",
    "a circle": "other.png",
    "nothing": "nothing.png",
    "below a file": "0.png/below.png",
    "a name that is too long": "x" * 300,
    "a path that is too long": "x/" * 3000 + "x",
    "a device": "/dev/null",
    "a folder": ".",
}


@pytest.fixture(autouse=True)
def configuration(directory):
    Path("c.yaml").write_text(CONFIG)
    write("tr")
    write("in", 2)


def linked(folder: str, target: str) -> None:
    try:
        os.symlink(target, Path(folder, "link.png"))
    except OSError:
        pytest.skip("this system makes no such link")
    if target == "other.png":
        os.symlink("link.png", Path(folder, target))


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_a_link_that_leads_nowhere_is_left_out(nnfs, target):
    linked("tr/low", target)
    done = nnfs("train", "c.yaml", "--name", "r")
    assert done.code == 0
    count = "2 files" if target == "other.png" else "1 file"
    assert f"warning: tr: left out {count} that are no pictures, such as low/link.png" in done.err
    linked("in/low", target)
    done = nnfs("predict", "r", "in")
    assert (done.code, len(done.out.splitlines())) == (0, 5)
    assert f"warning: in: left out {count} of no known kind, such as low/link.png" in done.err


@pytest.mark.parametrize("target", [target for target in TARGETS.values() if target != "."])
def test_beside_the_classes_too(nnfs, target):
    linked("tr", target)
    done = nnfs("train", "c.yaml")
    assert done.code == 0
    assert "that are no pictures, such as link.png" in done.err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may look at all")
def test_a_link_into_a_locked_folder_is_named(nnfs):
    write("locked")
    linked("tr/low", "../../locked/low/0.png")
    Path("locked").chmod(0)
    done = nnfs("train", "c.yaml")
    Path("locked").chmod(0o700)
    assert done.code == 3
    assert "tr/low/link.png: cannot be read: Permission denied. Correct the path or its permissions." in done.err


def test_what_cannot_be_looked_at_is_named(nnfs, monkeypatch):
    linked("tr/low", "../top/0.png")
    monkeypatch.setattr("nnfs_cli.data.formats.folders.NOWHERE", set())
    Path("tr/low/link.png").unlink()
    linked("tr/low", "link.png")
    done = nnfs("train", "c.yaml")
    assert done.code == 3
    assert done.err.startswith("tr/low/link.png: cannot be read: ")
