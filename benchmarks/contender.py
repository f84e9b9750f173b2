"""Contender: a process that trains when it is told to."""

from __future__ import annotations

import dataclasses
import functools
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.environment import openblas_variables, without_openblas_variables
from benchmarks.footprint import Watch
from benchmarks.plan import Plan
from benchmarks.workloads import Workload

FOLDER = Path(__file__).parent / "contenders"
PEERS = {
    "torch eager": "torch_eager.py",
    "torch.compile": "torch_compile.py",
    "JAX": "jax_scan.py",
    "scikit-learn": "sklearn_mlp.py",
}
NEEDS = {"torch eager": "torch", "torch.compile": "torch", "JAX": "jax", "scikit-learn": "sklearn"}
DENSE = {"flatten", "dense", "relu"}
KNOWS = {"scikit-learn": DENSE, "JAX": DENSE | {"conv2d", "max_pool2d"}}
"""Types of layers that a peer has, where it does not have all."""


@dataclass
class Contender:
    """One program on one workload.

    Attributes:
        name: as in the table.
        process: waits for a number of steps on its input.
        description: library, version, threads or workers.
        rates: samples per second of every round.
        peak_mib: the most memory that it has had, its workers included (these are looked at during the warm-up).
    """

    name: str
    process: subprocess.Popen[str]
    description: str
    rates: list[float] = field(default_factory=list)
    peak_mib: float = 0.0

    def warm_up(self, steps: int) -> None:
        """Train once, watched: looking at the memory of all its processes takes time, which must not count."""
        with Watch(self.process.pid) as watch:
            self._train(steps)
        self.peak_mib = max(self.peak_mib, watch.peak_mib)

    def measure(self, steps: int) -> None:
        """Train once more and note the samples per second."""
        self.rates.append(self._train(steps))

    def _train(self, steps: int) -> float:
        print(steps, file=self.process.stdin, flush=True)
        answer = _answer(self.process)
        self.peak_mib = max(self.peak_mib, answer["peak_mib"])
        return answer["samples_per_second"]

    def stop(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


def start_all(workload: Workload, plan: Plan) -> Iterator[Contender]:
    """This program with all workers and with one, and with the OPENBLAS variables as they are set; then its peers."""
    clean = without_openblas_variables()
    for workers in plan.worker_counts:
        yield _start(f"nnfs, workers: {workers}", "nnfs.py", workload, sys.executable, workers, clean)
    if variables := openblas_variables():
        name = f"nnfs, workers: {plan.workers}, {' '.join(f'{key}={value}' for key, value in variables.items())}"
        yield _start(name, "nnfs.py", workload, sys.executable, plan.workers, {**clean, **variables})
    for peer in plan.peers:
        if _has(plan.peer_python, NEEDS[peer]) and _types(workload) <= KNOWS.get(peer, _types(workload)):
            yield _start(peer, PEERS[peer], workload, plan.peer_python, plan.workers, clean)


def _start(
    name: str, script: str, workload: Workload, python: str, threads: int, environment: dict[str, str]
) -> Contender:
    arguments = [python, str(FOLDER / script), json.dumps(dataclasses.asdict(workload)), str(threads)]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    return Contender(name, process, _answer(process)["description"])


def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    line = process.stdout.readline()
    if not line:
        sys.exit(f"{process.args[1]} ended with exit code {process.wait()}")
    return json.loads(line)


@functools.cache
def _has(python: str, module: str) -> bool:
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def _types(workload: Workload) -> set[str]:
    return {layer if isinstance(layer, str) else layer["type"] for layer in workload.layers}
