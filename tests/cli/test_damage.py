"""A checkpoint that is damaged, or none at all: exit code 4 and a message of its own, for every command."""

from __future__ import annotations

from pathlib import Path

import pytest

BEST = Path("runs/tiny/checkpoints/best.safetensors")


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


DAMAGES = {
    "a flipped bit": (flipped, "is damaged: its bytes do not match the SHA-256 that was stored with them."),
    "truncated": (lambda data: data[:-100], "is not a whole safetensors file"),
    "truncated in its header": (lambda data: data[:100], "is not a whole safetensors file"),
    "a few bytes": (lambda data: data[:5], "it has 5 bytes"),
    "empty": (lambda data: b"", "it is empty"),
    "a text": (lambda data: b"not a checkpoint at all", "it is no safetensors file"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named(nnfs, runs, damage):
    change, words = DAMAGES[damage]
    BEST.write_bytes(change(BEST.read_bytes()))
    done = nnfs("evaluate", BEST)
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith(f"{BEST}: ")
    assert words in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [
        ("evaluate", "tiny"),
        ("predict", "tiny", "x.npy"),
        ("train", "tiny.yaml", "--init-from", "tiny", "--name", "new"),
        ("train", "--resume", "tiny"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_every_command_refuses_it_and_leaves_it_as_it_was(nnfs, runs, command):
    for path in BEST.parent.iterdir():
        path.write_bytes(flipped(path.read_bytes()))
    before = {path: path.read_bytes() for path in Path("runs/tiny").rglob("*") if path.is_file()}
    done = nnfs(*command)
    assert (done.code, done.out) == (4, "")
    assert "is damaged" in done.err
    assert {path: path.read_bytes() for path in Path("runs/tiny").rglob("*") if path.is_file()} == before
    assert not Path("runs/new").exists()


def test_a_run_without_a_checkpoint(nnfs, runs):
    for path in BEST.parent.iterdir():
        path.unlink()
    assert nnfs("evaluate", "tiny").err == "runs/tiny: has no checkpoint. Run nnfs train --resume runs/tiny first.\n"
    assert nnfs("train", "--resume", "tiny").code == 4


def test_another_program_wrote_it(nnfs):
    import numpy as np
    from safetensors.numpy import save_file

    save_file({"weight": np.zeros(3)}, "foreign.safetensors")
    done = nnfs("evaluate", "foreign.safetensors")
    assert (done.code, done.out) == (4, "")
    assert "nnfs did not write it" in done.err
