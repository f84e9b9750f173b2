"""Tables: rows that grow, and are cut back to a step."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.errors import MachineError
from nnfs_cli.nn.metrics.base import kinds_for
from nnfs_cli.runs import tables
from nnfs_cli.runs.tables import STEPS, Table, blocks, last_value, ordered
from nnfs_cli.training.records import epoch_columns

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
    Table(path, epoch_columns(kinds_for(classes=False)))
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
    (block,) = blocks(table.path)
    assert block["loss"].tolist() == [1.0, 0.5, 1 / 3, 0.25]
    assert np.isnan(block["momentum"]).all()


def test_blocks_hold_all_rows_in_order(table):
    assert [block["step"].tolist() for block in blocks(table.path, rows=3)] == [[1, 2, 3], [4]]


def test_a_table_without_rows_has_no_blocks(tmp_path):
    assert not list(blocks(Table(tmp_path / "steps.csv", STEPS).path))


@pytest.mark.parametrize("size", [1, 2, 7, 18, 19, 64, 1 << 16])
def test_the_last_whole_row_is_found_from_the_end(table, monkeypatch, size):
    monkeypatch.setattr(tables, "BLOCK_BYTES", size)
    assert last_value(table.path, "step") == 4
    with open(table.path, "a") as file:
        file.write("5,1,0.2")
    assert last_value(table.path, "loss") == 0.25


@pytest.mark.parametrize("text", ["", "step", "step,loss\n", "loss\n1\n"])
def test_a_table_without_a_last_row_is_an_error(tmp_path, text):
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(ValueError, match=r"could not convert|not in list"):
        last_value(tmp_path / "x.csv", "step")


def test_many_rows_do_not_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_WAITING", 3)
    table = Table(tmp_path / "steps.csv", ("step",))
    for step in range(8):
        table.add((step,))
    assert table.path.read_text() == "step\n0\n1\n2\n3\n4\n5\n"


def test_a_table_that_was_removed_is_begun_anew_with_its_header(tmp_path):
    said: list[str] = []
    table = Table(tmp_path / "steps.csv", ("step",), said.append)
    table.add((1,))
    table.flush()
    table.path.unlink()
    table.add((2,))
    table.flush()
    assert table.path.read_text() == "step\n2\n"
    assert said == [f"{table.path}: was removed and is written again; its rows so far are lost."]


@pytest.mark.parametrize("text", ["", "ste", "other\n1\n", "1\n2\n"])
def test_a_table_with_another_header_is_begun_anew(tmp_path, text):
    said: list[str] = []
    (tmp_path / "steps.csv").write_text(text)
    table = Table(tmp_path / "steps.csv", ("step",), said.append)
    assert table.path.read_text() == "step\n"
    assert len(said) == 1


def test_a_table_that_is_there_is_kept(table):
    before = table.path.read_text()
    Table(table.path, STEPS)
    assert table.path.read_text() == before


@pytest.mark.parametrize("size", [5, 1 << 16])
@pytest.mark.parametrize("step", [0, 1, 3, 4, 9])
def test_cut_back_drops_later_steps(table, step, size, monkeypatch):
    monkeypatch.setattr(tables, "BLOCK_BYTES", size)
    lines = table.path.read_text().splitlines(keepends=True)
    table.cut_back("step", step)
    assert table.path.read_text() == "".join(lines[: step + 1])


def test_cut_back_drops_a_row_that_was_half_written(table):
    whole = table.path.read_text()
    for length in range(1, len("5,1,0.2,0.001,0.9\n")):
        table.path.write_text(whole + "5,1,0.2,0.001,0.9\n"[:length])
        table.cut_back("step", 4)
        assert table.path.read_text() == whole


def test_cut_back_drops_a_line_that_is_no_row(table):
    whole = table.path.read_text()
    for line in ("4,1\n", "4,1,0.25,0.001,,7\n", "\n"):
        table.path.write_text(whole + line)
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
