"""Writer: a configuration -> YAML text that people read easily and the reader reads back exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from nnfs_cli.config.yaml.problems import Problems
from nnfs_cli.config.yaml.reader import read_text, refuse_large
from nnfs_cli.config.yaml.scalars import write
from nnfs_cli.config.yaml.tree import Budget, Location, from_plain
from nnfs_cli.errors import ConfigError
from nnfs_cli.text import harmless

_BLOCKS = ("dataset", "model", "training")
_LONGEST_LINE = 120


def dump(mapping: Mapping[str, Any], header: str = "") -> str:
    """The text of a configuration, its sections in the order of the mapping.

    Data set, model and training get a line for every key; a choice of a class stands on one line where it fits, as a
    bare word if it has no other keys.

    Args:
        mapping: values in the types of JSON.
        header: lines that become comments at the top.
    """
    lines = [f"# {harmless(line)}".rstrip() for line in header.splitlines()]
    for key, value in mapping.items():
        line = f"{write(key)}: {flow(value)}"
        is_block = isinstance(value, dict) and (key in _BLOCKS or len(line) > _LONGEST_LINE)
        lines += ["", f"{write(key)}:", *_block(value), ""] if is_block else [line]
    return "\n".join(_without_double_blanks(lines)).rstrip() + "\n"


def dump_readable(mapping: Mapping[str, Any], name: str, header: str = "") -> str:
    """What `dump` gives, held against every limit of the readers: of a file, and of a mapping in a checkpoint.

    Args:
        name: of the configuration, for the message.

    Raises:
        ConfigError: one of them would refuse it.
    """
    text = dump(mapping, header)
    try:
        refuse_large(text.encode(), Path("config.yaml"))
        problems = Problems()
        read_text(text, Location("config.yaml", 1), problems)
        problems.raise_if_any()
        from_plain(dict(mapping), Location("the checkpoint"), Budget())
    except ConfigError as error:
        raise ConfigError(
            f"{name}: with all defaults written out, the configuration could not be read again: {error}"
        ) from None
    return text


def _block(section: Mapping[str, Any]) -> Iterator[str]:
    for key, value in section.items():
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield f"  {write(key)}:"
            yield from (f"    {line}" for item in value for line in _item(item))
        else:
            yield f"  {write(key)}: {flow(value)}"


def _item(item: Any) -> Iterator[str]:
    """An entry of a list: a block of layers gets a line for every key where it is too long for one."""
    line = f"- {flow(item)}"
    if not isinstance(item, dict) or len(line) + 4 <= _LONGEST_LINE:
        yield line
        return
    first, *others = _block(item)
    yield f"- {first[2:]}"
    yield from others


def flow(value: Any) -> str:
    """A value on one line; a choice of a class without other keys is a bare word."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{write(key)}: {flow(item)}" for key, item in value.items())
        return write(value["type"]) if list(value) == ["type"] else f"{{{pairs}}}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return write(value)


def _without_double_blanks(lines: list[str]) -> Iterator[str]:
    return (line for before, line in pairwise(["", *lines]) if line or before)
