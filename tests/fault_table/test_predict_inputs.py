"""Inputs that a network cannot answer for: refused with what it expects, and no output file."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.samples import idx_bytes
from tests.fault_table.setting import configure, features, write_npz

HEADER = ",".join(f"f{k}" for k in range(64))
GOOD = ",".join(["7"] * 64)


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def bad(shape: tuple[int, ...], position: tuple[int, ...], value: float) -> np.ndarray:
    array = np.full(shape, 70, np.float32)
    array[position] = value
    return array


def png() -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "PNG")
    return file.getvalue()


def archive_without_arrays() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w"):
        pass
    return file.getvalue()


EXPECTS = "model expects 64 features, got "
INPUTS = {
    "empty npy": ("x.npy", b"", "x.npy: is damaged or not a .npy file"),
    "empty npz": ("x.npz", b"", "x.npz: is damaged or not a .npz file"),
    "empty csv": ("x.csv", b"", "x.csv: holds no rows. Expected one for each example."),
    "empty idx": ("x.idx", b"", "x.idx: is not an IDX file: it begins with nothing."),
    "empty png": ("x.png", b"", "x.png: is damaged or not a picture"),
    "empty jpg": ("x.jpg", b"", "x.jpg: is damaged or not a picture"),
    "empty name": ("x", b"", "x: is of no known kind."),
    "no rows": ("x.csv", f"{HEADER}\n".encode(), "x.csv: holds a header and no rows."),
    "blank lines": ("x.csv", b"\n\n\n", "x.csv: holds no rows."),
    "no examples": ("x.npy", npy(np.ones((0, 64))), "x.npy: holds no examples. Expected shape (N, 1, 8, 8)."),
    "no images": ("x.idx", idx_bytes(np.ones((0, 8, 8), np.uint8)), "x.idx: holds no examples."),
    "no arrays": ("x.npz", archive_without_arrays(), "x.npz: which array holds the examples? It holds nothing."),
    "other arrays": (
        "x.npz",
        npz(a=np.ones(3), b=np.ones(3)),
        "x.npz: which array holds the examples? It holds a (3,), b",
    ),
    "a feature too few": ("x.npy", npy(np.ones((2, 63))), f"x.npy: {EXPECTS}63, shape (63,) instead of (1, 8, 8)."),
    "a feature too many": ("x.npy", npy(np.ones((2, 65))), f"x.npy: {EXPECTS}65, "),
    "larger images": ("x.npy", npy(np.ones((2, 9, 9))), f"x.npy: {EXPECTS}81, shape (9, 9) instead of (1, 8, 8)."),
    "colours": ("x.npy", npy(np.ones((2, 3, 8, 8))), f"x.npy: {EXPECTS}192, shape (3, 8, 8) instead of"),
    "one number": ("x.npy", npy(np.float64(3)), f"x.npy: {EXPECTS}1, shape () instead of (1, 8, 8)."),
    "larger idx": ("x.idx", idx_bytes(np.ones((2, 7, 9), np.uint8)), f"x.idx: {EXPECTS}63, "),
    "a cell too few": ("x.csv", GOOD[2:].encode(), f"x.csv: {EXPECTS}63, shape (63,) instead of (1, 8, 8)."),
    "a cell too many": ("x.csv", f"{GOOD},1\n".encode(), f"x.csv: {EXPECTS}65, "),
    "ragged": ("x.csv", f"{GOOD}\n{GOOD},1\n".encode(), "x.csv:2: expected 64 cells, got 65."),
    "NaN": (
        "x.npy",
        npy(bad((3, 64), (1, 5), np.nan)),
        "x.npy[1]: feature (0, 0, 5): expected a finite number, got nan",
    ),
    "Inf": (
        "x.npz",
        npz(x=bad((3, 64), (2, 9), np.inf)),
        "x.npz[2]: feature (0, 1, 1): expected a finite number, got inf",
    ),
    "beyond single": ("x.npy", npy(np.full((1, 64), 1e39)), "x.npy[0]: feature (0, 0, 0): expected a finite number"),
    "NaN cell": (
        "x.csv",
        f"{GOOD}\nnan{GOOD[1:]}\n".encode(),
        "x.csv:2: column '0': expected a number, got 'nan'",
    ),
    "empty cell": ("x.csv", f"{GOOD}\n{GOOD[:-1]}\n".encode(), "x.csv:2: column '63': expected a number, got an empty"),
    "text cell": ("x.csv", f"{GOOD}\n{GOOD[:-1]}cat\n".encode(), "x.csv:2: column '63': expected a number, got 'cat'."),
    "text array": ("x.npy", npy(np.array(["cat"] * 64)), "x.npy: expected numbers, got text."),
    "complex": ("x.npy", npy(np.ones((2, 64)) * 1j), "x.npy: expected numbers, got complex128."),
    "text as npy": ("x.npy", b"a poem\n", "x.npy: is damaged or not a .npy file"),
    "text as npz": ("x.npz", b"a poem\n", "x.npz: is damaged or not a .npz file"),
    "text as idx": ("x.idx", b"a poem\n", "x.idx: is not an IDX file: it begins with 61 20 70 6f."),
    "text as png": ("x.png", b"a poem\n", "x.png: is damaged or not a picture"),
    "text": ("x.txt", b"a poem\n", "x.txt: is of no known kind. Expected a name that ends in .npy"),
    "Latin-1": ("x.csv", "größe\n1\n".encode("latin-1"), "x.csv: is not UTF-8 text"),
    "half a picture": ("x.png", png()[:40], "x.png: is damaged or not a picture"),
    "a checkpoint": ("x.safetensors", b"", "x.safetensors: is of no known kind."),
}


@pytest.mark.parametrize("kind", INPUTS)
def test_predict_on_missing_empty_wrong_sized_nan_or_text_input(refused, runs, kind):
    """predict on missing, empty, wrong-sized, NaN or text input"""
    name, content, said = INPUTS[kind]
    Path(name).write_bytes(content)
    refused(3, said, "predict", "--strict", "tiny", name)
    refused(3, said, "predict", "--strict", "tiny", name, "--output", "answers.csv")
    np.save("good.npy", np.full((2, 64), 70))
    refused(3, said, "predict", "--strict", "tiny", "good.npy", name, "--output", "answers.npy")


@pytest.mark.parametrize("kind", [kind for kind in INPUTS if INPUTS[kind][0] == "x.csv"])
def test_predict_on_standard_input(refused, runs, monkeypatch, kind):
    """predict on missing, empty, wrong-sized, NaN or text input: - is standard input"""
    _, content, said = INPUTS[kind]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), "utf-8"))
    refused(3, said.replace("x.csv", "stdin"), "predict", "--strict", "tiny", "-", "--output", "answers.csv")


TABLE = {
    "a column is missing": ("size,price\n1,2\n", "x.csv: lacks the column colour. Expected size, colour, price."),
    "a word for a number": ("size,colour,price\nbig,red,2\n", "x.csv:2: column 'size': expected a number, got 'big'."),
    "too few cells": ("1,red\n", "x.csv: expected a header that names the columns, or rows of just 3 cells"),
    "infinite": ("size,colour,price\n1,red,inf\n", "x.csv:2: column 'price': expected a finite number, got 'inf'."),
}


@pytest.mark.parametrize("kind", TABLE)
def test_predict_on_rows_that_are_not_those_of_the_table(refused, runs, kind):
    """predict on ... wrong-sized, NaN or text input"""
    content, said = TABLE[kind]
    Path("x.csv").write_text(content)
    refused(3, said, "predict", "--strict", "kinds", "x.csv", "--output", "answers.csv")


@pytest.mark.parametrize("name", ["missing.npy", "missing.png", "missing", "missing/x.csv"])
def test_predict_on_missing_input(refused, runs, name):
    """predict on missing ... input"""
    refused(3, f"{name}: there is no such file.", "predict", "--strict", "tiny", name, "--output", "answers.csv")


def test_predict_on_an_empty_folder(refused, runs):
    """predict on ... empty ... input"""
    Path("folder/.hidden").mkdir(parents=True)
    refused(3, "folder: holds no inputs. Expected files that end in", "predict", "--strict", "tiny", "folder")


def test_predict_beyond_what_numbers_can_hold(nnfs, refused):
    """predict on ... NaN input: nor is the answer ever NaN"""
    write_npz(x=1e-20 * features(), y=np.ones((24, 1)))
    configure({"type": "npz", "train": "t.npz"}, 1, "mse")
    assert nnfs("train", "x.yaml", "--name", "small", "--quiet").code == 0
    np.save("x.npy", np.array([[1e-20, 2e-20], [1e30, 1e30]], np.float32))
    said = "x.npy[1]: its numbers are too large for the network: the answer is not finite."
    refused(3, said, "predict", "--strict", "small", "x.npy", "--output", "answers.jsonl")


def test_evaluate_beyond_what_numbers_can_hold(refused, runs):
    """predict on ... NaN input: nor is a measure ever NaN"""
    Path("u.csv").write_text("size,colour,price,kind\n1,red,1,mug\n3e38,red,3e38,cup\n")
    said = "u.csv: holds numbers that are too large for the network"
    refused(3, said, "evaluate", "prices", "--set", "dataset.test=u.csv", "--json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.csv", "x.idx", "x.png"])
def test_predict_on_what_is_no_file(refused, runs, name):
    """predict on missing ... input: a pipe that nobody writes to, a device without end, a loop of links, a folder"""
    os.mkfifo(name)
    refused(3, f"{name}: is a pipe or a device, expected a file.", "predict", "--strict", "tiny", name)
    os.unlink(name)
    os.symlink("/dev/zero", name)
    refused(3, f"{name}: is a pipe or a device, expected a file.", "predict", "--strict", "tiny", name)
    os.unlink(name)
    os.symlink(name, name)
    refused(3, f"{name}: there is no such file.", "predict", "--strict", "tiny", name)
    os.unlink(name)
    os.mkdir(name)
    refused(3, f"{name}: holds no inputs.", "predict", "--strict", "tiny", name)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may read everything")
def test_predict_on_a_file_without_permission(refused, runs):
    """predict on missing ... input"""
    np.save("x.npy", np.ones((2, 64)))
    Path("x.npy").chmod(0)
    refused(3, "x.npy: cannot be read: Permission denied.", "predict", "--strict", "tiny", "x.npy")
