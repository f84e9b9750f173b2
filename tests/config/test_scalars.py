"""Scalars are those of YAML 1.2, and what is written is read back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfs_cli.config.yaml.problems import Problems
from nnfs_cli.config.yaml.reader import read_text
from nnfs_cli.config.yaml.scalars import resolve, write
from nnfs_cli.config.yaml.tree import Location

VALUES = {
    "1e-3": 1e-3,
    "1e3": 1000.0,
    "1E+3": 1000.0,
    "-.5": -0.5,
    ".5": 0.5,
    "+.5e1": 5.0,
    "1.": 1.0,
    "0.0": 0.0,
    "00.5": 0.5,
    "0": 0,
    "-0": 0,
    "+7": 7,
    "-12": -12,
    "true": True,
    "True": True,
    "FALSE": False,
    "null": None,
    "~": None,
    "": None,
    ".inf": math.inf,
    "-.INF": -math.inf,
    "no": "no",
    "off": "off",
    "yes": "yes",
    "on": "on",
    "y": "y",
    "1_000": "1_000",
    "0x1F": "0x1F",
    "0o17": "0o17",
    "1:30": "1:30",
    "2024-01-01": "2024-01-01",
    "1.2.3": "1.2.3",
    "1e": "1e",
    "e5": "e5",
    ".": ".",
    "-": "-",
    "inf": "inf",
    "nan": "nan",
    "tRUE": "tRUE",
}


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_resolve(text, value):
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)


def test_not_a_number():
    assert all(math.isnan(resolve(text)) for text in (".nan", ".NaN", ".NAN"))


@pytest.mark.parametrize("text", ["017", "-01", "+00", "1" * 101, "0." + "1" * 100])
def test_refused(text):
    with pytest.raises(ValueError, match="number"):
        resolve(text)


@given(st.none() | st.booleans() | st.integers(-(10**90), 10**90) | st.floats(allow_nan=False))
def test_written_values_are_read_back(value):
    found = resolve(write(value))
    assert found == value
    assert type(found) is type(value)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t'\"\\:#- 0123456789.eE~")))
def test_written_texts_are_read_back(text):
    problems = Problems()
    assert read_text(f"key: {write(text)}\n", Location("text", 1), problems).plain() == {"key": text}
    assert read_text(f"[{write(text)}, 1]\n", Location("text", 1), problems).plain() == [text, 1]
    assert not len(problems)
