"""Hundreds of tables with mistakes: each is read as a person would read it, or refused in one line with what to do."""

from __future__ import annotations

import csv
import datetime
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.data.columns.base import laid_out
from nnfs_cli.data.columns.category import Category
from nnfs_cli.data.columns.date import Date
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.sources.base import Loaded, Locator
from nnfs_cli.data.sources.csv import CSV
from nnfs_cli.errors import DataError
from tests.effort import EFFORT

TABLES, ROWS = 40, 60
HEAD = ["age", "price", "comma", "colour", "sex", "day", "y"]
MISSING = ["", "NA", "nan", "n/a", "None", "?", " "]
ODD = [
    *("word", "7", "2024-05-31", "1,5", "1.234,5", "1_000", "0x1F", "1e5", "1e400", "inf", "£5", "45%", " 5 ", "５"),
    *("1 000", "true", "3.14.15", "--5", "a;b", 'say "hi"', "two\nlines", "ä", "'5'", "31.12.2024", "1,000", "00", "+"),
]
Rows = list[list[str]]


def plain(rng: random.Random) -> Rows:
    """A table without a mistake."""
    return [
        HEAD[:],
        *(
            [
                str(rng.randrange(18, 90)),
                f"{rng.uniform(0, 1000):.2f}",
                f"{rng.randrange(1000)},{rng.randrange(1, 10)}",
                rng.choice(["red", "green", "blue"]),
                rng.choice(["m", "f"]),
                f"2024-0{rng.randrange(1, 10)}-{rng.randrange(10, 28)}",
                rng.choice(["yes", "no"]),
            ]
            for _ in range(ROWS)
        ),
    ]


def mutate(rng: random.Random, table: Rows) -> None:
    """Make one mistake."""
    row, column = rng.randrange(1, len(table)), rng.randrange(len(table[0]))
    match rng.randrange(11):
        case 0 | 1:
            table[row][column] = rng.choice(ODD)
        case 2:
            table[row][column] = rng.choice(MISSING)
        case 3:
            words, share = [rng.choice(ODD + MISSING) for _ in range(rng.choice([1, 3]))], rng.choice([0.05, 0.5])
            for cells in (cells for cells in table[1:] if rng.random() < share):
                cells[column] = rng.choice(words)
        case 4:
            other = rng.randrange(len(table[0]))
            table[row][column], table[row][other] = table[row][other], table[row][column]
        case 5:
            place = rng.randrange(len(table[0]))
            for cells in table:
                cells.insert(place, cells.pop(column))
        case 6:
            for cells in table:
                cells.append(cells[column])
            table[0][-1] += rng.choice(["", "2"])
        case 7:
            table[0][column] = rng.choice(["", "5", "id", "y ", "Unnamed: 0"])
        case 8:
            table[row].pop()
        case 9:
            for cells in table[1:]:
                cells[column] = rng.choice(["", "NA"]) if row % 2 else table[1][column]
        case 10:
            change = rng.choice(
                [lambda cell: cell.replace(".", ","), lambda cell: f"${cell}", lambda cell: f" {cell} "]
            )
            for cells in table[1:]:
                cells[column] = change(cells[column])


def number(text: str, column: Number) -> float:
    """What a cell means in the notation that was found."""
    bare = "".join(character for character in text if character not in "$£€%").strip()
    if column.thousands:
        bare = bare.replace(column.thousands, "")
    return float(bare.replace(column.decimal, "."))


def meanings(column: Number | Category | Date, texts: list[str], x: np.ndarray) -> tuple[list, list]:
    """What the features of a column say of each cell, and what they should."""
    if isinstance(column, Category):
        known = {word.strip().lower() for word in MISSING}
        wanted = ["" if text not in column.categories and text.strip().lower() in known else text for text in texts]
        places = x.argmax(axis=1) if column.encoding == "onehot" else x[:, 0].astype(int)
        return [column.categories[place] for place in places.tolist()], wanted
    found = [None if np.isnan(value) else value for value in x[:, 0].tolist()]
    pairs = [(column.means_missing(text), text) for text in texts]
    if isinstance(column, Date):
        days = datetime.date(1970, 1, 1).toordinal()
        form = "%Y-%m-%d" if column.form == "iso" else column.form
        read = [None if gone else datetime.datetime.strptime(text.strip(), form) for gone, text in pairs]
        return found, [moment and moment.toordinal() - days for moment in read]
    wanted = [None if gone else number(text, column) for gone, text in pairs]
    return found, [value if value is None else float(x.dtype.type(value)) for value in wanted]


def as_written(cell: str, delimiter: str) -> str:
    """What a cell says in the file: blanks before it are none of it, unless it stands in quotes."""
    return cell if any(mark in cell for mark in (delimiter, '"', "\r", "\n")) else cell.lstrip()


def check(loaded: Loaded, table: Rows, target: str) -> None:
    """Every column means what its cells say, or is left out in a note; no row is lost without one."""
    head, notes = [name.strip() for name in table[0]], " ".join(loaded.spec.notes)
    answers = [cells[head.index(target)] for cells in table[1:]]
    classes = loaded.spec.classes or ()
    kept = [cells for cells, answer in zip(table[1:], answers, strict=True) if not classes or answer in classes]
    train = loaded.splits["train"]
    if not classes:
        kept = [
            cells
            for cells, answer in zip(table[1:], answers, strict=True)
            if not loaded.format["answers"][0].means_missing(answer)
        ]
    else:
        assert [classes[place] for place in train.y] == [answer for answer in answers if answer in classes]
    assert len(kept) == len(train.x)
    assert len(kept) == len(table) - 1 or "no answer in" in notes
    columns = loaded.format["columns"]
    for column, features in zip(columns, laid_out(columns), strict=True):
        texts = [cells[head.index(column.name)] for cells in kept]
        found, wanted = meanings(column, texts, train.x[:, features])
        assert found == wanted, column
        if isinstance(column, Number) and (column.decimal, column.thousands, column.unit) != (".", None, None):
            assert f"column '{column.name}': got " in notes
        if isinstance(column, Category) and column.name in ("age", "price", "comma"):
            numbers = sum(text.strip().replace(".", "", 1).isdecimal() and text.isascii() for text in texts)
            assert numbers * 2 <= len(texts) or f"column '{column.name}'" in notes, (
                "numbers never become words silently"
            )
    for name in head:
        assert name == target or name in {column.name for column in columns} or f"{name} (" in notes


@pytest.mark.parametrize("part", range(10))
def test_mutated_tables(tmp_path, part):
    path, told = tmp_path / "t.csv", Counter[str]()
    for seed in range(part * TABLES * EFFORT, (part + 1) * TABLES * EFFORT):
        rng = random.Random(seed)
        table = plain(rng)
        for _ in range(rng.choice([1, 1, 2])):
            if len({len(cells) for cells in table}) == 1:
                mutate(rng, table)
        with open(path, "w", newline="", encoding=rng.choice(["utf-8", "utf-8-sig"])) as file:
            csv.writer(file, delimiter=rng.choice(",;\t"), lineterminator=rng.choice(["\n", "\r\n"])).writerows(table)
        delimiter = csv.Sniffer().sniff(Path(path).read_text("utf-8-sig").splitlines()[0], ",;\t").delimiter
        target = "y" if "y" in table[0] else -1
        try:
            loaded = CSV(str(path), target, delimiter=delimiter).load(Locator(tmp_path))
        except DataError as refused:
            told["refused"] += 1
            for line in refused.lines:
                assert line.startswith(f"{path}:"), line
                assert line.endswith((".", "?")), line
                assert "\n" not in line
                assert len(line) < 500 + len(str(path))
            continue
        told["read"] += 1
        said = [table[0], *([as_written(cell, delimiter) for cell in cells] for cells in table[1:])]
        check(loaded, said, loaded.spec.targets[0])
    assert told["read"] > 0.4 * told.total()
    assert told["refused"] > 0.1 * told.total()
