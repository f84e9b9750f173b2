"""Suggestions: the word or the value that was probably meant."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from nnfs_cli.config.yaml.other_names import known_as
from nnfs_cli.config.yaml.scalars import Scalar, quote, resolve, write
from nnfs_cli.text import nearest

_TRUTHS = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """' Did you mean ...?' for a word close to a known one, else a list of all."""
    known = list(known)
    key, colon, value = word.partition(":")
    if colon and key in known:
        return f" Put a blank behind the colon: {key}: {value}."
    if guess := closest(word, known):
        return f" Did you mean '{guess}'?"
    return f" There are: {', '.join(known)}." if known else " It takes no keys."


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like `word`, whatever its case; None when none is like it."""
    spelled = {name.lower(): name for name in known}
    if word.lower() not in spelled and (other := known_as(word, spelled.values())):
        return other
    return nearest(word, spelled.values())


def value_hint(value: Any, annotation: Any, accepts: Callable[[Any], bool]) -> str:
    """' Did you mean ...?' when a small change of a refused scalar makes it acceptable, else nothing.

    Args:
        accepts: whether the annotation admits a value.
    """
    if isinstance(value, str) and value in _literals(annotation):
        return f" Put it into a list: [{value}]."
    if isinstance(value, str) and (word := closest(value, _literals(annotation))):
        return f" Did you mean {quote(word)}?"
    if isinstance(value, list) and (bad := _first_misspelt(value, annotation)):
        return f" Did you mean {quote(bad[1])} instead of {quote(bad[0])}?"
    if isinstance(value, list) and accepts(whole := [*map(_as_whole, value)]):
        return f" Did you mean [{', '.join(map(write, whole))}]?"
    if isinstance(value, list) and accepts([*map(_as_text, value)]):
        return f" Write names in quotes: [{', '.join(quote(_as_text(item)) for item in value)}]."
    if isinstance(value, int) and accepts(write(value)):
        return f" Write a name in quotes: {quote(write(value))}."
    if isinstance(value, float) and value >= 1 and accepts(0.5) and not accepts(2.0):
        return " A share is below 1" + (", a count is a whole number." if accepts(2) else ".")
    texts = _number_texts(value) if isinstance(value, str) else _other_texts(value)
    text = next((text for text in texts if _is_accepted(text, accepts)), None)
    return f" Did you mean {text}?" if text else ""


def _first_misspelt(values: list[Any], annotation: Any) -> tuple[str, str] | None:
    """The first text that is like a word that the annotation admits by name, and that word."""
    words = [*_literals(annotation)]
    wrong = [value for value in values if isinstance(value, str) and value not in words]
    return next(((value, word) for value in wrong if (word := closest(value, words))), None)


def _number_texts(text: str) -> Iterator[str]:
    """What a text may mean: a number in quotes, with a comma, digits in groups, or a unit; a truth."""
    yield text.strip()
    yield text.replace(",", ".")
    yield re.sub("[_, ]", "", text)
    if percent := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) *%", text):
        yield write(float(percent[1]) / 100)
    if unit := re.fullmatch(r"([0-9.]+(?:e-?[0-9]+)?) *[A-Za-z]+", text):
        yield unit[1]
    yield _TRUTHS.get(text.lower(), "")


def _other_texts(value: Any) -> Iterator[str]:
    """What a number may mean: the same whole number without a point, a truth, or a name."""
    if isinstance(whole := _as_whole(value), int):
        yield write(whole)
    if isinstance(value, int):
        yield _TRUTHS.get(write(value), "")


def _as_whole(value: Any) -> Any:
    """The same number without a point, where it is a whole one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_text(value: Any) -> Any:
    return write(value) if isinstance(value, int | float) else value


def _is_accepted(text: str, accepts: Callable[[Any], bool]) -> bool:
    try:
        value: Scalar = resolve(text)
    except ValueError:
        return False
    return value is not None and accepts(value)


def _literals(annotation: Any) -> Iterator[str]:
    """The words that an annotation admits by name."""
    for member in typing.get_args(annotation):
        if typing.get_origin(annotation) is Literal:
            yield str(member)
        else:
            yield from _literals(member)
