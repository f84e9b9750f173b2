"""Advice on files that are no table, or not as one is expected: what a message says to do is done, and it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_advice import followed, table


@pytest.mark.parametrize(
    ("head", "fix"),
    [("sep=;\nx;y\n", "the header must come first. Remove the line, and set delimiter: ';'.")],
)
def test_the_line_that_tells_excel_what_separates(nnfs, head, fix):
    table(head + "1;yes\n2;no\n" * 5)
    done = nnfs("check", "c.yaml")
    assert (done.code, fix in done.err) == (3, True)
    assert fix in nnfs("check", "c.yaml", "--set", "dataset.delimiter=;").err
    table("x;y\n" + "1;yes\n2;no\n" * 5)
    followed(nnfs, "dataset.delimiter=;")


def test_a_tab_as_people_write_it(nnfs):
    table("x\ty\n" + "1\tyes\n2\tno\n" * 5)
    assert "Set delimiter: '\\t'." in nnfs("check", "c.yaml").err
    Path("c.yaml").write_text(Path("c.yaml").read_text().replace("target: y", "target: y, delimiter: '\\t'"))
    followed(nnfs)
    assert 'delimiter: "\\t"' in Path("runs/c-1/config.yaml").read_text()


def test_the_numbers_of_rows_that_pandas_writes(nnfs):
    table(",x,y\n" + "0,1,yes\n1,2,no\n" * 5)
    done = nnfs("check", "c.yaml")
    assert (done.code, "Save the table with index=False, or name the column" in done.err) == (3, True)
    table("row,x,y\n" + "0,1,yes\n1,2,no\n" * 5)
    followed(nnfs, "dataset.drop=[row]")


def test_a_header_that_counts(nnfs):
    table("0,1,2\n" + "1.5,2,yes\n3,4,no\n" * 5)
    done = nnfs("check", "c.yaml", "--set", "dataset.target=-1")
    assert (done.code, done.err) == (0, "warning: data.csv: the first row, 0, 1, 2, ..., is taken for a header\n")


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\x1f\x8b\x08", "is compressed with gzip. Unpack it with gunzip."),
        (b"PK\x03\x04", "is an Excel workbook or another archive. Save the sheet as CSV UTF-8."),
        ("x,y\n".encode("utf-16"), "is not UTF-8 text, but UTF-16 or UTF-32. Save it as UTF-8."),
    ],
)
def test_files_that_are_no_text(nnfs, start, words):
    table("x,y\n" + "1,yes\n2,no\n" * 5)
    followed(nnfs)
    Path("data.csv").write_bytes(start + bytes(100))
    assert nnfs("check", "c.yaml").err == f"data.csv: {words}\n"
    assert words in nnfs("predict", "c-1", "data.csv").err


@pytest.mark.parametrize("command", ["check", "train", "lr-find"])
def test_a_table_in_the_place_of_a_configuration(nnfs, command):
    table("x,y\n" + "1,yes\n2,no\n" * 5)
    done = nnfs(command, "data.csv")
    assert (done.code, "Name the table in a YAML file: dataset: {type: csv, train: TABLE" in done.err) == (2, True)
    followed(nnfs)
