"""Commands: the program as people start it, from the shell."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.environment import without_openblas_variables

CONFIGS = Path(__file__).parents[1] / "configs"


class Done(NamedTuple):
    """A command that has ended: seconds from start to end, and what it wrote to standard output."""

    seconds: float
    output: str


def program() -> str:
    """The `nnfs` of this Python."""
    found = shutil.which("nnfs", path=str(Path(sys.executable).parent))
    return found or sys.exit(f"nnfs is not installed beside {sys.executable}. Run: pip install --editable .")


def nnfs(*arguments: object) -> Done:
    """Run a command to its end; one that fails ends the benchmarks with what it said."""
    command = [program(), *map(str, arguments)]
    began = time.perf_counter()
    done = subprocess.run(command, env=without_openblas_variables(), capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with exit code {done.returncode}\n{done.stderr}")
    return Done(seconds, done.stdout)


def train(config: str, runs_dir: Path, *options: object) -> tuple[float, dict[str, Any]]:
    """Train a file of configs/ on the data that it names; the seconds from start to end, and its summary.json."""
    done = nnfs("train", CONFIGS / config, "--quiet", "--json", "--runs-dir", runs_dir, *options)
    run = Path(json.loads(done.output)["run"])
    return done.seconds, {"run": run, **json.loads((run / "summary.json").read_text())}


def settings(**values: object) -> list[str]:
    """Options that override keys; a double underscore stands for a dot: training__epochs=1."""
    return [part for key, value in values.items() for part in ("--set", f"{key.replace('__', '.')}={value}")]
