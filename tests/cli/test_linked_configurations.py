"""A configuration that is a link: its data are looked for beside the link, then beside the file that it leads to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.test_paths_of_data import OTHER, configured, put, taken

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links of POSIX")


@pytest.fixture(autouse=True)
def link(directory) -> Path:
    """else/link.yaml -> else/middle.yaml -> proj/c.yaml."""
    configured(Path("proj/c.yaml"), "t.csv")
    Path("else").mkdir()
    Path("else/middle.yaml").symlink_to("../proj/c.yaml")
    Path("else/link.yaml").symlink_to("middle.yaml")
    return Path("else/link.yaml")


def test_the_order_of_the_places(nnfs, directory, link):
    done = nnfs("check", link)
    places = f"else/t.csv, {directory.resolve()}/proj/t.csv, t.csv, data/t.csv"
    assert (done.code, f"Looked for: {places}. Correct the path" in done.err) == (3, True)
    for file in ("data/t.csv", "t.csv", "proj/t.csv", "else/t.csv"):
        put(Path(file))
        assert Path(taken(nnfs("train", link))).samefile(file)


def test_a_run_finds_its_data_again(nnfs, directory, link, monkeypatch):
    put(Path("proj/t.csv"))
    assert nnfs("train", link, "--name", "one").code == 0
    put(Path("other/t.csv"), OTHER)
    monkeypatch.chdir("other")
    run = directory / "runs" / "one"
    assert nnfs("evaluate", run, "--split", "validation").code == 0
    done = nnfs("train", "--resume", run, "--set", "training.epochs=3")
    assert (done.code, Path(taken(done)).samefile(directory / "proj/t.csv")) == (0, True)


def test_a_path_on_the_command_line_means_the_working_directory_first(nnfs, link):
    put(Path("proj/u.csv"))
    done = nnfs("train", link, "--set", "dataset.train=u.csv")
    assert Path(taken(done)).samefile("proj/u.csv")
    put(Path("u.csv"))
    assert taken(nnfs("train", link, "--set", "dataset.train=u.csv")) == "u.csv"


def test_a_link_to_a_folder_adds_no_place(nnfs):
    Path("folder").symlink_to("proj")
    done = nnfs("check", "folder/c.yaml")
    assert "Looked for: folder/t.csv, t.csv, data/t.csv." in done.err
