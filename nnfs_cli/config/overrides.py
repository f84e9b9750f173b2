"""Overrides: `--set optimizer.lr=1e-3` changes one key of a tree, whatever the file says."""

from __future__ import annotations

from dataclasses import replace

from nnfs_cli.config.yaml.problems import Problems
from nnfs_cli.config.yaml.reader import read_text
from nnfs_cli.config.yaml.tree import DEEPEST, Location, Node, keys_of
from nnfs_cli.errors import ConfigError

OPTION = "--set "


def override(root: Node, option: str, problems: Problems) -> Node:
    """A tree in which the key of `option` ("a.b.0.c=value") has its value; a mistake in the option is a problem.

    The value is read as YAML. A number in the path counts the entries of a list from 0. A bare word that gets a key
    becomes {type: word}; a section that is missing or null becomes one with this key alone.
    """
    location = Location(f"{OPTION}{option}")
    path, equals, text = option.partition("=")
    keys = keys_of(path)
    try:
        if not equals or not keys or len(keys) > DEEPEST:
            raise ConfigError(f"{location}: expected KEY=VALUE, such as --set optimizer.lr=1e-3.")
        return put(root, keys, read_text(text, location, problems))
    except ConfigError as error:
        problems.extend(location, error.problems)
        return root


def put(root: Node, keys: list[str], new: Node, path: str = "") -> Node:
    """A copy of the tree with `new` at the end of `keys`; `path` leads to the root, for errors.

    Raises:
        ConfigError: the keys lead into a number, or past the end of a list.
    """
    if not keys:
        return new
    key, *rest = keys
    if isinstance(root.value, list):
        return _put_entry(root, key, rest, new, path)
    pairs = _pairs(root, new.location, path)
    child = pairs.get(key, Node(None, new.location))
    return replace(root, value={**pairs, key: put(child, rest, new, f"{path}.{key}" if path else key)})


def _put_entry(root: Node, key: str, rest: list[str], new: Node, path: str) -> Node:
    entries = list(root.value)
    if not entries:
        raise ConfigError(f"{new.location}: {path}: is empty, so there is no index '{key}'. Set {path} itself.")
    if not key.isdecimal() or int(key) >= len(entries):
        raise ConfigError(f"{new.location}: {path}: expected an index from 0 to {len(entries) - 1}, got '{key}'.")
    entries[int(key)] = put(entries[int(key)], rest, new, f"{path}[{key}]")
    return replace(root, value=entries)


def _pairs(node: Node, location: Location, path: str) -> dict[str, Node]:
    if isinstance(node.value, dict):
        return node.value
    if isinstance(node.value, str):
        return {"type": node}
    if node.value is None:
        return {}
    raise ConfigError(f"{location}: {path} is {node.show()}: it has no keys. Set {path} itself.")
