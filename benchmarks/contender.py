"""Contender: a process that trains when it is told to."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.workloads import Workload

FOLDER = Path(__file__).parent / "contenders"
PEERS = {
    "torch eager": "torch_eager.py",
    "torch.compile": "torch_compile.py",
    "JAX": "jax_scan.py",
    "scikit-learn": "sklearn_mlp.py",
}
NEEDS = {"torch eager": "torch", "torch.compile": "torch", "JAX": "jax", "scikit-learn": "sklearn"}


@dataclass
class Contender:
    """One program on one workload.

    Attributes:
        name: as in the table.
        process: waits for a number of steps on its input.
        description: library, version, threads or workers.
        rates: samples per second of every round.
        peak_mib: the most memory that its process has had.
    """

    name: str
    process: subprocess.Popen[str]
    description: str
    rates: list[float] = field(default_factory=list)
    peak_mib: float = 0.0

    def train(self, steps: int) -> float:
        """Train once and return samples per second."""
        print(steps, file=self.process.stdin, flush=True)
        answer = _answer(self.process)
        self.peak_mib = answer["peak_mib"]
        return answer["samples_per_second"]

    def stop(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


def start_all(workload: Workload, peers: Sequence[str], peer_python: str, cores: int) -> Iterator[Contender]:
    """This program with all cores and with one, with the OPENBLAS variables unset and as they are; then its peers."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    for workers in (cores, 1):
        yield from _start(f"nnfs, {workers} workers", "nnfs.py", workload, sys.executable, workers, clean)
    if any(name.startswith("OPENBLAS_") for name in os.environ):
        yield from _start("nnfs, OPENBLAS_* as set", "nnfs.py", workload, sys.executable, cores, dict(os.environ))
    for name in peers:
        if _has(peer_python, NEEDS[name]) and not (name == "scikit-learn" and _convolves(workload)):
            yield from _start(name, PEERS[name], workload, peer_python, cores, clean)


def _start(
    name: str, script: str, workload: Workload, python: str, threads: int, environment: dict[str, str]
) -> Iterator[Contender]:
    arguments = [python, str(FOLDER / script), json.dumps(dataclasses.asdict(workload)), str(threads)]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    yield Contender(name, process, _answer(process)["description"])


def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    line = process.stdout.readline()
    if not line:
        sys.exit(f"{process.args[1]} ended with exit code {process.wait()}")
    return json.loads(line)


def _has(python: str, module: str) -> bool:
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def _convolves(workload: Workload) -> bool:
    return any(isinstance(layer, dict) and layer["type"] == "conv2d" for layer in workload.layers)
