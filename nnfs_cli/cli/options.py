"""Options that several commands share, and what is done with them."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnfs_cli import paths
from nnfs_cli.cli import terminal
from nnfs_cli.parameters import LARGEST_COUNT, LARGEST_NUMBER, SMALLEST_NUMBER

if TYPE_CHECKING:
    from nnfs_cli.data.sources.base import Locator

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def set_option(explanation: str) -> Decorator:
    """The option --set."""
    return click.option("--set", "overrides", metavar="KEY=VALUE", multiple=True, help=explanation)


class Rate(click.FloatRange):
    """A learning rate, as an optimizer takes one; NaN is none."""

    def __init__(self) -> None:
        super().__init__(SMALLEST_NUMBER, LARGEST_NUMBER)

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
        rate = super().convert(value, parameter, context)
        if math.isnan(rate):
            self.fail(f"expected a number, got {value}.", parameter, context)
        return rate


class PathType(click.Path):
    """A path in which ~ and $VARIABLES are expanded, as no shell does behind an "=" or in a variable.

    Args:
        new: whether it is that of a new file, which must have a name.
    """

    def __init__(self, *, new: bool = False) -> None:
        super().__init__(path_type=Path)
        self.new = new

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
        try:
            path = paths.existing_or_expanded(os.fspath(value))
        except paths.UnknownVariable as error:
            self.fail(f"{value}: {error}", parameter, context)
        if self.new and not path:
            self.fail("it is empty. Name a new file.", parameter, context)
        return super().convert(path, parameter, context)


class RunType(click.ParamType):
    """A run or a checkpoint: a path, expanded in the same way, or a name, in which a $ means nothing."""

    name = "run"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
        if not value:
            self.fail("expected a run or a checkpoint, got an empty name.", parameter, context)
        try:
            return paths.existing_or_expanded(value)
        except paths.UnknownVariable:
            return value


class Helpful(click.Command):
    """A command that prints its help to standard output and tolerates a closed pipe."""

    def get_help_option(self, context: click.Context) -> click.Option | None:
        option = super().get_help_option(context)
        if option is not None:
            option.callback = _show_help
        return option


def _show_help(context: click.Context, option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        terminal.answer(context.get_help())
        context.exit()


CONFIG: Decorator = click.argument("config", type=PathType())
OVERRIDES: Decorator = set_option(
    "Override a key, such as optimizer.lr=1e-3 or model.layers.1.units=300. May be given again."
)
DATA_DIR: Decorator = click.option(
    "--data-dir",
    type=PathType(),
    envvar="NNFS_DATA_DIR",
    default=Path("data"),
    help="The folder of data sets.  [default: $NNFS_DATA_DIR, else data]",
)
RUNS_DIR: Decorator = click.option(
    "--runs-dir",
    type=PathType(),
    default=Path("runs"),
    show_default=True,
    help="The folder of runs.",
)
SEED: Decorator = click.option(
    "--seed", type=click.IntRange(0, LARGEST_COUNT), help="The seed, in place of the configuration's."
)
SPREADSHEET: Decorator = click.option(
    "--spreadsheet",
    is_flag=True,
    help="Put ' before texts in CSV that a spreadsheet would take for a formula (=, +, -, @).",
)
AUGMENT: Decorator = click.option(
    "--augment", is_flag=True, help="Average over versions of each image, moved or mirrored as in the training."
)
JSON: Decorator = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


def locator(data_dir: Path, *, quiet: bool = False) -> Locator:
    """Where data is looked for, with a progress bar for downloads and, unless quiet, for the reading of pictures."""
    from nnfs_cli.data.sources.base import Locator

    if quiet:
        return Locator(data_dir, terminal.download_bar)
    return Locator(data_dir, terminal.download_bar, counter=terminal.picture_bar, say=terminal.say)


def fix_blas_threads(count: int) -> None:
    """Set the number of BLAS threads. It changes the bits of results, and counts only before NumPy is imported."""
    for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "BLIS", "NUMEXPR"):
        os.environ[f"{library}_THREADS" if "MAXIMUM" in library else f"{library}_NUM_THREADS"] = str(count)
