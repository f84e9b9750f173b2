"""Paths: what ~ and $VARIABLES in a path stand for, where no shell has put it in."""

from __future__ import annotations

import os
import re
from pathlib import Path

_VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})")


class UnknownVariable(ValueError):
    """A path names a variable that is not set; the text says which."""


def expanded(path: str) -> str:
    """The path with the home directory for ~ or ~user at its start, and with the values of $NAME and ${NAME}.

    Raises:
        UnknownVariable: one of them is not set.
    """
    return os.path.expanduser(_VARIABLE.sub(_value, path))


def existing_or_expanded(path: str) -> str:
    """The path as it is if it, or a folder on the way, is really called ~ or $NAME, else what these stand for.

    Raises:
        UnknownVariable: one of the variables is not set.
    """
    parts = (Path(path), *Path(path).parents)
    return path if any(_is_marked(part.name) and os.path.lexists(part) for part in parts) else expanded(path)


def _is_marked(name: str) -> bool:
    """Whether something in a name stands for something else."""
    return name.startswith("~") or _VARIABLE.search(name) is not None


def _value(variable: re.Match) -> str:
    name = variable[1] or variable[2]
    if name not in os.environ:
        raise UnknownVariable(f"the variable {name} is not set. Set it, or write the path out.")
    return os.environ[name]
