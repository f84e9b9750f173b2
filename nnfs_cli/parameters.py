"""The kinds of values that constructors take, each with the words that an error uses for it, and their check."""

from __future__ import annotations

import functools
import types
import typing
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union

from annotated_types import Ge, Gt, Le, Lt

LARGEST = 10**9
LARGEST_COUNT = 2**63 - 1
SMALLEST_NUMBER, LARGEST_NUMBER = 1e-30, 1e30
"""Squares of such numbers are finite in double precision, the numbers themselves in single precision."""

AUTO = "auto"
"""Settled when the data are known."""

STRICT: dict[str, Any] = {"strict": True, "allow_inf_nan": False, "arbitrary_types_allowed": True}


@dataclass(frozen=True)
class Means:
    """The words for an annotated type: "expected <words>, got ..."."""

    words: str


class Refused(ValueError):
    """A value that an annotation does not admit."""


PositiveInt = Annotated[int, Ge(1), Le(LARGEST), Means("a whole number from 1 to 1,000,000,000")]
NonNegativeInt = Annotated[int, Ge(0), Le(LARGEST), Means("a whole number from 0 to 1,000,000,000")]
Count = Annotated[int, Ge(0), Le(LARGEST_COUNT), Means("a whole number from 0 to 9,223,372,036,854,775,807")]
PositiveFloat = Annotated[float, Ge(SMALLEST_NUMBER), Le(LARGEST_NUMBER), Means("a number from 1e-30 to 1e30")]
LargestRate = PositiveFloat | Literal["auto"]
"""A learning rate, which may be left to the range test."""
NonNegativeFloat = Annotated[float, Ge(0), Le(LARGEST_NUMBER), Means("a number from 0 to 1e30")]
Finite = Annotated[float, Ge(-LARGEST_NUMBER), Le(LARGEST_NUMBER), Means("a number from -1e30 to 1e30")]
Fraction = Annotated[float, Ge(0), Le(1), Means("a number from 0 to 1")]
InnerFraction = Annotated[float, Gt(0), Lt(1), Means("a number between 0 and 1")]
ProperFraction = Annotated[float, Ge(0), Lt(1), Means("a number, at least 0 and below 1")]

_WORDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    dict: "keys and values",
    type(None): "null",
}


def accept(annotation: Any, value: Any) -> Any:
    """The value in the type that the annotation names, such as 1.0 for 1 and a tuple for a list.

    Raises:
        Refused: the annotation does not admit it.
    """
    from pydantic import ValidationError

    try:
        return _adapter(annotation).validate_python(plain(value))
    except ValidationError:
        raise Refused(describe(annotation)) from None


@functools.cache
def _adapter(annotation: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(annotation, config=STRICT)


def plain(value: Any) -> Any:
    """A value in the types that annotations name: NumPy scalars become Python's, lists become tuples."""
    if isinstance(value, list | tuple):
        return tuple(plain(item) for item in value)
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return value.item()
    return value


def describe(annotation: Any) -> str:
    """The words for what an annotation admits, such as "a number from 0 to 1 or null"."""
    origin, members = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        words = [note.words for note in members[1:] if isinstance(note, Means)]
        return words[0] if words else describe(members[0])
    if origin is Literal:
        return _either([repr(member) for member in members])
    if origin in (Union, types.UnionType):
        return _either([describe(member) for member in members])
    if origin is tuple and Ellipsis in members:
        return f"a list, each entry {describe(members[0])}"
    if origin is tuple:
        return f"a list of {len(members)}, each {describe(members[0])}"
    return _WORDS.get(annotation, getattr(annotation, "__name__", str(annotation)).lower())


def _either(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    comma = "," if any("," in word for word in words) else ""
    return ", ".join(words[:-1]) + f"{comma} or {words[-1]}"
