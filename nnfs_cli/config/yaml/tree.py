"""A tree of values, each of which knows where it was written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from nnfs_cli.config.yaml.scalars import Scalar, quote, write
from nnfs_cli.errors import ConfigError
from nnfs_cli.text import shown

DEEPEST = 32
MOST_VALUES = 10_000
MOST_CHARACTERS = 1 << 20


@dataclass(frozen=True, order=True)
class Location:
    """Where something was written: a line of a file (counted from 1), or, without a line, a file or an option."""

    source: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source


@dataclass(frozen=True)
class Node:
    """One value.

    Args:
        value: null, a truth, a number, a text, or nodes in a list or under keys.
        location: where the key before it stands, or the value itself in a list.
        text: a scalar as it was written.
        reported: the reader has found a mistake here; one is enough.
    """

    value: Scalar | list[Node] | dict[str, Node]
    location: Location
    text: str = ""
    reported: bool = False

    def plain(self) -> Any:
        """The value without its places, in the types of JSON."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def show(self) -> str:
        """The value as an error shows it: on one line, words in quotes, numbers as they were written."""
        if isinstance(self.value, dict):
            return "{" + ", ".join(f"{key}: {node.show()}" for key, node in self.value.items()) + "}"
        if isinstance(self.value, list):
            return "[" + ", ".join(node.show() for node in self.value) + "]"
        return quote(self.value) if isinstance(self.value, str) else self.text or write(self.value)

    def brief(self) -> str:
        """What `show` gives, cut where it gets long."""
        return shown(self.show())

    def moved(self, location: Location) -> Node:
        """The same value at another location."""
        return replace(self, location=location)


class Budget:
    """Counts the values of one configuration and their text, so that no small file can stand for a huge one."""

    def __init__(self) -> None:
        self._values = 0
        self._characters = 0

    def spend(self, depth: int, location: Location, text: str = "") -> None:
        """Take one more value, `depth` levels down, that is written as `text`.

        Raises:
            ConfigError: too deep, too many or too long.
        """
        self._values += 1
        self._characters += len(text)
        if depth > DEEPEST:
            raise ConfigError(f"{location}: nested deeper than {DEEPEST} levels. A configuration needs about 5.")
        if self._values > MOST_VALUES:
            raise ConfigError(
                f"{location}: more than {MOST_VALUES:,} values, counting all that its aliases repeat. Shorten it."
            )
        if self._characters > MOST_CHARACTERS:
            raise ConfigError(
                f"{location}: more than {MOST_CHARACTERS:,} characters, counting all that its aliases repeat. "
                "Shorten it."
            )


def from_plain(value: Any, location: Location, budget: Budget, depth: int = 0) -> Node:
    """A tree of values in the types of JSON, all of them at one location.

    Raises:
        ConfigError: too deep, too many values, or a text that cannot be shown.
    """
    budget.spend(depth, location)
    if isinstance(value, dict):
        refuse_strange("".join(value), location)
        return Node({key: from_plain(item, location, budget, depth + 1) for key, item in value.items()}, location)
    if isinstance(value, list):
        return Node([from_plain(item, location, budget, depth + 1) for item in value], location)
    if isinstance(value, str):
        refuse_strange(value, location)
    return Node(value, location)


def refuse_strange(text: str, location: Location) -> None:
    """Refuse control characters and lone surrogates: they can neither be shown nor be part of a path.

    Raises:
        ConfigError: there is one.
    """
    if text.isprintable():
        return
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t":
            raise ConfigError(f"{location}: a character that cannot be shown (code {ord(character)}). Remove it.")


def keys_of(path: str) -> list[str]:
    """The keys along a dotted path: model.layers[1].units and model.layers.1.units are the same."""
    return re.findall(r"[^.\[\]]+", path)


def find(root: Node, path: str) -> Node:
    """The node at a dotted path, or the last one on the way that exists."""
    node = root
    for key in keys_of(path):
        if isinstance(node.value, dict) and key in node.value:
            node = node.value[key]
        elif isinstance(node.value, list) and key.isdecimal() and int(key) < len(node.value):
            node = node.value[int(key)]
        else:
            break
    return node


def texts_from(node: Node, source: str) -> Iterator[str]:
    """The texts in a tree that were written where the name of the location begins with `source`."""
    if isinstance(node.value, str) and node.location.source.startswith(source):
        yield node.value
    children = node.value.values() if isinstance(node.value, dict) else node.value
    for child in children if isinstance(node.value, list | dict) else ():
        yield from texts_from(child, source)
