"""All that is wrong with the files of a table is told in one pass, by `check` as by `train`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_advice import Y, arrays, followed, table
from tests.cli.test_advice_on_tables import said

ROWS = [f"{k},{('red', 'blue')[k % 2]},{('yes', 'no')[k % 2]}" for k in range(20)]
HEAD = "x,c,y"


def write(name: str, *rows: str, head: str = HEAD) -> None:
    Path(name).write_text("\n".join([head, *rows]) + "\n")


def refused(nnfs, *options: str) -> list[str]:
    """The lines with which check and train refuse, the same ones."""
    lines = said(nnfs, *options)
    done = nnfs("train", "c.yaml", "--quiet", *(part for option in options for part in ("--set", option)))
    assert (done.code, done.err.splitlines()) == (3, lines)
    return lines


def test_rows_of_another_width(nnfs):
    rows = [row + ",9" if k in (1, 2, 4, 6, 8, 11, 12) else row for k, row in enumerate(ROWS)]
    rows[3] = "oops,red,yes"
    table("\n".join([HEAD, *rows]))
    assert refused(nnfs) == [
        *(f"data.csv:{line}: expected 3 cells, got 4. Fix or remove the row." for line in (3, 4, 6, 8, 10)),
        "data.csv: 2 more rows have another number of cells, 7 in all.",
        "data.csv:5: column 'x': got 'oops' among numbers. Fix it, set dataset.na_values: [oops] if it means a missing "
        "number, or dataset.columns: {x: {kind: category}} if these are words.",
    ]
    table("\n".join([HEAD, *(row for row in rows if row.count(",") == 2 and row[0] != "o")]))
    followed(nnfs)


def test_wrong_names_of_both_kinds(nnfs):
    table("\n".join([HEAD, *ROWS]))
    assert refused(nnfs, "dataset.target=z", "dataset.drop=[b, d]") == [
        "data.csv: has no column z, the target. There are: x, c, y.",
        "data.csv: has no columns b, d, named in dataset.drop. There are: x, c, y.",
    ]
    followed(nnfs, "dataset.target=y", "dataset.drop=[c]")


def test_all_files_that_are_not_there(nnfs):
    table("\n".join([HEAD, *ROWS]))
    lines = refused(nnfs, "dataset.train=a.csv", "dataset.validation=b.csv", "dataset.test=c.csv")
    assert [line.split(":")[0] for line in lines] == ["a.csv", "b.csv", "c.csv"]
    for name in "abc":
        write(f"{name}.csv", *ROWS)
    followed(nnfs, "dataset.train=a.csv", "dataset.validation=b.csv", "dataset.test=c.csv")


def test_all_that_is_wrong_with_the_other_files(nnfs):
    table("\n".join([HEAD, *ROWS]))
    write("v.csv", "one,red,yes", "two,green,yes", "3,red,maybe")
    write("t.csv", "1,red", "2,green,yes", "3,,no")
    assert refused(nnfs, "dataset.validation=v.csv", "dataset.test=t.csv") == [
        "v.csv:2: column 'x': expected a number, got 'one', the first of 2 such cells. "
        "Fix the cells or remove the rows.",
        "v.csv:4: column 'y': expected one of no, yes, got 'maybe'. Fix the cell or remove the row.",
        "t.csv:2: expected 3 cells, got 2. Fix or remove the row.",
    ]
    write("v.csv", *ROWS)
    write("t.csv", "1,,yes", "2,green,yes", "3,grey,no", "-,red,no")
    assert said(nnfs, "dataset.validation=v.csv", "dataset.test=t.csv", code=0) == []
    done = nnfs("train", "c.yaml", "--quiet", "--set", "dataset.validation=v.csv", "--set", "dataset.test=t.csv")
    assert (done.code, done.err.splitlines()[:2]) == (
        0,
        [
            "warning: t.csv:5: column 'x': got '-', the median is taken",
            "warning: t.csv:2: column 'c': an empty cell was not there in training, it counts as another word "
            "(the first of 3 such cells)",
        ],
    )
    write("v.csv", *ROWS)
    write("t.csv", *ROWS)
    followed(nnfs, "dataset.validation=v.csv", "dataset.test=t.csv")


def test_a_test_file_without_answers(nnfs):
    table("\n".join([HEAD, *ROWS]))
    write("new.csv", *(row.rpartition(",")[0] for row in ROWS), head="x,c")
    assert refused(nnfs, "dataset.test=new.csv") == [
        "new.csv: has no column y, the target. There are: x, c. "
        "Leave dataset.test out, and give the file to nnfs predict, if it has no answers."
    ]
    followed(nnfs)
    assert nnfs("predict", "c-1", "new.csv").code == 0
    (line,) = refused(nnfs, "dataset.validation=new.csv")
    assert line.endswith("Set dataset.validation to a share such as 0.1 if the file has no answers.")
    followed(nnfs, "dataset.validation=0.1")


def test_a_file_of_another_table(nnfs):
    table("\n".join([HEAD, *ROWS]))
    write("t.csv", "1,2", head="a,b")
    assert [line.partition(". ")[0] for line in refused(nnfs, "dataset.test=t.csv")] == [
        "t.csv: has no columns x, c",
        "t.csv: has no column y, the target",
    ]
    write("t.csv", head=HEAD)
    assert refused(nnfs, "dataset.test=t.csv") == ["t.csv: has a header and no rows. Add some."]


def test_check_reads_what_train_reads(nnfs):
    table("\n".join([HEAD, *ROWS]))
    write("t.csv", *ROWS)
    assert said(nnfs, "dataset.test=t.csv", "dataset.validation=t.csv", code=0) == []


@pytest.mark.parametrize(
    ("options", "fix", "right"),
    [
        (["dataset.validation=19"], "dataset.validation: 19 holds out all others. Make it smaller.", 5),
        (["dataset.limit=1"], "dataset.limit: 1 leaves out all others. Raise it, or mix the examples.", 10),
    ],
)
def test_what_leaves_one_class_only(nnfs, options, fix, right):
    table("\n".join([HEAD, *ROWS]))
    done = nnfs("train", "c.yaml", "--set", *options)
    assert (done.code, done.err.strip().endswith(f"expected two classes or more. {fix}")) == (3, True)
    followed(nnfs, f"{options[0].partition('=')[0]}={right}")


def test_all_arrays_that_are_not_there(nnfs):
    arrays(Y)
    lines = refused(nnfs, "dataset.train={x: a.npy, y: b.npy}", "dataset.test=c.npz")
    assert [line.split(":")[0] for line in lines] == ["a.npy", "b.npy", "c.npz"]
    followed(nnfs)
