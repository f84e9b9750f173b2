"""Cross-validate: a run for each fold, several at once, and their figures together."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from nnfs_cli.build import Parts, build_parts
from nnfs_cli.config import Config, dump_readable, load
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import CheckpointError, ConfigError, DataError, DivergedError, MachineError, NnfsError
from nnfs_cli.runs import durable
from nnfs_cli.runs import folds as folders
from nnfs_cli.runs.directory import create_for
from nnfs_cli.runs.folds import FoldsDirectory
from nnfs_cli.runs.lock import owned
from nnfs_cli.sessions.folds.one_fold import work
from nnfs_cli.sessions.folds.out_of_fold import out_of_fold
from nnfs_cli.sessions.folds.plan import examine, folds_at_once, of_all_folds, of_fold
from nnfs_cli.sessions.folds.records import FoldEnded, FoldEpoch, FoldsFinished, FoldsStarted, FoldStarted
from nnfs_cli.sessions.folds.summary import FoldsSummary
from nnfs_cli.sessions.pictures import load_ahead
from nnfs_cli.sessions.records import Warned
from nnfs_cli.sessions.train import Asked, Notes, never, with_found
from nnfs_cli.system.side_by_side import side_by_side

Records = Iterator[FoldsStarted | FoldStarted | FoldEpoch | FoldEnded | Warned | FoldsFinished]
ERRORS: dict[int, type[NnfsError]] = {
    kind.exit_code: kind for kind in (ConfigError, DataError, CheckpointError, DivergedError, MachineError)
}


def cross_validate(
    config: Config,
    locator: Locator,
    folds: int,
    *,
    runs_dir: Path,
    name: str | None = None,
    should_stop: Asked = never,
) -> Records:
    """Train a network for each fold, from its first step, and measure it on what it holds out.

    Args:
        config: what to train; a test split of its own is left out.
        folds: how many there are.
        runs_dir: where the directory of the folds is made.
        name: of that directory; <configuration>-<number> if left out.
        should_stop: asked again and again; the folds that are trained are then saved.

    Raises:
        NnfsError: of the kind that fits; nothing is left where the data cannot be had or divided.
    """
    parts, notes = examine(config, folds, locator)
    whole = of_all_folds(parts.config)
    with contextlib.ExitStack() as making, contextlib.ExitStack() as lock:
        made = create_for(
            making, runs_dir, config.name if name is None else name, numbered=name is None, checkpoints=False
        )
        folder = FoldsDirectory(made.path)
        lock.enter_context(owned(folder.path))
        resolved = with_found(whole.resolved(), parts.source.found(parts.locator))
        durable.replace(folder.config, dump_readable(resolved, config.name))
        beginning = _Folds(folder, folds, config.name, locator, should_stop)
        beginning.summary.write("running")
        making.pop_all()
        return beginning.run(parts, (*config.warnings(), *notes), lock.pop_all())


def go_on(folder: FoldsDirectory, locator: Locator, *, should_stop: Asked = never) -> Records:
    """Go on with folds that were interrupted: those that are trained already are only measured again.

    Raises:
        NnfsError: of the kind that fits.
    """
    begun = folders.started(folder)
    with contextlib.ExitStack() as lock:
        lock.enter_context(owned(folder.path))
        durable.sweep(folder.path)
        going = _Folds(folder, begun.folds, begun.name, locator, should_stop)
        return going.run(build_parts(of_fold(going.config, 1, begun.folds), locator), (), lock.pop_all())


class _Folds:
    """The folds of a directory, trained as the configuration that is written there says.

    Args:
        name: what the configuration was called.

    Attributes:
        summary: what is known of the folds.
    """

    def __init__(self, folder: FoldsDirectory, folds: int, name: str, locator: Locator, should_stop: Asked):
        self.folder, self.folds, self.locator, self._should_stop = folder, folds, locator, should_stop
        self.config = dataclasses.replace(load(folder.config), name=name)
        self.summary = FoldsSummary(folder, self.config, folds)
        self._errors: dict[int, Exception] = {}
        self._said = set[str]()

    def run(self, parts: Parts, notes: Notes, lock: AbstractContextManager) -> Records:
        """Train all folds that are not trained yet, and put together what they say.

        Raises:
            NnfsError: that of the first fold that failed, once the others that were trained beside it have ended.
        """
        at_once, self._said = folds_at_once(parts, self.folds), {*notes}
        del parts
        with lock:
            yield FoldsStarted(self.folder.path, self.folds, at_once, self.config.training.epochs, notes)
            try:
                yield from self._train(at_once)
                status = self._put_together()
            except BaseException as error:
                with contextlib.suppress(MachineError):
                    self.summary.write("interrupted" if isinstance(error, GeneratorExit) else "failed")
                raise
            summary = self.summary.write(status)
        yield FoldsFinished(self.folder.path, status, summary)

    def _train(self, at_once: int) -> Records:
        load_ahead()
        quiet = dataclasses.replace(self.locator, progress=None, counter=None, say=None)
        task = functools.partial(work, self.folder, self.config, quiet, self.folds)
        told = side_by_side(
            [functools.partial(task, fold) for fold in range(1, self.folds + 1)],
            at_once,
            may_start=lambda: not self._errors,
            asked_to_stop=self._should_stop,
            what="trains a fold",
        )
        with contextlib.closing(told):
            for place, thing in told:
                yield from self._heard(place + 1, thing)

    def _heard(self, fold: int, thing: Any) -> Records:
        """What is made of a thing that a fold tells."""
        match thing:
            case {"started": done, "rate": rate}:
                self._note(fold, status="running")
                yield FoldStarted(fold, done, rate)
            case {"epoch": epoch}:
                yield FoldEpoch(fold, epoch)
            case {"warning": text}:
                if text not in self._said:
                    self._said.add(text)
                    yield Warned(f"fold {fold}/{self.folds}: {text}")
            case {"ended": result}:
                self._note(fold, **result)
                yield FoldEnded(fold, self.summary.runs[fold - 1])
            case {"failed": code, "lines": lines}:
                self._fail(fold, ERRORS[code](*(f"fold {fold}/{self.folds}: {line}" for line in lines)))
            case {"bug": text}:
                self._fail(fold, RuntimeError(f"fold {fold}/{self.folds}: {text}"))
            case MachineError() | MemoryError():
                self._fail(fold, type(thing)(f"fold {fold}/{self.folds}: {thing}"))

    def _note(self, fold: int, **known: Any) -> None:
        self.summary.note(fold, **known)
        self.summary.write("running")

    def _fail(self, fold: int, error: Exception) -> None:
        status = "diverged" if isinstance(error, DivergedError) else "failed"
        self._errors[fold] = error
        self._note(fold, status=status, error=str(error))

    def _first_error(self) -> Exception:
        """The error of the first fold that failed, and what to do then."""
        fold = min(self._errors)
        error = self._errors[fold]
        if isinstance(error, CheckpointError):
            again = f"Or remove {self.folder.run(fold)}, so that this fold is trained again."
            error = CheckpointError(*error.lines, again)
        if isinstance(error, CheckpointError | DataError | MachineError):
            return type(error)(*error.lines, f"Then go on with: nnfs train --resume {self.folder.path}")
        return error

    def _put_together(self) -> str:
        """Leave what all folds say, if each of them is trained; "completed" or "interrupted".

        Raises:
            NnfsError: of the first fold that failed.
        """
        runs = self.summary.runs
        if self._errors:
            raise self._first_error()
        if self._should_stop() or any(run["status"] != "completed" for run in runs):
            return "interrupted"
        answers = out_of_fold(self.folder, self.folds, self.locator)
        answers.write(self.folder)
        sizes, losses = ([run[key][name] for run in runs] for key, name in (("examples", "test"), ("metrics", "loss")))
        loss = sum(size * loss for size, loss in zip(sizes, losses, strict=True)) / sum(sizes)
        self.summary.complete(len(answers.y), {"loss": loss, **answers.figures()})
        return "completed"
