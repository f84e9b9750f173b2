"""nnfs train: teach a network."""

from __future__ import annotations

from pathlib import Path

import click

from nnfs_cli.cli import options


@click.command(cls=options.Helpful, short_help="Train a network and save it.")
@click.argument("config", type=options.PathType(), required=False)
@options.OVERRIDES
@click.option("--name", help="Name of the run directory.  [default: the configuration's name and a number]")
@options.RUNS_DIR
@options.DATA_DIR
@options.SEED
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that share every batch.  [default: auto]")
@click.option(
    "--init-from", type=options.RunType(), metavar="CHECKPOINT", help="Start from the weights of a run or checkpoint."
)
@click.option("--resume", type=options.RunType(), metavar="RUN", help="Go on with a run instead of starting one.")
@options.JSON
@click.option("--quiet", is_flag=True, help="Say nothing but warnings and errors.")
def command(
    config: Path | None,
    overrides: tuple[str, ...],
    name: str | None,
    runs_dir: Path,
    data_dir: Path,
    seed: int | None,
    workers: int | None,
    init_from: str | None,
    resume: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Train the network of CONFIG and print the directory of the run.

    The directory holds the resolved configuration, metrics.csv, steps.csv, summary.json, curves.png and the
    checkpoints best and last. Ctrl-C saves and ends; --resume goes on from there to the same bytes.

    \b
    Example:
      nnfs train configs/mnist_dense.yaml --set training.epochs=10 --seed 1
      nnfs train --resume runs/mnist_dense-1
    """
    if (config is None) == (resume is None):
        raise click.UsageError("Give a CONFIG to train, or --resume RUN to go on with a run.")
    if resume is not None and any(option is not None for option in (name, seed, workers, init_from)):
        raise click.UsageError("--resume can be combined only with --set, --data-dir, --runs-dir, --json and --quiet.")
    if workers is not None:
        overrides = (*overrides, f"training.workers={workers}")
    from nnfs_cli.cli import training

    if resume is not None:
        return training.resume(resume, overrides, runs_dir, data_dir, as_json=as_json, quiet=quiet)
    return training.start(
        config, overrides, runs_dir, data_dir, name=name, seed=seed, init_from=init_from, as_json=as_json, quiet=quiet
    )
