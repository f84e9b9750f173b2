"""Summary: what a run was, how far it came and how it ended, for summary.json."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from nnfs_cli.build import Task
from nnfs_cli.config import as_json
from nnfs_cli.registry import describe_object
from nnfs_cli.runs import machine
from nnfs_cli.training.state import TrainingState
from nnfs_cli.training.trainer import Trainer


class Summary:
    """What does not change during a training is looked up once.

    Args:
        task, trainer: what is trained.
    """

    def __init__(self, task: Task, trainer: Trainer):
        self.trainer, self.task = trainer, task
        self.machine = machine.describe()
        self._began, self._started = time.perf_counter(), _now()

    def now(self, status: str, error: str | None = None) -> dict[str, Any]:
        """The summary at this moment.

        Args:
            status: running, completed, interrupted, diverged or failed.
            error: what went wrong, if anything did.
        """
        return {
            "status": status,
            **({"error": error} if error else {}),
            **self._progress(self.trainer.state),
            **self._settings(),
            "data": self._data(),
            **self.machine,
        }

    def _progress(self, state: TrainingState) -> dict[str, Any]:
        seconds = state.seconds + state.epoch_seconds
        examples = state.examples + state.epoch_examples
        return {
            **({"reason": state.ended} if state.ended else {}),
            "started": self._started,
            "written": _now(),
            "epochs": state.epoch,
            "steps": state.step,
            "monitor": self.trainer.training.monitor,
            "best": state.best,
            "last": state.last,
            "seconds": time.perf_counter() - self._began,
            "training_seconds": seconds,
            "samples_per_second": examples / seconds if seconds else None,
            "peak_memory_bytes": machine.peak_memory(),
        }

    def _settings(self) -> dict[str, Any]:
        config, network = self.task.config, self.trainer.network
        return {
            "name": config.name,
            "description": config.description,
            "parameters": network.size,
            **({"frozen": network.size - network.learned} if network.learned < network.size else {}),
            "seed": network.seed,
            "workers": self.trainer.group.size,
            "threads": self.trainer.training.threads,
            "dtype": network.dtype.name,
        }

    def _data(self) -> dict[str, Any]:
        dataset = self.task.dataset
        return {
            **as_json(describe_object(dataset.source)),
            "files": dataset.files,
            "found": dataset.found,
            "digests": dataset.digests,
            "examples": {name: len(split) for name, split in dataset.splits.items()},
            "notes": dataset.notes,
        }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
