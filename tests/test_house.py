"""The rules of the house: imports go down only, and each library stays in its room."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "nnfs_cli"
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__") for path in FILES}
KINDS = (
    "nn/layers",
    "nn/losses",
    "nn/metrics",
    "nn/optimizers",
    "nn/schedulers",
    "data/sources",
    "data/augment",
    "data/columns",
    "cli/commands",
)
"""Rooms with one file a kind, which may be many."""
LEVELS = (
    {"errors"},
    {"system"},
    {"text", "paths"},
    {"parameters"},
    {"registry"},
    {"nn"},
    {"config", "runs", "parallel", "data", "plots"},
    {"training"},
    {"footprint"},
    {"meant"},
    {"build"},
    {"saved"},
    {"sessions", "model"},
    {"cli"},
    {"__main__"},
)
ROOMS = {
    "click": {"cli"},
    "tqdm": {"cli"},
    "yaml": {"config"},
    "safetensors": {"runs"},
    "matplotlib": {"plots"},
    "pooch": {"data"},
    "PIL": {"data"},
    "pydantic": {"config", "parameters"},
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@functools.cache
def parsed(path: Path) -> ast.Module:
    """The file, which nobody may change."""
    return ast.parse(path.read_text())


@functools.cache
def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(parsed(path)):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {f"{module}.{alias.name}" for alias in names}
    return found


def modules_of(path: Path) -> Iterator[str]:
    """The modules of the package that a file needs to run: not those for its annotations alone."""
    tree = ast.parse(path.read_text())
    unused = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)]
    for node in unused:
        node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nnfs_cli"):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in names)


def level(room: str) -> int:
    return next(number for number, rooms in enumerate(LEVELS) if room in rooms)


@pytest.mark.parametrize("path", [path for path in FILES if path.parent != PACKAGE or path.stem != "__init__"], ids=str)
def test_imports_go_down_only(path):
    own = room_of(path)
    others = {name.split(".")[1] for name in imports_of(path) if name.startswith("nnfs_cli.")} - {own}
    assert not {other for other in others if level(other) >= level(own)}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_libraries_stay_in_their_rooms(path):
    libraries = {name.split(".")[0] for name in imports_of(path)} & set(ROOMS)
    assert not {library for library in libraries if room_of(path) not in ROOMS[library]}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_has_one_idea_and_says_it_first(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 250
    docstring = ast.get_docstring(parsed(path))
    assert docstring
    assert len(docstring.splitlines()[0]) <= 120


def test_nothing_runs_what_a_file_says():
    forbidden = {"pickle", "marshal", "shelve", "dill", "joblib"}
    calls = {"eval", "exec", "extractall"}
    for path in FILES:
        tree = parsed(path)
        assert not {name.split(".")[0] for name in imports_of(path)} & forbidden, path
        names = {
            getattr(node.func, "id", getattr(node.func, "attr", ""))
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
        }
        assert not names & calls, path


def test_no_module_needs_itself():
    needs = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): {*modules_of(path)}
        for path in FILES
    }
    while leaves := {module for module, others in needs.items() if not others & set(needs) - {module}}:
        needs = {module: others for module, others in needs.items() if module not in leaves}
    assert not needs, "these import each other in a circle"


@pytest.mark.parametrize("room", sorted({path.parent for path in FILES}), ids=str)
def test_a_room_is_not_crowded(room):
    files = [path for path in room.glob("*.py") if path.stem != "__init__"]
    assert len(files) <= 12 or str(room.relative_to(PACKAGE)) in KINDS


def test_functions_are_short():
    long = {}
    for path in FILES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                if lines > 40:
                    long[f"{path.name}:{node.lineno} {node.name}"] = lines
    assert not long
