"""Run folders: runs whose files are missing, cut off, stale, or something else than files."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path

from tests.fuzz.meaning import values
from tests.fuzz.meaning.states import command
from tests.fuzz.meaning.world import BASES, Base, World
from tests.fuzz.mutate import Random
from tests.fuzz.trees import damage

FILES = (
    *("config.yaml", "metrics.csv", "steps.csv", "summary.json", ".lock", "curves.png", "checkpoints"),
    *("checkpoints/last.safetensors", "checkpoints/best.safetensors", "checkpoints/previous.safetensors"),
    *("evaluation-test.json", "confusion-test.csv", "confusion-test.png"),
)
FOREIGN = (
    ".x.tmp",
    ".last.safetensors.abc.tmp",
    "notes.txt",
    "\x1b[1m",
    "é",
    "x" * 200,
    "metrics.csv.bak",
    ".metrics.csv.x.tmp",
)


def make(rng: Random, world: World, folder: Path) -> list[str]:
    """A command on a run of which one to three files are changed."""
    sound = rng.choice(BASES)
    run = folder / "run"
    shutil.copytree(world.run_of(sound), run)
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / ".x.tmp").write_text("stays")
    for _ in range(rng.choice((1, 1, 2, 3))):
        path = run / rng.choice(FILES)
        if path.parent.is_dir() and not path.parent.is_symlink():
            rng.choice(CHANGES)(rng, path, world.folder)
    world.data(sound, folder)
    return _command(rng, sound, world, folder)


def _command(rng: Random, sound: Base, world: World, folder: Path) -> list[str]:
    if rng.random() < 0.85:
        return command(rng, sound, world, folder)
    return rng.choice(
        (
            ["lr-find", "run/config.yaml", "--steps", "20"],
            ["train", "run/config.yaml", "--set", "training.max_steps=1"],
            ["check", "run/config.yaml"],
            ["train", "--resume", "run/checkpoints/last.safetensors", "--set", "training.epochs=3"],
        )
    )


def remove(rng: Random, path: Path, elsewhere: Path) -> None:
    """It is not there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def link(rng: Random, path: Path, elsewhere: Path) -> None:
    """A link, out of the run or to itself, in its place."""
    remove(rng, path, elsewhere)
    path.symlink_to(
        rng.choice(
            (elsewhere / "table.csv", elsewhere / "runs" / "arrays", "nowhere", path.name, "/dev/zero", "/dev/stdin")
        )
    )


def fifo(rng: Random, path: Path, elsewhere: Path) -> None:
    """A FIFO in its place."""
    remove(rng, path, elsewhere)
    os.mkfifo(path)


def make_folder(rng: Random, path: Path, elsewhere: Path) -> None:
    """A folder in its place, with something in it."""
    remove(rng, path, elsewhere)
    (path / "x").mkdir(parents=True)


def cut(rng: Random, path: Path, elsewhere: Path) -> None:
    """Its end is missing, or all of it."""
    if path.is_file() and not path.is_symlink():
        content = path.read_bytes()
        path.write_bytes(
            content[: rng.choice((0, 1, len(content) // 2, len(content) - 1, rng.randrange(len(content) + 1)))]
        )


def extend(rng: Random, path: Path, elsewhere: Path) -> None:
    """Something follows its end."""
    if path.is_file() and not path.is_symlink():
        path.write_bytes(
            path.read_bytes() + rng.choice((b"\n", b"x", b"1,2,3\n", b"\x00" * 9, b"9,9,nan,inf\n", b"\xff\xfe"))
        )


def edit(rng: Random, path: Path, elsewhere: Path) -> None:
    """Other cells of a table, another value of a summary; for others another file's content."""
    if not path.is_file() or path.is_symlink():
        return
    if path.suffix == ".json":
        with contextlib.suppress(ValueError):
            tree = json.loads(path.read_text(errors="replace"))
            damage(rng, tree)
            path.write_text(json.dumps(tree), errors="replace")
    elif path.suffix == ".csv":
        _edit_table(rng, path)
    else:
        path.write_bytes(b"x")


def _edit_table(rng: Random, path: Path) -> None:
    rows = [line.split(",") for line in path.read_text(errors="replace").splitlines()]
    row = rng.choice(rows) if rows else []
    if not row:
        return
    match rng.randrange(5):
        case 0:
            row[rng.randrange(len(row))] = values.word(rng)
        case 1:
            rows.remove(row)
        case 2:
            rows.insert(0, row)
        case 3:
            del row[rng.randrange(len(row))]
        case _:
            rng.shuffle(row)
    path.write_text("".join(",".join(row) + "\n" for row in rows), errors="replace")


def leave_foreign(rng: Random, path: Path, elsewhere: Path) -> None:
    """A file beside it that nobody knows."""
    (path.parent / rng.choice(FOREIGN)).write_bytes(b"foreign")


def exchange(rng: Random, path: Path, elsewhere: Path) -> None:
    """The same file of another run."""
    other = (
        elsewhere
        / "runs"
        / rng.choice(BASES).name
        / path.relative_to(path.parents[1] if path.parent.name == "checkpoints" else path.parent)
    )
    if other.is_file() and (path.is_file() or not os.path.lexists(path)):
        remove(rng, path, elsewhere)
        path.write_bytes(other.read_bytes())


CHANGES = (remove, link, fifo, make_folder, cut, cut, extend, edit, edit, edit, leave_foreign, exchange, exchange)
