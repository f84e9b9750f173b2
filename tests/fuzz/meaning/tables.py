"""Tables: other cells, headers, delimiters, line ends and encodings, to train on, to measure and to predict."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

from tests.fuzz.meaning import values
from tests.fuzz.meaning.world import BASES, HEADER, World, rows
from tests.fuzz.mutate import Random

TRAINED = [sound for sound in BASES if "table.csv" in sound.files]
ENCODINGS = ("utf-8",) * 12 + ("utf-8-sig", "utf-16", "latin-1")
DELIMITERS = (",",) * 8 + (";", "\t", "|", " ")
ENDS = ("\n",) * 6 + ("\r\n", "\r")
CELLS = (
    *(
        "",
        " ",
        "  1 ",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "1e39",
        "1e400",
        "1e-400",
        "-0",
        "+1",
        "1.",
        ".5",
        "1,5",
        "1.234,5",
    ),
    *(
        "1 000",
        "1_000",
        "0x1F",
        "1e5",
        "TRUE",
        "NA",
        "N/A",
        "null",
        "None",
        "-",
        "?",
        "$5",
        "50%",
        "12:30",
        "2020-02-30",
    ),
    *(
        "red",
        "RED",
        " red",
        "red ",
        "green",
        "mug",
        "cup",
        "spoon",
        "3",
        "300",
        "1e30",
        "-1e30",
        "9" * 30,
        '"',
        '""',
        "a\nb",
    ),
)
Rows = list[list[str]]


def make(rng: Random, world: World, folder: Path) -> list[str]:
    """A command on a table that was changed in one to three places."""
    table = [list(HEADER), *rows()]
    for _ in range(rng.choice((1, 1, 2, 3))):
        rng.choice(CHANGES)(rng, table)
    delimiter, name = (
        rng.choice(DELIMITERS),
        rng.choice(("new.csv",) * 12 + ("new.tsv", "new.txt", "\x1b[1m.csv", "new.csv.gz")),
    )
    (folder / name).write_bytes(_encoded(rng, table, delimiter))
    (folder / "stdin").write_bytes((folder / name).read_bytes())
    sound = rng.choice(TRAINED)
    if rng.random() < 0.45:
        return _train(rng, world.config(sound), folder, name, delimiter)
    shutil.copytree(world.run_of(sound), folder / "run")
    world.data(sound, folder)
    return rng.choice(
        (
            ["predict", "run", name, *rng.choice(([], ["--format", "jsonl"], ["--output", "a.npy"], ["--top", "2"]))],
            ["predict", "run", "-"],
            ["evaluate", "run", "--set", f"dataset.test={name}", *rng.choice(([], ["--json"]))],
        )
    )


def _train(rng: Random, config: dict[str, Any], folder: Path, name: str, delimiter: str) -> list[str]:
    dataset = config["dataset"]
    dataset |= {"train": name, "test": rng.choice((None, 0.25)), "delimiter": delimiter if rng.random() < 0.9 else ","}
    dataset["target"] = rng.choice((dataset["target"], "kind", "price", "colour", ["price", "size"]))
    if dataset["target"] != "kind":
        config["model"]["layers"].pop()
        config["model"]["layers"].append({"type": "dense", "units": 2 if isinstance(dataset["target"], list) else 1})
        config["loss"] = "mse"
    if dataset["target"] == "colour":
        config["model"]["layers"][-1]["units"] = rng.choice((2, 3))
        config["loss"] = "cross_entropy"
    (folder / "c.yaml").write_text(json.dumps(config), errors="surrogateescape")
    return rng.choice((["train", "c.yaml", "--set", "training.max_steps=2"], ["check", "c.yaml"], ["train", "c.yaml"]))


def _encoded(rng: Random, table: Rows, delimiter: str) -> bytes:
    text = io.StringIO()
    quoting = rng.choice((csv.QUOTE_MINIMAL,) * 4 + (csv.QUOTE_ALL,))
    csv.writer(text, delimiter=delimiter, lineterminator=rng.choice(ENDS), quoting=quoting).writerows(table)
    content = text.getvalue().encode(rng.choice(ENCODINGS), "replace")
    return content[: rng.randrange(len(content) + 1)] if rng.random() < 0.05 else content


def change_cells(rng: Random, table: Rows) -> None:
    """One cell, or a whole column of the same or of other ones."""
    row, position = rng.choice(table[1:] or table), rng.randrange(len(table[0]) or 1)
    how = rng.randrange(4)
    for other in table[1:] if how else [row]:
        if position < len(other):
            other[position] = _cell(rng) if how == 1 else other[position]
    if position < len(row):
        row[position] = _cell(rng)


def change_column(rng: Random, table: Rows) -> None:
    """All cells of a column are written in another way."""
    position, how = rng.randrange(len(table[0]) or 1), rng.randrange(6)
    same = _cell(rng)
    for number, row in enumerate(table[1:]):
        if position < len(row):
            old = row[position]
            row[position] = (same, f"{old},5", f" {old} ", f"{number}", f"1e{number}", f"{old}%")[how]


def change_header(rng: Random, table: Rows) -> None:
    """Names doubled, missing, in another order, or numbers."""
    header = table[0]
    position = rng.randrange(len(header) or 1)
    match rng.randrange(6):
        case 0:
            rng.shuffle(header)
        case 1:
            del header[position : position + 1]
        case 2:
            header[position : position + 1] = [header[0]] if header else []
        case 3:
            header[:] = [str(number) for number in range(len(header))]
        case 4:
            del table[0]
            table[:] = table or [[]]
        case _:
            header[position : position + 1] = [_cell(rng)]


def change_columns(rng: Random, table: Rows) -> None:
    """Columns in another order, left out, doubled, or very many more."""
    order = list(range(len(table[0])))
    match rng.randrange(4):
        case 0:
            rng.shuffle(order)
        case 1:
            order = order[1:]
        case 2:
            order = [*order, 0]
        case _:
            extra = rng.choice((1, 50, 1000))
            for number, row in enumerate(table):
                row += [f"c{position}" if number == 0 else f"{position * number}" for position in range(extra)]
            return
    table[:] = [[row[position] for position in order if position < len(row)] for row in table]


def change_rows(rng: Random, table: Rows) -> None:
    """Rows left out, doubled, of another length."""
    position = rng.randrange(len(table))
    match rng.randrange(6):
        case 0:
            del table[rng.choice((1, 2, 3, len(table))) :]
        case 1:
            table.insert(position, list(table[position]))
        case 2:
            table[position].append("")
        case 3:
            del table[position][-1:]
        case 4:
            table.insert(position, [])
        case _:
            table += [list(row) for row in table[1:] * rng.choice((1, 7, 26))]


def _cell(rng: Random) -> str:
    return rng.choice(CELLS) if rng.random() < 0.8 else values.word(rng)


CHANGES = (*(change_cells,) * 3, *(change_column,) * 2, change_header, change_columns, change_rows)
