"""Words of files and names: on one line, harmless, of bounded length, in every stream and picture."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from nnfs_cli import plots
from nnfs_cli.text import (
    LONGEST,
    LONGEST_LINE,
    MOST,
    MOST_LINES,
    counted,
    harmless,
    line_of,
    lines_of,
    listed,
    quoted,
    shown,
)
from tests.nn.counts import of_matrix

BAD = "\x1b]0x\x07\u202e\x9b31m\x85\u2028\u200b"
"""What terminals obey or hide, with no line end and no comma: as a cell of a table or the name of a file."""
PLAIN = r"\x1b]0x\x07\u202e\x9b31m\x85\u2028\u200b"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BAD, PLAIN),
        ("café 猫 a\\b 'c'", "café 猫 a\\b 'c'"),
        ("a\r\nb\tc\x00", r"a\r\nb\tc\x00"),
        ("\ud800\u2066\u061c", r"\ud800\u2066\u061c"),
    ],
)
def test_what_is_not_printable_is_escaped(text, line):
    assert harmless(text) == line
    assert shown(text) == line


def test_what_is_long_is_cut():
    assert shown("a" * LONGEST) == "a" * LONGEST
    assert shown("a" * (LONGEST + 1)) == "a" * LONGEST + "..."
    assert len(shown("\x00" * 10**6)) == LONGEST + 3
    assert quoted("a" * (LONGEST + 1)) == "'" + "a" * LONGEST + "...'"
    assert len(quoted("\U000e0001" * 10**6)) <= 2 * LONGEST + 3
    assert quoted([BAD] * 1000) == repr([BAD] * 1000)[:LONGEST] + "..."
    assert quoted(10**5000) == "a number that is too long to show"
    assert quoted(np.float64(0.5)) == "np.float64(0.5)"


def test_the_first_of_many():
    assert listed(["a", "b\n"]) == r"a, b\n"
    assert listed(["a"] * MOST) == ", ".join("a" * MOST)
    assert listed(["a"] * (MOST + 1)) == ", ".join("a" * MOST) + ", ..."


def test_a_long_message_keeps_its_place_and_its_advice():
    assert line_of("x.csv:1: " + "y" * (LONGEST_LINE - 9)) == "x.csv:1: " + "y" * (LONGEST_LINE - 9)
    for between in ("y" * LONGEST_LINE, "\x1b" * 10**6):
        line = line_of(f"x.csv:1: {between}. Fix it.")
        assert len(line) <= LONGEST_LINE + 3
        assert (line.startswith("x.csv:1: "), line.endswith(". Fix it.")) == (True, True)
        assert " ... " in line


def test_many_messages_become_some_lines():
    assert lines_of(["a\nb"] * MOST_LINES) == [r"a\nb"] * MOST_LINES
    assert lines_of(["a"] * (MOST_LINES + 1200)) == ["a"] * MOST_LINES + ["and 1,200 more"]


def confusion(name: str) -> bytes:
    return plots.confusion(of_matrix(np.eye(2, dtype=int)), (name, "b"), name)


def lr_curve(name: str) -> bytes:
    return plots.lr_curve(np.array([0.1, 1]), np.ones(2), np.ones(2), {"valley": 0.1}, "valley", name)


@pytest.mark.parametrize("draw", [confusion, lambda name: plots.curves([], [], name), lr_curve])
def test_any_name_in_every_picture(draw):
    assert draw("$x^{ שלום 猫\ud800\x1b").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "name",
    ["$5$", r"$\frac{$", "$x^{", "שלום", "سلام", "नमस्ते", "猫", "\x00\x1b", "\ud800", "a\nb", "", "x" * 10**5],
)
def test_names_in_pictures(name):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert confusion(name).startswith(b"\x89PNG")
    assert not heard


def test_things_are_counted_as_people_do():
    assert [counted(number, "class") for number in (0, 1, 2)] == ["0 classes", "1 class", "2 classes"]
    assert [counted(number, "epoch") for number in (1, 2000)] == ["1 epoch", "2,000 epochs"]
