"""Names that people give their files, and places where something else is than was expected."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.program import TINY, ended, start
from tests.fault_table.setting import configure, kinds, table

LONGEST = 255
NAMES = {
    "Unicode": "größe 数 😀",
    "spaces": " a  b ",
    "a dot": "a.b.yaml",
    "marks of the shell": "a'b\"$HOME;*?[x]{y}",
    "marks of YAML": "a: b # c",
    "marks of formats": "{0} %s %(x)s \\n",
    "right to left": "\u05e9\u05dc\u05d5\u05dd",
    "decomposed": "gro\u0308\u00dfe",
}


@pytest.mark.parametrize("kind", NAMES)
def test_unicode_and_spaces_in_paths(nnfs, kind):
    """Unicode, spaces and 255-byte names in paths"""
    name = NAMES[kind]
    folder = Path(name)
    (folder / "data").mkdir(parents=True)
    config, array, answers = folder / f"{name}.yaml", folder / f"{name}.npy", folder / f"{name}.csv"
    shutil.move("tiny.yaml", config)
    np.save(array, np.random.default_rng(0).integers(0, 256, (2, 8, 8), np.uint8))
    places = ("--runs-dir", folder / "runs")
    for named in ((), ("--name", name)):
        done = nnfs("train", config, "--quiet", *places, "--data-dir", folder / "data", *named)
        assert (done.code, done.err) == (0, "")
    run = done.out.removesuffix("\n")
    assert run == f"{folder}/runs/{name}"
    assert nnfs("evaluate", run).code == nnfs("evaluate", name, *places).code == 0
    assert nnfs("predict", run, array, "--output", answers).code == 0
    assert answers.read_text().splitlines()[1].rstrip(",").endswith(tuple("0123456789"))
    assert nnfs("train", "--resume", run, "--set", "training.epochs=3", "--quiet").code == 0
    assert nnfs("lr-find", config, "--method", "minimum", "--write", folder / f"{name} 2.yaml", *places).code == 0
    assert nnfs("check", folder / f"{name} 2.yaml").code == 0


@pytest.mark.parametrize("kind", NAMES)
def test_unicode_and_spaces_in_paths_of_data(nnfs, kind):
    """Unicode, spaces and 255-byte names in paths"""
    name = NAMES[kind]
    Path(f"{name}.csv").write_text(table(kinds()))
    configure({"type": "csv", "train": f"{name}.csv", "target": "kind", "test": 0.25})
    done = nnfs("train", "x.yaml", "--quiet")
    assert (done.code, done.err) == (0, "")
    assert nnfs("train", "runs/x-1/config.yaml", "--quiet").code == 0
    assert nnfs("evaluate", "x-1").code == 0


def test_255_byte_names_in_paths(nnfs):
    """Unicode, spaces and 255-byte names in paths"""
    longest = "x" * (LONGEST - 5)
    shutil.move("tiny.yaml", f"{longest}.yaml")
    np.save(f"{longest[1:]}.npy", np.full((2, 64), 70))
    assert nnfs("train", f"{longest}.yaml", "--quiet").out == f"runs/{longest}-1\n"
    assert nnfs("train", f"{longest}.yaml", "--quiet", "--name", "n" * LONGEST).code == 0
    assert nnfs("evaluate", "n" * LONGEST).code == 0
    assert nnfs("predict", "n" * LONGEST, f"{longest[1:]}.npy", "--output", f"{longest}.txt").code == 0
    assert nnfs("train", f"{longest}.yaml", "--quiet", "--runs-dir", "r" * LONGEST).code == 0


def test_256_byte_names_in_paths(nnfs, refused, runs):
    """Unicode, spaces and 255-byte names in paths: works, or a clear 6"""
    long = "x" * (LONGEST + 1)
    np.save("x.npy", np.full((2, 64), 70))
    said = "File name too long."
    refused(6, said, "train", long)
    refused(6, said, "train", "tiny.yaml", "--name", long)
    refused(6, said, "train", "tiny.yaml", "--runs-dir", long)
    refused(6, said, "evaluate", long)
    refused(6, said, "predict", "tiny", "x.npy", "--output", long)
    refused(3, f"{long}.npy: there is no such file.", "predict", "--strict", "tiny", f"{long}.npy")
    refused(
        3,
        "Correct the path or the data directory.",
        *("train", "tiny.yaml", "--set"),
        f"dataset={{type: npz, train: {long}}}",
    )
    Path(f"{long[6:]}.yaml").write_text(TINY)
    done = nnfs("lr-find", f"{long[6:]}.yaml")
    assert (done.code, float(done.out) > 0, f"-lr-find: cannot be written: {said}" in done.err) == (6, True, True)


def test_256_byte_names_in_paths_are_found_before_any_work(refused, monkeypatch):
    """Unicode, spaces and 255-byte names in paths"""
    from nnfs_cli.data.sources.digits import Digits

    monkeypatch.setattr(Digits, "load", lambda *_: pytest.fail("the data was read"))
    refused(6, "File name too long.", "train", "tiny.yaml", "--name", "x" * 256)


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX alone")
def test_names_that_are_no_text(runs):
    """Unicode, spaces and 255-byte names in paths: bytes that are no UTF-8"""
    odd = os.fsdecode(b"gr\xf6\xdfe")
    try:
        Path(f"{odd}.yaml").write_text(TINY)
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    np.save(f"{odd}.npy", np.full((2, 64), 70))
    mnist = "dataset={type: mnist, fallback: digits, limit: 100}"
    results = {
        "train": start("train", f"{odd}.yaml", "--set", mnist, "--data-dir", odd),
        "predict": start("predict", "tiny", f"{odd}.npy", "--output", f"{odd}.csv"),
        "print": start("predict", "tiny", f"{odd}.npy"),
        "lr-find": start("lr-find", f"{odd}.yaml", "--write", f"{odd} 2.yaml", "--method", "minimum"),
        "missing": start("check", f"{odd} 3.yaml"),
    }
    done = {name: ended(process) for name, process in results.items()}
    assert {name: result.code for name, result in done.items()} == dict.fromkeys(results, 0) | {"missing": 2}
    assert done["train"].out == "runs/gr\\udcf6\\udcdfe-1\n"
    assert Path(f"{odd}.csv").read_text() == done["print"].out
    assert ended(start("check", f"{odd} 2.yaml")).code == 0


def test_names_that_a_terminal_obeys(nnfs):
    """Unicode, spaces and 255-byte names in paths"""
    done = nnfs("check", "\x1b[2J\x07\u202e.yaml")
    assert (done.code, done.err) == (2, "\\x1b[2J\\x07\\u202e.yaml: no such file. Correct the path.\n")


def test_folders_where_files_are_expected(refused, runs):
    """Unicode, spaces and 255-byte names in paths: a name of something else"""
    Path("folder").mkdir()
    np.save("x.npy", np.full((2, 64), 70))
    refused(2, "folder: is a directory, expected a YAML file.", "train", "folder")
    refused(4, "folder: is a directory, but not of a run", "evaluate", "folder")
    refused(4, "folder: is a directory, but not of a run", "train", "--resume", "folder")
    refused(3, "folder: cannot be read: Is a directory.", "train", "tiny.yaml", "--set", csv("folder"))
    for name in ("folder", ".", "", "/"):
        refused(6, ": cannot be written: Is a directory.", "predict", "tiny", "x.npy", "--output", name)
    refused(2, "--write folder: exists.", "lr-find", "tiny.yaml", "--write", "folder")


def test_files_where_folders_are_expected(refused, runs):
    """Unicode, spaces and 255-byte names in paths: a name of something else"""
    np.save("x.npy", np.full((2, 64), 70))
    refused(6, "tiny.yaml", "train", "tiny.yaml", "--runs-dir", "tiny.yaml")
    refused(6, "tiny.yaml/x.csv", "predict", "tiny", "x.npy", "--output", "tiny.yaml/x.csv")
    refused(3, "tiny.yaml: is not a folder.", "train", "tiny.yaml", "--set", images("tiny.yaml"))
    refused(3, "fashion_mnist", "train", "tiny.yaml", "--data-dir", "tiny.yaml", "--set", "dataset.type=fashion_mnist")
    refused(4, "tiny.yaml: is not a checkpoint", "evaluate", "tiny.yaml")


def csv(path: str) -> str:
    return f"dataset={{type: csv, train: {path}, target: a}}"


def images(path: str) -> str:
    return f"dataset={{type: images, train: {path}, size: 8}}"


def test_links_are_followed(nnfs, runs):
    """Unicode, spaces and 255-byte names in paths: links to files and folders"""
    np.save("x.npy", np.full((2, 64), 70))
    Path("answers.csv").write_text("old")
    for name, target in {"a.yaml": "tiny.yaml", "r": "runs", "y.npy": "x.npy", "b.csv": "answers.csv"}.items():
        os.symlink(target, name)
    os.symlink("later.csv", "c.csv")
    assert nnfs("train", "a.yaml", "--runs-dir", "r", "--quiet").out == "r/a-1\n"
    assert nnfs("evaluate", "r/a-1").code == 0
    assert nnfs("predict", "r/a-1", "y.npy", "--output", "b.csv").code == 0
    assert nnfs("predict", "r/a-1", "y.npy", "--output", "c.csv").code == 0
    assert Path("b.csv").is_symlink()
    assert Path("c.csv").is_symlink()
    assert Path("answers.csv").read_text().startswith("source,label")
    assert Path("later.csv").read_text() == Path("answers.csv").read_text()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_an_output_that_is_a_pipe_is_written_to_and_stays_one(nnfs, runs):
    """Unicode, spaces and 255-byte names in paths: an output that is no file, such as /dev/stdout, is not replaced"""
    np.save("x.npy", np.full((2, 64), 70))
    os.mkfifo("pipe")
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append(Path("pipe").read_text()))
    reader.start()
    assert nnfs("predict", "tiny", "x.npy", "--output", "pipe").code == 0
    reader.join(timeout=300)
    assert heard[0].startswith("source,label,probability,error\nx.npy[0],")
    assert Path("pipe").is_fifo()


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="this system has no /dev/fd")
def test_an_output_in_dev_is_written_to_and_never_replaced(nnfs, runs):
    """Unicode, spaces and 255-byte names in paths: /dev/stdout may lead to a file, and stays what it is all the same"""
    np.save("x.npy", np.full((2, 64), 70))
    with open("answers.csv", "w+") as file:
        assert nnfs("predict", "tiny", "x.npy", "--output", f"/dev/fd/{file.fileno()}").code == 0
        assert file.read().startswith("source,label,probability,error\nx.npy[0],")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_data_that_is_no_file(refused):
    """Unicode, spaces and 255-byte names in paths: a pipe or a device where data is expected"""
    os.mkfifo("pipe.yaml")
    refused(2, "pipe.yaml: is a pipe or a device, expected a YAML file.", "check", "pipe.yaml")
    os.mkfifo("pipe.csv")
    os.symlink("/dev/zero", "zero.csv")
    for name in ("pipe.csv", "zero.csv"):
        said = f"{name}: is a pipe or a device, expected a file."
        refused(3, said, "train", "tiny.yaml", "--set", csv(name))
        refused(3, said, "train", "tiny.yaml", "--set", f"dataset={{type: npz, train: {name}}}")
    Path("pictures/cat").mkdir(parents=True)
    Path("pictures/dog").mkdir()
    os.mkfifo("pictures/cat/1.png")
    Image.new("L", (9, 9)).save("pictures/dog/1.png")
    options = ("--set", images("pictures"), "--set", "model.layers=[flatten, {type: dense, units: 2}]")
    refused(3, "pictures/cat: holds no pictures.", "train", "tiny.yaml", *options)


def test_class_folders_whose_names_are_no_text(refused):
    """Unicode, spaces and 255-byte names in paths: a class must have a name that can be written"""
    for name in ("cat", "dog\n"):
        Path("pictures", name).mkdir(parents=True)
    said = "pictures: the folder 'dog\\n' is called after no class. Rename it in plain letters."
    refused(3, said, "train", "tiny.yaml", "--set", images("pictures"))
