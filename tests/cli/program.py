"""The program as its users meet it: in this process for speed, in one of its own where that makes a difference."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LONG = 300
"""Seconds after which a program hangs, also on a machine that has a lot else to do."""
MAIN = "from nnfs_cli.cli.start import main; main()"
QUICK = f"""
import sys, types
names = "curves", "confusion", "lr_curve", "ranking", "calibration", "values", "mistakes", "Best"
sys.modules["nnfs_cli.plots"] = types.SimpleNamespace(**dict.fromkeys(names, lambda *_: b"picture"))
{MAIN}
"""
"""The program, and not the time that it takes to import what draws pictures, and to draw them."""

TINY = """\
seed: 0

dataset: {type: digits, limit: 200}

model:
  layers:
    - flatten
    - {type: dense, units: 16}
    - relu
    - {type: dense, units: 10}

loss: cross_entropy
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 2}
"""
"""180 examples to train and 20 to validate: 6 steps an epoch."""

TABLE = """\
dataset: {type: csv, train: table.csv, target: TARGET, test: 0.25, validation: 0.25}
model: {layers: [{type: dense, units: UNITS}]}
loss: LOSS
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 2, batch_size: 4}
"""
ROWS = "size,colour,price,kind\n" + "".join(
    f"{k},{('red', 'blue')[k % 2]},{k * 1.5},{('mug', 'cup')[k // 2 % 2]}\n" for k in range(24)
)


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def classification() -> str:
    """A configuration that learns two kinds of things from `ROWS`."""
    return TABLE.replace("TARGET", "kind").replace("UNITS", "2").replace("LOSS", "cross_entropy")


def regression() -> str:
    """A configuration that learns a price from `ROWS`."""
    return TABLE.replace("TARGET", "price").replace("UNITS", "1").replace("LOSS", "mse")


def hear_signals() -> None:
    """The tests themselves may run under nohup(1) or in the background of a script, where these are not heard."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def start(*arguments: str, main: str = QUICK, environment: dict[str, str] | None = None, **streams: Any) -> Any:
    """Start the program in a process of its own; both its streams are pipes unless given."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8", **streams}
    if os.name == "posix":
        pipes["preexec_fn"] = hear_signals
    return subprocess.Popen([sys.executable, "-c", main, *arguments], env=variables, **pipes)


def ended(process: subprocess.Popen, read_before: str = "") -> Done:
    """Wait for the program and for every process that it started: its streams end when nobody holds them any more."""
    out, err = process.communicate(timeout=LONG)
    assert "Traceback" not in (err or "")
    return Done(process.returncode, out or "", read_before + (err or ""))


def shell(script: str, **environment: str) -> Done:
    """Run a script of bash in which `nnfs` is the program."""
    function = f"nnfs() {{ {sys.executable} -c '{QUICK}' \"$@\"; }}\n"
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = ["bash", "-c", function + script]
    done = subprocess.run(command, env=variables, capture_output=True, encoding="utf-8", timeout=LONG)
    return Done(done.returncode, done.stdout, done.stderr)
