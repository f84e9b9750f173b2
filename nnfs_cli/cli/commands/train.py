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
@click.option("--folds", type=click.IntRange(2, 100), help="Cross-validate: a run for each of so many folds.")
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
    folds: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Train the network of CONFIG and print the directory of the run.

    The directory holds the resolved configuration, metrics.csv, steps.csv, summary.json, curves.png and the
    checkpoints best and last. Ctrl-C saves and ends; --resume goes on from there to the same bytes.

    With --folds each part of the training examples is held out once, and a network that has learned from the others is
    tested on it. The directory then holds a run for each fold, folds.json with the figures, and out-of-fold.csv with an
    answer to every example.

    \b
    Example:
      nnfs train configs/mnist_dense.yaml --set training.epochs=10 --seed 1
      nnfs train --resume runs/mnist_dense-1
      nnfs train configs/csv_classification.yaml --folds 5
    """
    if (config is None) == (resume is None):
        raise click.UsageError("Give a CONFIG to train, or --resume RUN to go on with a run.")
    if resume is not None and any(option is not None for option in (name, seed, workers, init_from, folds)):
        raise click.UsageError("--resume can be combined only with --set, --data-dir, --runs-dir, --json and --quiet.")
    if folds is not None and init_from is not None:
        raise click.UsageError("--folds cannot be combined with --init-from, whose weights may know what is held out.")
    if workers is not None:
        overrides = (*overrides, f"training.workers={workers}")
    from nnfs_cli.cli import cross_validation, training
    from nnfs_cli.runs.folds import find as find_folds

    quietly: dict[str, bool] = {"as_json": as_json, "quiet": quiet}
    if folds is not None:
        return cross_validation.start(
            config, overrides, runs_dir, data_dir, folds=folds, name=name, seed=seed, **quietly
        )
    if resume is not None and (folder := find_folds(resume, runs_dir)) is not None:
        return cross_validation.resume(folder, overrides, data_dir, **quietly)
    if resume is not None:
        return training.resume(resume, overrides, runs_dir, data_dir, **quietly)
    return training.start(config, overrides, runs_dir, data_dir, name=name, seed=seed, init_from=init_from, **quietly)
