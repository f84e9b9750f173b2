"""The kinds of values that constructors take, each with the words that an error uses for it."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union

from annotated_types import Ge, Gt, Le, Lt


@dataclass(frozen=True)
class Means:
    """The words for an annotated type: "expected <words>, got ..."."""

    words: str


PositiveInt = Annotated[int, Gt(0), Means("a whole number, at least 1")]
NonNegativeInt = Annotated[int, Ge(0), Means("a whole number, at least 0")]
PositiveFloat = Annotated[float, Gt(0), Means("a number above 0")]
NonNegativeFloat = Annotated[float, Ge(0), Means("a number, at least 0")]
Fraction = Annotated[float, Ge(0), Le(1), Means("a number from 0 to 1")]
ProperFraction = Annotated[float, Ge(0), Lt(1), Means("a number, at least 0 and below 1")]

_WORDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    dict: "keys and values",
    type(None): "null",
}


def describe(annotation: Any) -> str:
    """The words for what an annotation admits, such as "a whole number, at least 1, or 'same'"."""
    origin, members = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        words = [note.words for note in members[1:] if isinstance(note, Means)]
        return words[0] if words else describe(members[0])
    if origin is Literal:
        return _either([repr(member) for member in members])
    if origin in (Union, types.UnionType):
        return _either([describe(member) for member in members])
    if origin is tuple and Ellipsis in members:
        return f"a list, each {describe(members[0])}"
    if origin is tuple:
        return f"a list of {len(members)}, each {describe(members[0])}"
    return _WORDS.get(annotation, getattr(annotation, "__name__", str(annotation)).lower())


def _either(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    comma = "," if any("," in word for word in words) else ""
    return ", ".join(words[:-1]) + f"{comma} or {words[-1]}"
