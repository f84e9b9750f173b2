"""Loading: a file, or a mapping out of a checkpoint, and the overrides of the command line -> a Config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnfs_cli.config.config import Config
from nnfs_cli.config.overrides import override, put
from nnfs_cli.config.sections import DEFAULTS, REGISTRIES, UNTOLD, Registries, check
from nnfs_cli.config.yaml.problems import Problems
from nnfs_cli.config.yaml.reader import read_file
from nnfs_cli.config.yaml.tree import Budget, Location, Node, find, from_plain, keys_of
from nnfs_cli.errors import NnfsError


def load(
    path: Path, overrides: Sequence[str] = (), *, seed: int | None = None, registries: Registries = REGISTRIES
) -> Config:
    """The configuration in a file.

    Args:
        overrides: "key=value" options, the later ones winning.
        seed: wins over every other seed.

    Raises:
        ConfigError: all mistakes of the file and the options.
        MachineError: the system refuses to read the file.
    """
    path, problems = Path(path), Problems()
    root = _overridden(read_file(path, problems), str(path), overrides, problems)
    if seed is not None:
        root = put(root, ["seed"], Node(seed, Location(f"--seed {seed}")))
    return replace(check(root, _name(path), str(path), problems, registries), folders=_folders(path))


def from_mapping(
    mapping: Mapping[str, Any], name: str, overrides: Sequence[str] = (), *, registries: Registries = REGISTRIES
) -> Config:
    """The configuration in a mapping, such as `Config.resolved()` gives; errors call it `name`.

    Raises:
        ConfigError: all mistakes.
    """
    problems = Problems()
    root = from_plain(dict(mapping), Location(name), Budget())
    return check(_overridden(root, name, overrides, problems), name, name, problems, registries)


def read_threads(path: Path, overrides: Sequence[str] = ()) -> int:
    """`training.threads` alone, before NumPy is imported; 1 if it is left out or anything is wrong."""
    try:
        root = _overridden(read_file(Path(path), Problems()), str(path), overrides, Problems())
    except NnfsError:
        return 1
    threads = find(root, "training.threads").value
    return threads if type(threads) is int and threads > 0 else 1


def _name(path: Path) -> str:
    """What runs of the file are called: its stem, or the run's name for the config.yaml that a run left."""
    return path.resolve().parent.name if path.name == "config.yaml" else path.stem


def _folders(path: Path) -> tuple[Path, ...]:
    """The folder of a path, and that of the file that a link leads to."""
    real = path.resolve().parent
    return (path.parent,) if path.parent.resolve() == real else (path.parent, real)


def _overridden(root: Node, source: str, overrides: Sequence[str], problems: Problems) -> Node:
    """The tree with the defaults of whole sections and the overrides."""
    location = Location(source)
    told = {*root.value, *(key for option in overrides for key in keys_of(option.partition("=")[0])[:1])}
    defaults = {**DEFAULTS, **({} if told & {"optimizer", "scheduler"} else UNTOLD)}
    root = Node({**from_plain(defaults, location, Budget()).value, **root.value}, location)
    for option in overrides:
        root = override(root, option, problems)
    return root
