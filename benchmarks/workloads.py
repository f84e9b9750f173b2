"""Workloads: the networks that everyone trains, as facts that every contender can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Workload:
    """One network on one data set.

    Attributes:
        letter: its row in the table.
        title: what it is.
        layers: as in a configuration.
        batch: examples of a step.
        steps: of one measurement; some seconds, so that the first steps, which touch all memory first, weigh little.
        data: "mnist", "digits", or "random-32" for 32 x 32 x 3 noise in ten classes.
    """

    letter: str
    title: str
    layers: tuple[Any, ...]
    batch: int
    steps: int
    data: str = "mnist"


def dense(*units: int) -> tuple[Any, ...]:
    """Dense layers with ReLUs between them."""
    layers: list[Any] = ["flatten"]
    for width in units:
        layers += [{"type": "dense", "units": width}, "relu"]
    return tuple(layers[:-1])


def conv(filters: int, size: int, padding: Any = 0) -> tuple[Any, ...]:
    """A convolution and its ReLU."""
    return ({"type": "conv2d", "filters": filters, "kernel_size": size, "padding": padding}, "relu")


WORKLOADS = (
    Workload("A", "784-200-100-50-10, batch 32", dense(200, 100, 50, 10), 32, 4000),
    Workload("B", "784-128-10, batch 128", dense(128, 10), 128, 4000),
    Workload("C", "784-512-512-10, batch 128", dense(512, 512, 10), 128, 800),
    Workload(
        "D",
        "conv5x5(8)-pool-conv5x5(16)-pool-128-10, batch 64",
        (*conv(8, 5), "max_pool2d", *conv(16, 5), "max_pool2d", *dense(128, 10)),
        64,
        800,
    ),
    Workload(
        "E",
        "conv3x3(32)-conv3x3(64)-pool-128-10, batch 64",
        (*conv(32, 3), *conv(64, 3), "max_pool2d", *dense(128, 10)),
        64,
        200,
    ),
    Workload(
        "F",
        "32x32x3: conv3x3(32)-pool-conv3x3(64)-pool-128-10, padding 1, batch 64",
        (*conv(32, 3, 1), "max_pool2d", *conv(64, 3, 1), "max_pool2d", *dense(128, 10)),
        64,
        200,
        "random-32",
    ),
    Workload("G", "digits: 64-128-10, batch 32", dense(128, 10), 32, 8000, "digits"),
)


def by_letter(letter: str) -> Workload:
    """The workload of a row."""
    return next(workload for workload in WORKLOADS if workload.letter == letter)
