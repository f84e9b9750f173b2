"""Parser: the events of a YAML text -> a tree, within bounds.

None of PyYAML's constructors is used: no tag can make an object, and depth and size are bounded while the text is
read. Differences from `yaml.safe_load`: YAML 1.2 scalars (`scalars.py`); duplicate keys, tags, merge keys and whole
numbers with leading zeros are mistakes; an alias is a copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml

from nnfs_cli.config.yaml.problems import Problems
from nnfs_cli.config.yaml.scalars import resolve
from nnfs_cli.config.yaml.tree import Budget, Location, Node, refuse_strange
from nnfs_cli.errors import ConfigError

KeyPath = tuple[str, ...]
LONGEST_KEY = 100


class Parser:
    """Puts the events of one document together.

    A path is a tuple of parts such as ".layers" and "[3]", so that its length is the depth.

    Args:
        events: of the parser, from the start of the stream.
        first: the location where the text begins; without a line, everything is at that location.
        problems: takes the mistakes that can be passed over.
    """

    def __init__(self, events: Iterator[Any], first: Location, problems: Problems):
        self._events = events
        self._first = first
        self._problems = problems
        self._budget = Budget()
        self._anchors: dict[str, Node] = {}

    def location(self, mark: Any) -> Location:
        """The location of a mark of the parser."""
        return Location(self._first.source, self._first.line and self._first.line + mark.line)

    def document(self) -> Node:
        """The tree of the only document; null if there is none.

        Raises:
            ConfigError: a second document, a value out of bounds, an alias without an anchor, a key that is no word.
        """
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return Node(None, self._first)
        root = self._node(next(self._events), ())
        next(self._events)
        if isinstance(after := next(self._events), yaml.DocumentStartEvent):
            location = self.location(after.start_mark)
            raise ConfigError(
                f"{location}: a second document begins here (---), expected only one. Put it into its own file."
            )
        return root

    def _node(self, event: Any, path: KeyPath) -> Node:
        location = self.location(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, location, len(path))
        self._budget.spend(len(path), location)
        node = self._value(event, location, path)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._wrong(location, path, f"the tag {tag} is not read. Remove it.")
            node = replace(node, reported=True)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _value(self, event: Any, location: Location, path: KeyPath) -> Node:
        if isinstance(event, yaml.MappingStartEvent):
            return Node(self._mapping(path), location)
        if isinstance(event, yaml.SequenceStartEvent):
            items = self._sequence(path)
            return Node(items, location, reported=any(item.reported for item in items))
        return self._scalar(event, location, path)

    def _scalar(self, event: Any, location: Location, path: KeyPath) -> Node:
        refuse_strange(event.value, location)
        if event.style:
            return Node(event.value, location, event.value)
        try:
            return Node(resolve(event.value), location, event.value)
        except ValueError as error:
            self._wrong(location, path, str(error))
            return Node(None, location, event.value, reported=True)

    def _sequence(self, path: KeyPath) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, f"[{len(items)}]")))
        return items

    def _mapping(self, path: KeyPath) -> dict[str, Node]:
        pairs: dict[str, Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            location, key = self.location(event.start_mark), self._key(event)
            inner = (*path, f".{key}")
            node = self._node(next(self._events), inner)
            if key == "<<":
                self._wrong(location, path, "merge keys (<<) are not read. Write the keys out.")
            elif key in pairs:
                self._wrong(location, inner, f"is written twice, first in line {pairs[key].location.line}. Keep one.")
            else:
                pairs[key] = node.moved(location)
        return pairs

    def _key(self, event: Any) -> str:
        location = self.location(event.start_mark)
        if not isinstance(event, yaml.ScalarEvent):
            raise ConfigError(
                f"{location}: expected a word as the key, got brackets, braces or an alias. Write a word."
            )
        if len(event.value) > LONGEST_KEY:
            found = f"{len(event.value):,} characters"
            raise ConfigError(f"{location}: expected a word as the key, got {found}. Write at most {LONGEST_KEY}.")
        refuse_strange(event.value, location)
        return event.value

    def _alias(self, name: str, location: Location, depth: int) -> Node:
        if name not in self._anchors:
            raise ConfigError(
                f"{location}: no complete value is marked &{name} before the alias *{name}. Write the value itself."
            )
        return self._copy(self._anchors[name], location, depth)

    def _copy(self, node: Node, location: Location, depth: int) -> Node:
        self._budget.spend(depth, location, node.text)
        if isinstance(node.value, dict):
            return Node({key: self._copy(item, location, depth + 1) for key, item in node.value.items()}, location)
        if isinstance(node.value, list):
            return Node([self._copy(item, location, depth + 1) for item in node.value], location)
        return node.moved(location)

    def _wrong(self, location: Location, path: KeyPath, sentence: str) -> None:
        dotted = "".join(path).lstrip(".")
        self._problems.add(location, f"{dotted}: {sentence}" if dotted else sentence)
