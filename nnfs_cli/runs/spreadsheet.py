"""Spreadsheet: texts in a CSV file that a spreadsheet would calculate."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?")


def cells(*, harmless: bool) -> Callable[[list[Any]], list[Any]]:
    """What is done to the cells of a row: nothing, or an apostrophe before each text that would be a formula.

    Spreadsheets take a text that begins with =, +, -, @, a tab or a line end for a formula, which may run programs; an
    apostrophe makes it a text. Numbers stay numbers. Source: OWASP, "CSV injection".
    """
    return (lambda row: [_harmless(cell) for cell in row]) if harmless else (lambda row: row)


def _harmless(cell: Any) -> Any:
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
