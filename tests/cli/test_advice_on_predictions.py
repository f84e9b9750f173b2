"""Advice on tables that are handed to `predict`: all that is wrong is told, and what is meant is taken."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_advice import followed, table
from tests.cli.test_advice_on_table_files import HEAD, ROWS, write


def test_strict_predictions_tell_of_all_bad_rows(nnfs):
    table("\n".join([HEAD, *ROWS]))
    followed(nnfs)
    write("new.csv", "1,red", "oops,green", "3,red", "four,blue", *["x,red"] * 40, head="x,c")
    done = nnfs("predict", "c-1", "new.csv", "--strict")
    assert (done.code, done.out) == (3, "")
    lines = done.err.splitlines()
    assert lines[:2] == [
        "new.csv:3: column 'x': expected a number, got 'oops'. Fix the cell or remove the row.",
        "new.csv:5: column 'x': expected a number, got 'four'. Fix the cell or remove the row.",
    ]
    assert (len(lines), lines[-1]) == (21, "and 22 more")
    write("new.csv", "1,red", "3,red", head="x,c")
    assert nnfs("predict", "c-1", "new.csv", "--strict").code == 0


def test_a_table_in_a_txt_file(nnfs):
    table("\n".join([HEAD, *ROWS]))
    Path("data.txt").write_text(Path("data.csv").read_text().replace(",", "\t"))
    followed(nnfs, "dataset.train=data.txt", "dataset.delimiter=\\t")
    done = nnfs("predict", "c-1", "data.txt")
    assert (done.code, len(done.out.splitlines())) == (0, 21)


def test_inputs_that_lack_columns(nnfs):
    table("\n".join([HEAD, *ROWS]))
    followed(nnfs)
    write("new.csv", "1", head="x")
    assert "new.csv: lacks the column c. Expected x, c." in nnfs("predict", "c-1", "new.csv").err
