"""Tables as spreadsheets and other programs write them: read as meant, or refused with the line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fault_table.setting import configure, kinds, table

PLAIN = table(kinds())
DATA = {"type": "csv", "train": "t.csv", "target": "kind"}
READ = {
    "BOM": "\ufeff" + PLAIN,
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "CR": PLAIN.replace("\n", "\r"),
    "BOM and CRLF": "\ufeff" + PLAIN.replace("\n", "\r\n"),
    "blank lines": PLAIN.replace("\n", "\n\n"),
    "quotes": PLAIN.replace("cat", '"cat"').replace("kind", '"kind"'),
    "spaces": PLAIN.replace(",", ", "),
    "no last newline": PLAIN.rstrip(),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The digests of the plain table, found once."""
    return {}


def digest() -> dict[str, dict]:
    (run,) = Path("runs").iterdir()
    return json.loads((run / "summary.json").read_text())["data"]["digests"]


@pytest.mark.parametrize("way", READ)
def test_csv_bom_crlf_and_the_like_are_read(nnfs, plain, way):
    """CSV: ragged row, BOM, CRLF, `;`, missing header, quoted newline"""
    if not plain:
        Path("t.csv").write_bytes(PLAIN.encode())
        configure(DATA)
        assert nnfs("train", "x.yaml", "--quiet", "--runs-dir", "plain").code == 0
        (summary,) = Path("plain").glob("*/summary.json")
        plain["digests"] = json.loads(summary.read_text())["data"]["digests"]
    Path("t.csv").write_bytes(READ[way].encode())
    configure(DATA)
    assert nnfs("train", "x.yaml", "--quiet").code == 0
    assert digest() == plain["digests"]
    answers = nnfs("predict", "x-1", "t.csv")
    assert (answers.code, answers.err, answers.out.count("\n")) == (0, "", 25)


def test_csv_semicolons_are_read(nnfs):
    """CSV: `;`"""
    Path("t.csv").write_text(PLAIN.replace(",", ";"))
    configure({**DATA, "delimiter": ";"})
    assert nnfs("train", "x.yaml", "--quiet").code == 0
    assert nnfs("predict", "x-1", "t.csv").out.count("\n") == 25


def test_csv_quoted_newlines_are_read(nnfs):
    """CSV: quoted newline"""
    Path("t.csv").write_text(PLAIN.replace("cat", '"cat\nor lion"').replace("owl", '"owl ""great"", old"'))
    configure(DATA)
    assert nnfs("train", "x.yaml", "--quiet", "--set", "dataset.test=0.25").code == 0
    names = [row["class"] for row in json.loads(nnfs("evaluate", "x-1", "--json").out)["classes"]]
    assert names == ["cat\nor lion", "dog", 'owl "great", old']
    assert len(nnfs("evaluate", "x-1").out.partition("\n\n")[2].splitlines()) == 1 + 3


FAULTS = {
    "ragged row, short": ("3.000,1,cat", "3.000,cat", "t.csv:23: expected 3 cells, got 2."),
    "ragged row, long": ("3.000,1,cat", "3.000,1,cat,", "t.csv:23: expected 3 cells, got 4."),
    "decimal comma": ("3.000,1,cat", "3,000,1,cat", "t.csv:23: expected 3 cells, got 4."),
    "`;` with another delimiter": (",", ";", "t.csv:1: has one column if ',' separates. Set delimiter: ';'."),
    "missing header": ("a,b,kind", "1,2,3", "t.csv:1: expected a header with the names of the columns, got numbers."),
    "open quote": ("3.000,1,cat", '3.000,1,"cat', "t.csv:23: unexpected end of data."),
    "stray quote": ("3.000,1,cat", '3.000,1,"c"at', "t.csv:23: ',' expected after '\"'."),
    "word among numbers": ("3.000,1,cat", "3.000,one,cat", "t.csv:23: column 'b': got 'one' among numbers."),
    "two columns of one name": ("a,b,kind", "a,a,kind", "t.csv:1: column names must differ"),
    "a column without a name": ("a,b,kind", "a,,kind", "t.csv:1: column names must differ and not be empty"),
    "no such target": ("a,b,kind", "a,b,sort", "t.csv: has no column kind, the target. There are: a, b, sort."),
    "a very long cell": ("3.000,1,cat", f"3.000,1,{'x' * 200_000}", "t.csv:23: field larger than field limit (131072)"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_csv_faults_are_named_with_their_line(refused, fault):
    """CSV: ragged row, BOM, CRLF, `;`, missing header, quoted newline"""
    old, new, said = FAULTS[fault]
    Path("t.csv").write_text(PLAIN.replace(old, new))
    configure(DATA)
    message = refused(3, said, "train", "x.yaml")
    assert len(message) < 500


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("3.000,1,cat", "3.000,,cat", ""),
        ("3.000,1,cat", "3.000,1,", "warning: t.csv: 1 of 24 rows has no answer in kind: it is left out\n"),
    ],
)
def test_csv_missing_cells_are_no_fault(nnfs, old, new, said):
    """CSV: a missing number has a feature of its own; a row without an answer is left out"""
    Path("t.csv").write_text(PLAIN.replace(old, new))
    configure(DATA)
    done = nnfs("check", "x.yaml")
    assert (done.code, done.err) == (0, said)
    assert f"examples of shape ({2 if said else 3},)" in done.out
    assert nnfs("train", "x.yaml", "--quiet").code == 0


def test_csv_lines_are_counted_through_quoted_newlines(refused):
    """CSV: ragged row, quoted newline"""
    Path("t.csv").write_text(PLAIN.replace("dog", '"dog\nor wolf"') + "1,2\n")
    configure(DATA)
    refused(3, "t.csv:34: expected 3 cells, got 2.", "train", "x.yaml")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-32"])
def test_csv_in_another_encoding(refused, encoding):
    """CSV: BOM"""
    Path("t.csv").write_bytes(PLAIN.replace("cat", "Kätzchen").encode(encoding))
    configure(DATA)
    refused(3, "t.csv: is not UTF-8 text", "train", "x.yaml")


def test_csv_without_a_header_where_a_class_is_a_word(refused):
    """CSV: missing header"""
    Path("t.csv").write_text("".join(f"{row}\n" for row in kinds()))
    configure({**DATA, "target": -1})
    refused(3, "t.csv:1: ", "train", "x.yaml")
