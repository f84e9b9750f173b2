"""nnfs lr-find: suggest a learning rate."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnfs_cli.cli import options, terminal
from nnfs_cli.errors import DivergedError, MachineError
from nnfs_cli.text import counted, harmless

if TYPE_CHECKING:
    from nnfs_cli.training.rates.range_test import RatePoint, RatesFound


@click.command(cls=options.Helpful, short_help="Suggest a learning rate.")
@options.CONFIG
@options.OVERRIDES
@click.option("--min-lr", type=options.Rate(), default=1e-7, show_default=True, help="The first rate.")
@click.option("--max-lr", type=options.Rate(), default=10.0, show_default=True, help="The last rate.")
@click.option(
    "--steps", type=click.IntRange(20, 100_000), default=100, show_default=True, help="How many rates are tried."
)
@click.option(
    "--method",
    type=click.Choice(["valley", "steep", "minimum", "slide"]),
    default="minimum",
    show_default=True,
    help="The rule whose suggestion is printed. The default trained best over twelve networks.",
)
@click.option("--write", "new_config", type=options.PathType(), help="Write the configuration with the rate.")
@options.RUNS_DIR
@options.DATA_DIR
@options.SEED
@options.JSON
def command(
    config: Path,
    overrides: tuple[str, ...],
    min_lr: float,
    max_lr: float,
    steps: int,
    method: str,
    new_config: Path | None,
    runs_dir: Path,
    data_dir: Path,
    seed: int | None,
    as_json: bool,
) -> None:
    """Train CONFIG for some steps with a growing rate, until the loss runs away, and print a rate to train with.

    Every step and a picture with all four suggestions are left in a directory of their own, lr_find.csv, .json and
    .png. The rate suits scheduler.max_lr, or optimizer.lr if nothing moves it. Without a fall of the loss that is
    larger than its noise there is no rate, and the exit code is 5.

    \b
    Example:
      nnfs train configs/mnist_dense.yaml --set scheduler.max_lr=$(nnfs lr-find configs/mnist_dense.yaml)
    """
    if not min_lr < max_lr < math.inf:
        raise click.UsageError(
            f"--min-lr {min_lr:g} --max-lr {max_lr:g}: expected two rates, the first below the second."
        )
    if new_config is not None and new_config.exists():
        raise click.UsageError(f"--write {new_config}: exists. Choose another name.")
    from nnfs_cli.config import load, read_threads

    options.fix_blas_threads(read_threads(config, overrides))
    from nnfs_cli.build import build_parts, complete
    from nnfs_cli.sessions.rates.lr_find import alone, lr_find

    loaded, locator = alone(load(config, overrides, seed=seed)), options.locator(data_dir)
    if new_config is not None and loaded.rate_key is None:
        several = f"scheduler {loaded.scheduler.type} has no rate of its own to set"
        raise click.UsageError(f"--write {new_config}: {several}. Leave --write out, and set its rates yourself.")
    parts = build_parts(loaded, locator)
    task = complete(parts)
    for note in task.dataset.notes:
        terminal.warn(note)
    found = _watch(lr_find(task, min_lr=min_lr, max_lr=max_lr, steps=steps), steps)
    with _directory(runs_dir, f"{loaded.name}-lr-find") as run, contextlib.ExitStack() as files:
        if run is not None:
            files.callback(_write, found, run, method, loaded.name)
        chosen = found.suggestions[method]
        see = f"; see {harmless(str(run))}" if run else ""
        terminal.say(f"{found.reason} after {counted(len(found.points), 'step')}{see}")
        _require(chosen, method, found, run or runs_dir)
        for name, rate in found.suggestions.items():
            terminal.say(f"  {name:<8}{terminal.number(rate, 3)}")
        if found.doubt is not None:
            terminal.say(found.doubt)
        if new_config is not None:
            files.callback(_write_config, config, overrides, seed, chosen, new_config, task.dataset.found)
        if as_json:
            answer = {"lr": chosen, "method": method, "suggestions": found.suggestions, "run": run and str(run)}
            terminal.answer_json(answer)
        else:
            terminal.answer(f"{chosen:.3g}")


@contextlib.contextmanager
def _directory(runs_dir: Path, name: str) -> Iterator[Path | None]:
    """A new directory; where none can be made, None, and the error comes after the answer."""
    from nnfs_cli.runs.directory import create

    try:
        run = create(runs_dir, name, checkpoints=False).path
    except MachineError as error:
        yield None
        raise error from None
    yield run


def _watch(session: Iterator[RatePoint | RatesFound], steps: int) -> RatesFound:
    """Follow the test on a bar and return how it ended."""
    from nnfs_cli.training.rates.range_test import RatePoint, RatesFound

    with terminal.step_bar("lr-find", steps) as bar:
        for record in session:
            match record:
                case RatePoint():
                    bar.update()
                    bar.set_postfix_str(f"lr {record.lr:.2e}, loss {record.smoothed:.4f}", refresh=False)
                case RatesFound():
                    return record
    raise AssertionError("the session ends with what it found")


def _require(chosen: float | None, method: str, found: RatesFound, run: Path) -> None:
    """Fail if the chosen method found no rate."""
    if chosen is not None:
        return
    others = [f"--method {name} ({rate:.3g})" for name, rate in found.suggestions.items() if rate is not None]
    if others:
        raise DivergedError(f"{method} finds no rate where the loss falls. Use {' or '.join(others)}.")
    first, last = found.points[0].lr, found.points[-1].lr
    change = "a smaller --min-lr" if found.ran_away else "a larger --max-lr"
    raise DivergedError(
        f"no rate from {first:.3g} to {last:.3g} lets the loss fall by more than it varies from batch to batch. "
        f"Try {change}, more --steps or a larger training.batch_size; see {run / 'lr_find.png'}."
    )


def _write(found: RatesFound, run: Path, method: str, name: str) -> None:
    from nnfs_cli.sessions.rates.files import write_rates

    for warning in write_rates(found, run, method, name):
        terminal.warn(warning)


def _write_config(
    config: Path, overrides: tuple[str, ...], seed: int | None, chosen: float, path: Path, found: Mapping[str, str]
) -> None:
    """Write the resolved configuration with the rate, where it belongs."""
    from nnfs_cli.config import load
    from nnfs_cli.sessions.rates.files import write_config

    key = load(config, overrides).rate_key
    loaded = load(config, (*overrides, f"{key}={chosen:.3g}"), seed=seed)
    write_config(loaded, found, f"{config} with the {key} that nnfs lr-find suggests", path)
    terminal.say(f"wrote {harmless(str(path))} with {key}: {chosen:.3g}")
