"""Serve: the life of a contender's process. It trains when told to, and answers with samples per second.

Runs under any Python that has the contender's library, so it imports nothing of this program.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import resource
import sys
from collections.abc import Callable
from typing import Any

import numpy as np


def serve(prepare: Callable[[dict[str, Any], int], Callable[[int], float]], describe: Callable[[], str]) -> None:
    """Prepare the workload in the first argument, then train for as many steps as each line of input says."""
    workload, threads = json.loads(sys.argv[1]), int(sys.argv[2])
    train = prepare(workload, threads)
    reply({"description": f"{describe()}, Python {platform.python_version()}"})
    for line in sys.stdin:
        rate = train(int(line))
        reply({"samples_per_second": rate, "peak_mib": peak_mib()})


def peak_mib() -> float:
    """The most memory that this process has had, without those that it has started."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def reply(message: dict[str, Any]) -> None:
    """One line of JSON to the runner."""
    print(json.dumps(message), flush=True)


def examples(workload: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The training examples: x (N, channels, height, width) float32, standardized as this program does; y (N,)."""
    if workload["data"] == "mnist":
        x, y = mnist()
    elif workload["data"] == "digits":
        x, y = digits()
    else:
        rng = np.random.default_rng(0)
        x, y = rng.integers(0, 256, (10_000, 3, 32, 32)), rng.integers(0, 10, 10_000)
    x = x.astype(np.float32)
    return (x - x.mean()) / x.std(), y.astype(np.int64)


def mnist() -> tuple[np.ndarray, np.ndarray]:
    """The training split of MNIST in the data directory."""
    folder = os.path.join(os.environ.get("NNFS_DATA_DIR", "data"), "mnist")
    images, labels = (read_idx(os.path.join(folder, f"train-{name}-ubyte")) for name in ("images-idx3", "labels-idx1"))
    return images[:, None], labels


def digits() -> tuple[np.ndarray, np.ndarray]:
    """The training split of the embedded digits."""
    here = os.path.dirname(os.path.abspath(__file__))
    with gzip.open(os.path.join(here, "..", "..", "data", "digits.csv.gz"), "rt") as file:
        table = np.loadtxt(file, delimiter=",")[:-360]
    return table[:, :64].reshape(-1, 1, 8, 8), table[:, 64]


def read_idx(path: str) -> np.ndarray:
    """An IDX file, gzipped or not."""
    if os.path.exists(path):
        with open(path, "rb") as file:
            data = file.read()
    else:
        with gzip.open(f"{path}.gz") as file:
            data = file.read()
    axes = data[3]
    shape = [int.from_bytes(data[4 + 4 * axis : 8 + 4 * axis], "big") for axis in range(axes)]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)
