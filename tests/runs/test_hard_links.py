"""Hard links: a file of a run with another name elsewhere is written to under its own name alone."""

from __future__ import annotations

import os

import pytest

from nnfs_cli.runs import durable


@pytest.mark.parametrize("write", [lambda path: durable.append(path, "more"), lambda path: durable.truncate(path, 2)])
def test_another_name_of_a_file_keeps_its_content(tmp_path, write):
    path, other = tmp_path / "steps.csv", tmp_path / "snapshot.csv"
    path.write_text("first")
    os.link(path, other)
    write(path)
    assert other.read_text() == "first"
    assert path.read_text() in ("firstmore", "fi")
    assert sorted(found.name for found in tmp_path.iterdir()) == ["snapshot.csv", "steps.csv"]
