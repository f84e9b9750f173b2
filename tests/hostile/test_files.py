"""Every file of this folder is refused by its reader: one line, nothing else happens, soon and in little memory."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from nnfs_cli.data.pictures.bit_depth import BitDepth
from nnfs_cli.data.pictures.picture import read_picture
from nnfs_cli.errors import NnfsError
from tests.fuzz.engine import fuzz
from tests.fuzz.targets import READERS, Reader
from tests.hostile import large
from tests.listening import besides, listened
from tests.resilience.forks import needs_fork

HERE = Path(__file__).parent
ALL = {**READERS, "pictures": Reader(lambda path: read_picture(path, (1, 8, 8), BitDepth(None)), "x.png", 3)}
FILES = {name: sorted((HERE / name).iterdir()) for name in ALL}
FOUND = "found_"
"""How the names of those begin that `python -m tests.fuzz` has found; they may be sound."""
LONGEST_REFUSAL = 3000
LONG = 60
"""Seconds that a large file may take on a slow machine; far less than what grows with the square of its size takes."""


@pytest.mark.parametrize(
    "path", [*chain.from_iterable(FILES.values())], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_a_hostile_file_is_refused_and_nothing_else_happens(path, directory):
    reader, before = ALL[path.parent.name], sorted(directory.iterdir())
    listened(reader.read, path)
    raised, heard = listened(reader.read, path)
    if raised is None and path.name.startswith(FOUND):
        return
    assert isinstance(raised, NnfsError), raised
    assert raised.exit_code == reader.exit_code
    assert str(path) in str(raised) or str(raised).startswith("train: ")
    assert reader.lines or str(raised).isprintable()
    assert len(str(raised)) < LONGEST_REFUSAL
    assert besides(path, heard) == []
    assert sorted(directory.iterdir()) == before


@needs_fork
@pytest.mark.parametrize("name", ALL)
def test_hostile_files_take_neither_long_nor_much_memory(name):
    report = fuzz(ALL[name], lambda number: FILES[name][number].read_bytes(), len(FILES[name]))
    assert [(FILES[name][finding.number].name, finding.sentence) for finding in report.findings] == []


@needs_fork
@pytest.mark.parametrize("name", large.FILES)
def test_large_hostile_files_take_neither_long_nor_much_memory(name):
    reader, make = large.FILES[name]
    content = make()
    report = fuzz(READERS[reader], lambda number: content, 1, seconds=LONG)
    assert [finding.sentence for finding in report.findings] == []
    assert report.refused == 1
