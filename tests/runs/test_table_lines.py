"""Tables of a run that somebody else has written: lines of any length, numbers of any length."""

from __future__ import annotations

import os

import pytest

from nnfs_cli.errors import MachineError
from nnfs_cli.runs.tables import STEPS, Table, blocks, last_value

HEADER = ",".join(STEPS) + "\n"


def test_a_number_beyond_all_steps_is_cut_off(tmp_path):
    path = tmp_path / "steps.csv"
    path.write_text(f"{HEADER}1,1,0.5,0.1,0.9\n{'9' * 5000},1,0.5,0.1,0.9\n")
    Table(path, STEPS).cut_back("step", 7)
    assert path.read_text() == f"{HEADER}1,1,0.5,0.1,0.9\n"


@pytest.mark.parametrize("work", ["cut", "blocks", "last"])
def test_a_stretch_without_a_line_end_is_refused_early(tmp_path, work):
    path = tmp_path / "steps.csv"
    path.write_text(f"{HEADER}1,1,0.5,0.1,0.9\n")
    os.truncate(path, 1 << 33)
    with pytest.raises(MachineError, match=r"steps\.csv: has a line of over 131,072 bytes, which no table"):
        {
            "cut": lambda: Table(path, STEPS).cut_back("step", 7),
            "blocks": lambda: list(blocks(path)),
            "last": lambda: last_value(path, "step"),
        }[work]()
