"""Reference: the parts of the documentation that the program writes itself, so that they cannot be wrong.

`make docs` puts them there and the tests compare them.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

import click

from nnfs_cli.cli.main import cli
from nnfs_cli.config.settings import DataSettings, Training
from nnfs_cli.config.yaml.writer import flow
from nnfs_cli.nn.initializers import INITIALIZERS
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.registry import LAYERS, Registry, parameters

USUAL = Layer.init_before


def help_text(*command: str) -> str:
    """What `nnfs COMMAND --help` prints, as a code block."""
    context = click.Context(cli, info_name="nnfs", terminal_width=100, **cli.context_settings)
    shown: click.Command = cli
    for name in command:
        shown = cli.get_command(context, name)
        context = click.Context(shown, info_name=name, parent=context, terminal_width=100)
    return f"```\n$ {' '.join(['nnfs', *command, '--help'])}\n{shown.get_help(context)}\n```"


def commands() -> list[str]:
    """The names of all commands."""
    return cli.list_commands(click.Context(cli))


def types(registry: Registry[Any]) -> str:
    """A table of the classes of one kind, each with its keys below it."""
    rows = (row for name in registry for row in (_head(name, registry[name]), *_rows(registry[name])))
    return "\n".join(["| type | key | default | |", "|---|---|---|---|", *rows])


def keys(settings: type) -> str:
    """A table of the keys of a section."""
    return "\n".join(["| | key | default | |", "|---|---|---|---|", *_rows(settings)])


def initializers() -> str:
    """A table of the ways to draw weights, auto among them."""
    rows = [f"| `{name}` | {_cell(_first_line(draw))} |" for name, draw in INITIALIZERS.items()]
    return "\n".join(["| `init` | |", "|---|---|", f"| `auto` | {_auto()} |", *rows])


def training_keys() -> str:
    """The keys of `training`."""
    return keys(Training)


def dataset_keys() -> str:
    """The keys that every data set takes."""
    return keys(DataSettings)


def arguments(cls: type) -> Mapping[str, str]:
    """What the Args section of a docstring says of each parameter."""
    _, _, section = (inspect.getdoc(cls) or "").partition("Args:\n")
    section = re.split(r"\n\n|\n\S", section)[0]
    entries = re.findall(r"^    (\w+): (.*(?:\n        .*)*)", section, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text) for name, text in entries}


def _auto() -> str:
    """What auto is, by the layer that follows; a block asks as its layers do."""
    layers = [(name, cls) for name, cls in LAYERS.items() if isinstance(cls.init_before, str)]
    before = {kind: [name for name, cls in layers if cls.init_before == kind] for kind in INITIALIZERS}
    rules = [f"`{kind}` before {_names(before[kind])}, " for kind in before if before[kind] and kind != USUAL]
    through = _names([name for name, cls in layers if cls.selects is True])
    passed = f"{through} are passed over: what follows them counts, as at the end of a `residual` what follows it does."
    return f"{''.join(rules)}`{USUAL}` before all else. {passed} Of a `residual` that follows, its first layer counts."


def _names(names: list[str]) -> str:
    *first, last = [f"`{name}`" for name in names]
    return f"{', '.join(first)} and {last}" if first else last


def _head(name: str, cls: type) -> str:
    return f"| **`{name}`** | | | {_cell(_first_line(cls))} |"


def _first_line(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def _rows(cls: type) -> Iterator[str]:
    meanings = arguments(cls)
    for name, parameter in parameters(cls).items():
        default = "required" if parameter.default is parameter.empty else f"`{flow(parameter.default)}`"
        yield f"| | `{name}` | {default} | {_cell(meanings[name])} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")
