"""Tables: rows that grow, and are cut back to a step."""

from __future__ import annotations

import pytest

from nnfs_cli.errors import MachineError
from nnfs_cli.runs.tables import STEPS, Table, ordered, rows_of
from nnfs_cli.sessions.records import epoch_columns

HEADER = "step,epoch,loss,lr,momentum\n"


@pytest.fixture
def table(tmp_path) -> Table:
    table = Table(tmp_path / "steps.csv", STEPS)
    for step in range(1, 5):
        table.add((step, 1, 1 / step, 1e-3, None))
    table.flush()
    return table


def test_a_new_table_has_its_header(tmp_path):
    path = tmp_path / "metrics.csv"
    Table(path, epoch_columns(["rmse", "r2"]))
    assert path.read_text() == (
        "epoch,step,train_loss,val_loss,train_rmse,val_rmse,train_r2,val_r2,lr,momentum,seconds,samples_per_second\n"
    )


def test_rows_wait_until_they_are_written(table):
    before = table.path.read_text()
    table.add((5, 1, 0.2, 1e-3, 0.9))
    assert table.path.read_text() == before
    table.flush()
    table.flush()
    assert table.path.read_text() == before + "5,1,0.2,0.001,0.9\n"


def test_nothing_leaves_a_cell_empty(table):
    assert table.path.read_text().startswith(HEADER + "1,1,1.0,0.001,\n2,1,0.5,0.001,\n")


def test_numbers_are_read_as_they_were(table):
    rows = rows_of(table.path)
    assert [row["loss"] for row in rows] == [1.0, 0.5, 1 / 3, 0.25]
    assert {row["momentum"] for row in rows} == {None}


def test_a_table_that_is_there_is_kept(table):
    before = table.path.read_text()
    Table(table.path, STEPS)
    assert table.path.read_text() == before


@pytest.mark.parametrize("step", [0, 1, 3, 4, 9])
def test_cut_back_drops_later_steps(table, step):
    lines = table.path.read_text().splitlines(keepends=True)
    table.cut_back("step", step)
    assert table.path.read_text() == "".join(lines[: step + 1])


def test_cut_back_drops_a_row_that_was_half_written(table):
    whole = table.path.read_text()
    for length in range(1, len("5,1,0.2,0.001,0.9\n")):
        table.path.write_text(whole + "5,1,0.2,0.001,0.9\n"[:length])
        table.cut_back("step", 4)
        assert table.path.read_text() == whole


def test_cut_back_by_another_column(tmp_path):
    table = Table(tmp_path / "metrics.csv", ("epoch", "step", "train_loss"))
    for row in [(1, 10, 0.5), (2, 20, 0.25), (3, 30, 0.125)]:
        table.add(row)
    table.flush()
    table.cut_back("epoch", 2)
    assert table.path.read_text() == "epoch,step,train_loss\n1,10,0.5\n2,20,0.25\n"


def test_values_in_the_order_of_the_columns():
    assert ordered({"lr": 2, "step": 1, "more": 3}, ("step", "lr")) == [1, 2]


def test_a_disk_that_refuses(tmp_path):
    with pytest.raises(MachineError, match=r"nowhere/steps\.csv"):
        Table(tmp_path / "nowhere" / "steps.csv", STEPS)
