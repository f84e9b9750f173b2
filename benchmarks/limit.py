"""Limit: the time that the matrix products alone would take, at the rate that this machine reaches on large ones."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from benchmarks.workloads import Workload

SHAPES = {"mnist": (1, 28, 28), "digits": (1, 8, 8), "random-32": (3, 32, 32)}
SIZE = 1024


def matrix_rate() -> float:
    """Multiply-adds per second of one BLAS thread, float32, measured in a process of its own."""
    environment = {**os.environ, **{f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}}
    done = subprocess.run([sys.executable, __file__], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def measured_rate() -> float:
    """The best of several products of 1024 x 1024 matrices, with the threads that this process has."""
    a, b = np.random.default_rng(0).normal(size=(2, SIZE, SIZE)).astype(np.float32)
    out, best = np.empty_like(a), float("inf")
    for _ in range(20):
        began = time.perf_counter()
        np.matmul(a, b, out=out)
        best = min(best, time.perf_counter() - began)
    return SIZE**3 / best


def multiply_adds(workload: Workload) -> int:
    """Multiply-adds of a whole training step for one example: forward, weights, and inputs but for the first layer."""
    from nnfs_cli.nn.network import Network, multiply_adds
    from nnfs_cli.registry import LAYERS

    described = [{"type": layer} if isinstance(layer, str) else layer for layer in workload.layers]
    layers = [LAYERS[layer["type"]](**{k: v for k, v in layer.items() if k != "type"}) for layer in described]
    forward = multiply_adds(Network(layers, SHAPES[workload.data]))
    first = next(cost for cost in forward if cost)
    return 3 * sum(forward) - first


def share_of_limit(workload: Workload, samples_per_second: float, rate: float, cores: int) -> float:
    """The part of the time of a step that the matrix products would take at the measured rate on all cores."""
    return samples_per_second * multiply_adds(workload) / (rate * cores)


if __name__ == "__main__":
    print(measured_rate())
