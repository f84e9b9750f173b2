"""Recorder: the files of a run while it is trained."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np

from nnfs_cli.build import Task
from nnfs_cli.config import dump
from nnfs_cli.errors import DivergedError, MachineError
from nnfs_cli.registry import describe_object
from nnfs_cli.runs import checkpoint, durable, machine
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.runs.tables import METRICS, STEPS, Table, ordered
from nnfs_cli.sessions.predictor import Predictor
from nnfs_cli.sessions.records import EpochDone, StepDone
from nnfs_cli.sessions.snapshot import state_of, tensors_of
from nnfs_cli.sessions.trainer import Trainer


class Recorder:
    """Writes tables, checkpoints and the summary of one training.

    Args:
        run: its directory.
        task, trainer: what is trained.
        resolved: the configuration with everything written out.
    """

    def __init__(self, run: RunDirectory, task: Task, trainer: Trainer, resolved: dict[str, Any]):
        self.run, self.task, self.trainer, self.resolved = run, task, trainer, resolved
        self._began = time.perf_counter()
        self._started = _now()
        self._machine = machine.describe()
        self._predictor = predictor_of(task).state()
        self._saved: tuple[int, int] | None = None

    def open(self) -> None:
        """Write the configuration, the head of the tables, and a first checkpoint to go on from."""
        self._write_config()
        self._open_tables()
        self.save()
        self.summarize("running")

    def reopen(self) -> None:
        """Write the configuration, and cut the tables back to where the training goes on.

        The checkpoint comes first: it may not be the last one, and the tables must never lack rows before it.
        """
        self._write_config()
        self._open_tables()
        self.save()
        self._metrics.cut_back("epoch", self.trainer.progress.epoch)
        self._steps.cut_back("step", self.trainer.progress.step)
        self.summarize("running")

    def step(self, record: StepDone) -> None:
        """Note a step, and save if it is time."""
        self._steps.add(record[: len(STEPS)])
        every = self.task.config.training.steps_between_saves
        if every is not None and record.step % every == 0:
            self.save()

    def epoch(self, record: EpochDone) -> None:
        """Note an epoch, and save if it is time or the best so far."""
        self._metrics.add(ordered(record.row, METRICS))
        every = self.task.config.training.epochs_between_saves
        if record.best or (every is not None and record.row["epoch"] % every == 0):
            self.save(best=record.best)

    def save(self, *, best: bool = False) -> None:
        """Write the rows that are due, then the checkpoint.

        The best comes before the last: who dies in between goes on from the last before, and finds the best again.

        Raises:
            DivergedError: the parameters are no longer finite; the old checkpoint is left.
            MachineError: the disk refuses.
        """
        if not np.isfinite(self.trainer.network.values).all():
            raise DivergedError(f"parameters became infinite or NaN by step {self.trainer.progress.step}.")
        self.flush()
        data = checkpoint.encode(tensors_of(self.trainer), self._state())
        if best:
            durable.replace(self.run.best, data)
        durable.replace(self.run.last, data)
        self._saved = self._moment()

    def flush(self) -> None:
        """Write the rows that are not written yet."""
        self._metrics.flush()
        self._steps.flush()

    def close(self, status: str) -> dict[str, Any]:
        """Save what is not saved yet, and write how the run ended."""
        self.flush()
        if self._saved != self._moment():
            self.save()
        return self.summarize(status)

    def fail(self, status: str, error: str) -> None:
        """Write how the run failed, if the disk still lets one; the last checkpoint stays."""
        with contextlib.suppress(MachineError):
            self.flush()
            self.summarize(status, error)

    def summarize(self, status: str, error: str | None = None) -> dict[str, Any]:
        """Write summary.json and return what it holds."""
        progress, dataset = self.trainer.progress, self.task.dataset
        summary = {
            "status": status,
            **({"error": error} if error else {}),
            **({"reason": progress.ended} if progress.ended else {}),
            "name": self.task.config.name,
            "description": self.task.config.description,
            "started": self._started,
            "written": _now(),
            "epochs": progress.epoch,
            "steps": progress.step,
            "monitor": self.task.config.training.monitor,
            "best": progress.best,
            "last": progress.history[-1] if progress.history else None,
            "seconds": time.perf_counter() - self._began,
            "training_seconds": progress.seconds,
            "samples_per_second": progress.examples / progress.seconds if progress.seconds else None,
            "parameters": self.trainer.network.size,
            "seed": self.trainer.network.seed,
            "workers": self.trainer.team.size,
            "threads": self.task.config.training.threads,
            "dtype": self.trainer.network.dtype.name,
            "peak_memory_bytes": machine.peak_memory(),
            "data": {
                **describe_object(dataset.source),
                "digest": dataset.digest,
                "examples": {name: len(split) for name, split in dataset.splits.items()},
                "notes": dataset.notes,
            },
            **self._machine,
        }
        durable.replace(self.run.summary, json.dumps(summary, indent=2) + "\n")
        return summary

    def _moment(self) -> tuple[int, int]:
        """What tells two checkpoints apart: the last step of an epoch may be made and the epoch not be measured yet."""
        return self.trainer.progress.step, self.trainer.progress.epoch

    def _write_config(self) -> None:
        durable.replace(self.run.config, dump(self.resolved, header="\n".join(self.task.dataset.notes)))

    def _open_tables(self) -> None:
        self._metrics = Table(self.run.metrics, METRICS)
        self._steps = Table(self.run.steps, STEPS)

    def _state(self) -> dict[str, Any]:
        return {
            **self._predictor,
            "training": state_of(self.trainer),
            "name": self.task.config.name,
            "config": self.resolved,
            "digest": self.task.dataset.digest,
            "machine": self._machine,
        }


def predictor_of(task: Task) -> Predictor:
    """The predictor that a task trains."""
    dataset = task.dataset
    return Predictor(task.network, task.loss, dataset.facts, dataset.standardizer, dataset.pixels, dataset.columns)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
