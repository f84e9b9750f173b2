"""Every row of the fault table has tests, and they are there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.fault_table.rows import ROWS

TESTS = Path(__file__).parents[1]
OWN = Path(__file__).parent


def functions(path: Path) -> dict[str, str | None]:
    """The functions of a file and their docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: ast.get_docstring(node) for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fault)
def test_a_row_has_its_tests(row):
    assert any("::" in test for test in row.tests)
    for test in row.tests:
        path, _, name = test.partition("::")
        assert (TESTS / path).exists(), test
        assert not name or name in functions(TESTS / path), test


@pytest.mark.parametrize(
    "path", [path for path in OWN.glob("test_*.py") if path.stem != "test_rows"], ids=lambda p: p.stem
)
def test_every_test_beside_this_one_says_which_row_or_promise_it_is_of(path):
    assert not [name for name, text in functions(path).items() if name.startswith("test_") and not text]


def test_the_table_is_whole():
    assert len({row.fault for row in ROWS}) == len(ROWS) == 21
