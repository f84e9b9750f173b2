"""Targets: every reader of files as a function of a path, which returns, or refuses with an error of the program."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnfs_cli.config import DataSettings, dump, load
from nnfs_cli.data.columns.category import Category
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.examples import as_numbers
from nnfs_cli.data.formats.arrays import array_names, read_array, read_shape
from nnfs_cli.data.formats.idx import read_idx
from nnfs_cli.data.inputs.rows import InputRows
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.prepare import prepare
from nnfs_cli.data.sources.base import Locator, Source
from nnfs_cli.data.spec import DataSpec
from nnfs_cli.errors import NnfsError
from nnfs_cli.registry import SOURCES
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.saved.config import saved_config
from nnfs_cli.saved.predictor import load_predictor
from nnfs_cli.saved.snapshot import restore
from tests.fuzz import tiny

COLUMNS = (Number("a"), Category("colour", ("green", "red")))
ROWS = dataclasses.replace(Preparation.untrained(DataSpec((3,), None, (1,))), columns=COLUMNS)


@dataclass(frozen=True)
class Reader:
    """A reader of files.

    Attributes:
        read: reads the file at a path.
        file: what such a file may be called.
        exit_code: of the refusals that are expected.
        lines: whether a refusal may have several lines, one for each mistake.
    """

    read: Callable[[Path], Any]
    file: str
    exit_code: int
    lines: bool = False


def read_checkpoint(path: Path) -> None:
    """All of a checkpoint that predicting needs."""
    load_predictor(checkpoint.read(path))


def read_state(path: Path) -> None:
    """The state behind the digest, which is forged here: the file holds the JSON text alone."""
    text, tensors = path.read_bytes().decode("utf-8", "replace"), tiny.tensors()
    forged = {"nnfs": text, "sha256": checkpoint._digest(tensors, text)}
    saved = Checkpoint(path, tensors, checkpoint._state(path, forged, tensors))
    _all_of(lambda: load_predictor(saved), lambda: saved_config(saved), lambda: restore(tiny.trainer(), saved))


def read_yaml(path: Path) -> None:
    """A configuration, and the file that a run would leave of it."""
    config = load(path)
    config.warnings()
    dump(config.resolved())


def read_idx_file(path: Path) -> None:
    """An array to train on or to predict."""
    as_numbers(read_idx(path), str(path))


def read_csv(path: Path) -> None:
    """A table to train on, and rows to predict."""
    _all_of(lambda: _prepare(_table(path), path), lambda: _read_rows(path))


def read_numpy_file(path: Path) -> None:
    """A `.npz` to train on, or a `.npy` to predict, whichever the file begins like."""
    with open(path, "rb") as file:
        is_archive = file.read(2) == b"PK"
    if is_archive:
        _all_of(lambda: array_names(path), lambda: _prepare(_arrays(path), path))
    else:
        read_shape(path)
        as_numbers(read_array(path), str(path))


READERS = {
    "checkpoint": Reader(read_checkpoint, "x.safetensors", 4, lines=True),
    "state": Reader(read_state, "x.json", 4, lines=True),
    "yaml": Reader(read_yaml, "x.yaml", 2, lines=True),
    "idx": Reader(read_idx_file, "x-ubyte", 3),
    "csv": Reader(read_csv, "x.csv", 3, lines=True),
    "npz": Reader(read_numpy_file, "x.npz", 3),
}


@functools.cache
def _table(path: Path) -> Source:
    return SOURCES["csv"](str(path), target=-1)


@functools.cache
def _arrays(path: Path) -> Source:
    return SOURCES["npz"](str(path))


def _prepare(source: Source, path: Path) -> None:
    prepare(source, Locator(path.parent), DataSettings(validation=0), seed=0)


def _read_rows(path: Path) -> None:
    with open(path, encoding="utf-8-sig", newline="") as stream:
        for _ in InputRows(stream, str(path), ROWS).blocks():
            pass


def _all_of(*readings: Callable[[], Any]) -> None:
    """Do all of these; the first refusal is raised in the end."""
    refusals = []
    for reading in readings:
        try:
            reading()
        except NnfsError as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]
