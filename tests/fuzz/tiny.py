"""Tiny: a training of a few steps in memory, and the checkpoint that it would save."""

from __future__ import annotations

import functools
import itertools
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np

from nnfs_cli.build import build
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.nn.shapes import Array
from nnfs_cli.runs import checkpoint, machine
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.recorder import Recorder
from nnfs_cli.sessions.train import resolved_config, trainer_of
from nnfs_cli.training.trainer import Trainer
from tests.sessions.trainings import configured, flowers

STEPS = 9


@functools.cache
def _trained() -> tuple[Trainer, bytes]:
    """A training on flowers in its second epoch, and the checkpoint that it would save there, the same every time."""
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "flowers.npz", **flowers())
        task = build(configured(), Locator(Path(folder)))
    trainer = trainer_of(task, 1)
    with mock.patch("time.perf_counter", itertools.count().__next__), mock.patch.object(machine, "describe", dict):
        for _ in itertools.islice(trainer.run(), STEPS):
            pass
        recorder = Recorder(RunDirectory(Path("tiny")), task, trainer, resolved_config(task, 1))
        return trainer, b"".join(recorder._encoded())


def trainer() -> Trainer:
    """The trainer, to be put where a checkpoint says."""
    return _trained()[0]


def encoded() -> bytes:
    """The whole checkpoint."""
    return _trained()[1]


@functools.cache
def tensors() -> dict[str, Array]:
    """Its tensors."""
    return _unpacked()[0]


@functools.cache
def state() -> bytes:
    """Its state, as the JSON text in its metadata."""
    return _unpacked()[1]


def _unpacked() -> tuple[dict[str, Array], bytes]:
    from safetensors import safe_open

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.safetensors"
        path.write_bytes(encoded())
        with safe_open(path, framework="numpy") as file:
            return dict(checkpoint.read(path).tensors), file.metadata()["nnfs"].encode()
