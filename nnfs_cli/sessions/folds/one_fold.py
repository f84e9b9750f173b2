"""One fold: trained or gone on with, measured on what it holds out, and told to whoever waits for it."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nnfs_cli.config import Config, load
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import CheckpointError, NnfsError
from nnfs_cli.runs.directory import RunDirectory, find_checkpoint
from nnfs_cli.runs.folds import FoldsDirectory, require_own
from nnfs_cli.runs.lock import owned
from nnfs_cli.sessions.evaluation.evaluate import evaluate
from nnfs_cli.sessions.evaluation.files import write_evaluation
from nnfs_cli.sessions.folds.plan import of_fold
from nnfs_cli.sessions.pictures import draw_curves
from nnfs_cli.sessions.records import Finished, Started, Warned
from nnfs_cli.sessions.resume import LENGTH, differences, resume
from nnfs_cli.sessions.train import Records, train
from nnfs_cli.system.forks import Tell
from nnfs_cli.system.side_by_side import Asked
from nnfs_cli.training.records import EpochDone
from nnfs_cli.training.state import monitored

NO_FIGURES = ("split", "checkpoint", "step", "data", "sha256", "examples", "classes", "targets", "threshold")
"""What a report of a measurement holds beside its figures."""


def work(
    folder: FoldsDirectory, config: Config, locator: Locator, folds: int, fold: int, tell: Tell, asked_to_stop: Asked
) -> None:
    """Train a fold and measure it; what happens is told, an error too.

    Tells:
        {"started": steps, "rate": the one found, if any}, {"epoch": number}, {"warning": text}; then one of
        {"ended": result}, {"failed": code of the error, "lines": its text} and {"bug": traceback}.
    """
    try:
        tell({"ended": _trained(folder, of_fold(config, fold, folds), locator, fold, tell, asked_to_stop)})
    except NnfsError as error:
        tell({"failed": error.exit_code, "lines": error.lines})
    except MemoryError:
        raise
    except Exception:
        tell({"bug": traceback.format_exc()})


def _trained(
    folder: FoldsDirectory, config: Config, locator: Locator, fold: int, tell: Tell, asked_to_stop: Asked
) -> dict[str, Any]:
    epochs, finished = 0, None
    for record in _begun(folder, config, locator, fold, asked_to_stop):
        match record:
            case Started(done=done, notes=notes, found_rate=rate):
                tell({"started": done, "rate": rate})
                _warn(tell, [note for note in notes if note not in config.warnings()])
            case EpochDone(row=row):
                epochs += 1
                tell({"epoch": row["epoch"]})
            case Warned(text=text):
                _warn(tell, [text])
            case Finished():
                finished = record
    assert finished is not None, "a training ends with a record, or an error"
    _warn(tell, _otherwise(config, RunDirectory(finished.run)))
    result = _result(finished)
    if finished.status == "completed":
        result["metrics"] = _measured(finished.run, locator, tell)
        if epochs or not RunDirectory(finished.run).curves.exists():
            _warn(tell, draw_curves(finished.run, finished.summary))
    return result


def _begun(folder: FoldsDirectory, config: Config, locator: Locator, fold: int, asked_to_stop: Asked) -> Records:
    """The training of a fold: from its first step, or from where it stopped."""
    require_own(folder, fold)
    run = RunDirectory(folder.run(fold))
    if run.path.is_dir() and not any(path.exists() for path in (run.config, run.last, run.previous, run.summary)):
        with owned(run.path):
            shutil.rmtree(run.path)
    if run.summary.exists() and not any(path.exists() for path in (run.last, run.previous)):
        raise CheckpointError(f"{run.path}: was trained, but its checkpoints were removed.")
    if run.path.is_dir():
        return resume(run.path, (), locator, should_stop=asked_to_stop)
    return train(config, locator, runs_dir=folder.path, name=run.path.name, should_stop=asked_to_stop)


def _otherwise(config: Config, run: RunDirectory) -> Iterator[str]:
    """A word on a fold that was trained for longer or less long, as one may be that is resumed by itself."""
    told = [key for key in differences(config.resolved(), load(run.config).resolved()) if key.startswith(LENGTH)]
    if told:
        yield f"was trained with other settings than the folds together: {', '.join(told)}"


def _measured(run: Path, locator: Locator, tell: Tell) -> dict[str, float | None]:
    """The figures on the examples that were held out, which are left in the directory of the run too."""
    evaluation = evaluate(find_checkpoint(str(run), run.parent), locator, split="test")
    _warn(tell, [*evaluation.notes, *write_evaluation(evaluation, run)])
    return {name: value for name, value in evaluation.report.items() if name not in NO_FIGURES}


def _result(finished: Finished) -> dict[str, Any]:
    summary, best = finished.summary, finished.summary["best"] or {}
    monitor = monitored(best, summary["monitor"]).column if best else summary["monitor"]
    return {
        "status": finished.status,
        "examples": summary["data"]["examples"],
        "epochs": summary["epochs"],
        "best_epoch": best.get("epoch"),
        "monitor": monitor,
        "best": best.get(monitor),
        "seconds": summary["training_seconds"],
    }


def _warn(tell: Tell, texts: Iterable[str]) -> None:
    for text in texts:
        tell({"warning": text})
