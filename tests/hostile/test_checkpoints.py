"""Hostile checkpoints on the command line: exit code 4, one line, and nothing that they name is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnfs_cli.runs import checkpoint
from tests.hostile import large
from tests.hostile.making.checkpoints import EMPTY, header, raw_header, tensor
from tests.listening import Heard, listened

RUN = Path("runs/tiny/checkpoints")
HEADERS: dict[str, Callable[[], bytes]] = {
    "huge shape": lambda: header({"a": tensor([2**40], 2**42)}),
    "overflowing shape": lambda: header({"a": tensor([2**32, 2**32, 4], 8)}),
    "overlapping offsets": lambda: header({"a": tensor([2], 8), "b": tensor([2], 8)}),
    "10^6 tensors": lambda: large.entries(10**6),
    "10^6 tensors in a header that may be": lambda: large.entries(60_000),
    "deep JSON": lambda: raw_header("[" * 4_000_000),
    "object dtype": lambda: header({"a": {**EMPTY, "dtype": "O"}}),
}
NAMES = {
    "os.system": {"type": "os.system"},
    "a path": {"type": "../../evil.py"},
    "a URL": {"type": "https://example.com/layer.py"},
    "10^12 units": {"type": "dense", "units": 10**12},
}
COMMANDS = {
    "evaluate": ("evaluate", "tiny"),
    "predict": ("predict", "tiny", "x.npy"),
    "train --resume": ("train", "--resume", "tiny"),
}
MEMORY = Path("/proc/meminfo")


@pytest.mark.parametrize("kind", HEADERS)
def test_hostile_header(nnfs, kind):
    """hostile header: huge or overflowing shapes, overlapping offsets, 10^6 tensors, deep JSON, object dtype"""
    Path("x.safetensors").write_bytes(HEADERS[kind]())
    done = nnfs("evaluate", "x.safetensors")
    assert (done.code, done.out, done.err.count("\n")) == (4, "", 1)
    assert done.err.startswith("x.safetensors: ")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("named", NAMES)
def test_embedded_configuration(nnfs, runs, named, command):
    """embedded configuration naming os.system, a path, a URL, 10^12 units"""
    nnfs(*COMMANDS[command])
    forge(NAMES[named])
    done, heard = _heard(nnfs, *COMMANDS[command])
    assert (done.code, done.out) == (4, "")
    assert [event for event in _outside(heard, runs) if event[0] != "os.truncate"] == [], "but the lock of the run"


@pytest.mark.parametrize("named", NAMES)
def test_embedded_configuration_is_not_looked_at_by_init_from(nnfs, runs, named):
    """embedded configuration naming os.system, a path, a URL, 10^12 units: its weights alone are taken"""
    command = ("train", "tiny.yaml", "--init-from", "tiny", "--set", "training.workers=1")
    nnfs(*command)
    forge(NAMES[named])
    done, heard = _heard(nnfs, *command)
    assert done.code == 0
    assert [event for event, _ in heard if event.startswith(("import", "exec", "socket", "os.system", "pickle"))] == []
    assert not any(word in str(event) for event in heard for word in ("evil", "example.com"))


def test_embedded_configuration_of_a_network_that_no_file_holds(nnfs, runs):
    """10^9 units: the weights are compared with what is in the file before there is memory for them"""
    forge({"type": "dense", "units": 10**9})
    done = nnfs("predict", "tiny", "x.npy")
    assert done.code == 4
    assert "mismatched  model.1.weight: the network has (1000000000, 64), the file (16, 64)" in done.err


def forge(layer: dict[str, Any]) -> None:
    """Put a layer into all that the checkpoints of the run say of themselves, with right digests."""
    for path in RUN.iterdir():
        saved = checkpoint.read(path)
        state = json.loads(json.dumps(saved.state))
        for layers in (state["network"]["layers"], state["config"]["model"]["layers"]):
            layers[1] = layer
        checkpoint.write(path, saved.tensors, state)


def _heard(nnfs: Any, *command: str) -> tuple[Any, Heard]:
    """How a command ended, and what the interpreter was asked for meanwhile."""
    ended: list[Any] = []
    raised, heard = listened(lambda: ended.append(nnfs(*command)))
    assert raised is None
    return ended[0], heard


def _outside(heard: Heard, directory: Path) -> Heard:
    """What was heard, without the files below a directory."""
    return [
        (event, arguments) for event, arguments in heard if not (event == "open" and _below(directory, arguments[0]))
    ]


def _below(directory: Path, opened: Any) -> bool:
    path = Path(str(opened)).resolve()
    return isinstance(opened, int) or path.is_relative_to(directory.resolve()) or path == MEMORY
