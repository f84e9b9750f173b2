"""Plan: what is to be measured, and how often."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


class Skipped(Exception):
    """Something cannot be measured here; says why."""


@dataclass(frozen=True)
class Plan:
    """What all sections want to know.

    Attributes:
        rounds: measurements of everything, in turns.
        workers: processes of this program, threads of its peers.
        rows: letters of the rows to measure.
        peers: names of those to compare with.
        peer_python: the Python that has their libraries.
    """

    rounds: int
    workers: int
    rows: str
    peers: tuple[str, ...]
    peer_python: str

    @property
    def worker_counts(self) -> tuple[int, ...]:
        """All workers, then one alone."""
        return tuple(dict.fromkeys((self.workers, 1)))


def need_mnist() -> None:
    """See that MNIST is on disk.

    Raises:
        Skipped: it is not.
    """
    folder = Path(os.environ.get("NNFS_DATA_DIR", "data")) / "mnist"
    if not any(folder.glob("train-images-idx3-ubyte*")):
        raise Skipped(f"MNIST is not in {folder}. Set NNFS_DATA_DIR, or run: nnfs train configs/mnist_fast.yaml")
