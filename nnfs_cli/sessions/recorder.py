"""Recorder: the files of a run while it is trained."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from nnfs_cli.build import Task
from nnfs_cli.config import dump_readable
from nnfs_cli.errors import MachineError
from nnfs_cli.runs import checkpoint, durable
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.runs.tables import STEPS, Table, ordered
from nnfs_cli.runs.tensor_file import Pieces
from nnfs_cli.saved.predictor import Predictor
from nnfs_cli.saved.snapshot import refuse_unreadable, state_of, tensors_of
from nnfs_cli.sessions.outcome import outcome
from nnfs_cli.sessions.summary import Summary
from nnfs_cli.training.imbalance import threshold_of
from nnfs_cli.training.records import EpochDone, StepDone, epoch_columns
from nnfs_cli.training.trainer import Trainer


class Recorder:
    """Writes tables, checkpoints and the summary of one training.

    Args:
        run: its directory.
        task, trainer: what is trained.
        resolved: the configuration with everything written out.
    """

    def __init__(self, run: RunDirectory, task: Task, trainer: Trainer, resolved: dict[str, Any]):
        self.run, self.task, self.trainer, self.resolved = run, task, trainer, resolved
        self._summary = Summary(task, trainer)
        self._predictor = predictor_of(task).state()
        self._saved: tuple[int, int] | None = None
        self._warnings: list[str] = []

    def open(self) -> None:
        """Write the head of the tables, a first checkpoint to go on from, and the configuration as it is carried out.

        Raises:
            ConfigError, MachineError: what is trained could not be read again.
        """
        refuse_unreadable(self.trainer, self._state())
        self._open_tables()
        self.save()
        self._write_config()
        self.summarize("running")

    def reopen(self, source: Path) -> None:
        """Write the configuration, and cut the tables back to where the training goes on.

        The checkpoint comes first: it may not be the last one, and the tables must never lack rows before it.

        Args:
            source: the checkpoint that the training goes on from.
        """
        self._write_config()
        self._open_tables()
        durable.replace(self.run.last, self._encoded())
        if source not in (self.run.last, self.run.previous):
            durable.remove(self.run.previous)
        self._saved = self._moment()
        self._metrics.cut_back("epoch", self.trainer.state.epoch)
        self._steps.cut_back("step", self.trainer.state.step)
        self.summarize("running")

    def step(self, record: StepDone) -> None:
        """Note a step, and save if it is time."""
        self._steps.add(record[: len(STEPS)])
        every = self.trainer.training.steps_between_saves
        if every is not None and record.step % every == 0:
            self.save()

    def epoch(self, record: EpochDone) -> None:
        """Note an epoch, and save if it is time or the best so far."""
        self._metrics.add(ordered(record.row, self._metrics.columns))
        every = self.trainer.training.epochs_between_saves
        if record.best or (every is not None and record.row["epoch"] % every == 0):
            self.save(best=record.best)

    def save(self, *, best: bool = False) -> None:
        """Write the rows that are due, then the checkpoint.

        The best comes before the last: who dies in between goes on from the last before, and finds the best again.

        Raises:
            DivergedError: the parameters are no longer finite; the old checkpoint is left.
            MachineError: the disk refuses.
        """
        self.trainer.refuse_broken_parameters()
        self._find_folders()
        self.flush()
        data = self._encoded()
        if best:
            durable.replace(self.run.best, data)
        durable.replace_keeping(self.run.last, data, self.run.previous)
        self._saved = self._moment()

    def flush(self) -> None:
        """Write the rows that are not written yet."""
        self._metrics.flush()
        self._steps.flush()

    def close(self, status: str) -> tuple[dict[str, Any], MachineError | None]:
        """Save what is not saved yet, and write how the run ended.

        Returns:
            What summary.json holds, and why it could not be written, if it could not.

        Raises:
            MachineError: what is not saved yet cannot be.
        """
        self._find_folders()
        self.flush()
        if self._saved != self._moment() or not self.run.last.exists():
            self.save()
        summary = {**self._summary.now(status), **self._told(status)}
        try:
            self._write_summary(summary)
        except MachineError as error:
            return summary, error
        return summary, None

    def warnings(self) -> list[str]:
        """What people should know since this was asked last."""
        said, self._warnings[:] = list(self._warnings), []
        return said

    def fail(self, status: str, error: str) -> None:
        """Write how the run failed, if the disk still lets one; the last checkpoint stays."""
        with contextlib.suppress(MachineError):
            self.flush()
            self.summarize(status, error)

    def summarize(self, status: str, error: str | None = None) -> dict[str, Any]:
        """Write summary.json and return what it holds."""
        summary = self.summary(status, error)
        self._write_summary(summary)
        return summary

    def summary(self, status: str, error: str | None = None) -> dict[str, Any]:
        """What summary.json would hold."""
        return self._summary.now(status, error)

    @property
    def machine(self) -> dict[str, Any]:
        """Where the training takes place."""
        return self._summary.machine

    def _told(self, status: str) -> dict[str, list[str]]:
        """What people should know of a training that is completed."""
        if status != "completed":
            return {}
        notes = outcome(self.trainer, self.run.steps, self.task.dataset.spec.classes)
        self._warnings += notes
        return {"notes": notes} if notes else {}

    def _write_summary(self, summary: dict[str, Any]) -> None:
        durable.replace(self.run.summary, json.dumps(summary, indent=2) + "\n")

    def _find_folders(self) -> None:
        """Make the folder of the checkpoints anew if somebody removed it.

        Raises:
            MachineError: the run itself is gone.
        """
        folder = self.run.checkpoints
        if not self.run.path.is_dir():
            raise MachineError(
                f"{self.run.path}: was removed while it was trained. Nothing of it is left: train again."
            )
        if not folder.is_dir():
            with durable.explained(folder):
                durable.make_directory(folder)
            self._warnings.append(f"{folder}: was removed and is made again; the checkpoints so far are lost.")

    def _encoded(self) -> Pieces:
        return checkpoint.encode(tensors_of(self.trainer), self._state())

    def _moment(self) -> tuple[int, int]:
        """What tells two checkpoints apart: the last step of an epoch may be made and the epoch not be measured yet."""
        return self.trainer.state.step, self.trainer.state.epoch

    def _write_config(self) -> None:
        header = "\n".join(self.task.dataset.notes)
        durable.replace(self.run.config, dump_readable(self.resolved, self.task.config.name, header))

    def _open_tables(self) -> None:
        columns = epoch_columns(self.trainer.metrics)
        self._metrics = Table(self.run.metrics, columns, self._warnings.append)
        self._steps = Table(self.run.steps, STEPS, self._warnings.append)

    def _state(self) -> dict[str, Any]:
        trainer = self.trainer
        with trainer.averaged():
            threshold = threshold_of(trainer.training, trainer.network, trainer.loss, trainer.validation)
        return {
            **self._predictor,
            "threshold": threshold,
            "training": state_of(trainer),
            "name": self.task.config.name,
            "config": self.resolved,
            "digests": self.task.dataset.digests,
            "notes": self.task.dataset.notes,
            "machine": self.machine,
        }


def predictor_of(task: Task) -> Predictor:
    """The predictor that a task trains."""
    return Predictor(task.recipe.network, task.recipe.loss, task.dataset.preparation)
