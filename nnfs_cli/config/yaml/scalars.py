"""Scalars of YAML 1.2: which words mean null, a truth or a number, and how a value is written.

Source: YAML 1.2.2, section 10.3.2 (core schema), without its octal and hexadecimal numbers, which stay words.
"""

from __future__ import annotations

import json
import math
import re

Scalar = None | bool | int | float | str

LONGEST_NUMBER = 100
_WHOLE = re.compile(r"[-+]?[0-9]+")
_LEADING_ZERO = re.compile(r"[-+]?0+[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}


def resolve(text: str) -> Scalar:
    """The value of a word without quotes.

    Raises:
        ValueError: a whole number with leading zeros (8 or 10 to the base?), or an absurdly long number.
    """
    if text in _WORDS:
        return _WORDS[text]
    if not _FLOAT.fullmatch(text):
        return text
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} characters, expected at most {LONGEST_NUMBER}.")
    if _LEADING_ZERO.fullmatch(text):
        raise ValueError(f"the number {text} has a leading zero. Write {int(text)}, or '{text}' for text.")
    return int(text) if _WHOLE.fullmatch(text) else float(text)


def write(value: Scalar) -> str:
    """The shortest text that is read back as exactly this value."""
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and resolve(value) == value else quote(value)
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{value:.0f}".replace("inf", ".inf")
    return repr(value) if isinstance(value, float) else json.dumps(value)


def quote(text: str) -> str:
    """The text in quotes: single ones where nothing has to be escaped."""
    if text.isprintable() and "'" not in text:
        return f"'{text}'"
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08x}"
