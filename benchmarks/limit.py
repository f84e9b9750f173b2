"""Limit: the time that the matrix products alone would take, at the rate that this machine reaches on large ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from benchmarks.environment import one_thread, openblas_variables, without_openblas_variables
from benchmarks.kernels import kernels, threads
from benchmarks.workloads import Workload
from nnfs_cli.nn.costs import multiply_adds as multiply_adds_of
from nnfs_cli.nn.layers.affine import Affine
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.nn.network import Network
from nnfs_cli.registry import LAYERS, members

SHAPES = {"mnist": (1, 28, 28), "digits": (1, 8, 8), "random-32": (3, 32, 32)}
SIZE = 1024


class Rate(NamedTuple):
    """What one process reaches: multiply-adds per second, with which kernels, on how many BLAS threads."""

    multiply_adds: float
    kernels: str
    threads: int | None


def matrix_rates() -> list[Rate]:
    """One BLAS thread, float32: with the OPENBLAS variables unset, and if any are set, with them as they are."""
    environments = [without_openblas_variables(), *([dict(os.environ)] if openblas_variables() else [])]
    return [_rate_in(environment) for environment in environments]


def _rate_in(environment: dict[str, str]) -> Rate:
    """The kernels are chosen when NumPy is loaded, so that this takes a process of its own."""
    command = [sys.executable, "-m", "benchmarks.limit"]
    done = subprocess.run(command, env=one_thread(environment), capture_output=True, text=True, check=True)
    return Rate(*json.loads(done.stdout))


def measured_rate() -> Rate:
    """The best of several products of 1024 x 1024 matrices, with the threads that this process has."""
    a, b = np.random.default_rng(0).normal(size=(2, SIZE, SIZE)).astype(np.float32)
    out, best = np.empty_like(a), float("inf")
    for _ in range(20):
        began = time.perf_counter()
        np.matmul(a, b, out=out)
        best = min(best, time.perf_counter() - began)
    return Rate(SIZE**3 / best, kernels(), threads())


def multiply_adds(workload: Workload) -> int:
    """Multiply-adds of a whole training step for one example: forward, weights, and inputs but for the first layer.

    Those of dense layers and convolutions, which are matrix products.
    """
    network = Network(_made(workload.layers), SHAPES[workload.data])
    costs = zip(network.walk(), multiply_adds_of(network), strict=True)
    forward = [cost for (_, layer), cost in costs if isinstance(layer, Affine)]
    return 3 * sum(forward) - forward[0]


def _made(layers: Sequence[Any]) -> list[Layer]:
    """The layers of a workload, those within blocks too."""
    made = []
    for layer in layers:
        keys = {"type": layer} if isinstance(layer, str) else dict(layer)
        cls = LAYERS[keys.pop("type")]
        made.append(cls(**{**keys, **{name: _made(keys[name]) for name in members(cls) if name in keys}}))
    return made


def share_of_limit(workload: Workload, samples_per_second: float, rate: float, cores: int) -> float:
    """The part of the time of a step that the matrix products would take at the measured rate on all cores."""
    return samples_per_second * multiply_adds(workload) / (rate * cores)


if __name__ == "__main__":
    print(json.dumps(measured_rate()))
