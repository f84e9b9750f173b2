"""Forged states on the command line: any value in any place, with a right digest, is an error that people can read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import checkpoint
from tests.effort import EFFORT
from tests.fuzz.trees import TreeMutator

RUN = Path("runs/tiny/checkpoints")
STATES = 30
COMMANDS = {
    "evaluate": ("evaluate", "tiny"),
    "predict": ("predict", "tiny", "x.npy"),
    "resume": ("train", "--resume", "tiny", "--set", "training.epochs=3"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_forged_state_is_no_bug(nnfs, runs, command):
    np.save("x.npy", np.zeros((1, 8, 8)))
    saved = {path: checkpoint.read(path) for path in RUN.iterdir()}
    mutator = TreeMutator([json.dumps(dict(checkpoint.read(RUN / "last.safetensors").state)).encode()], [b" "])
    for number in range(0, 2 * STATES * EFFORT, 2):
        state = json.loads(mutator.mutant(number))
        for path, whole in saved.items():
            try:
                checkpoint.write(path, whole.tensors, state)
            except MachineError:
                continue  # no reader would take it, so no writer writes it
        done = nnfs(*COMMANDS[command])
        assert done.code in (0, 2, 3, 4, 5, 6), (number, done.err)
