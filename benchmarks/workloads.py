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


def normed(filters: int, size: int = 3, **keys: Any) -> tuple[Any, ...]:
    """A convolution that keeps the size of the image, its batch norm and its ReLU."""
    own = {"filters": filters, "kernel_size": size, "padding": size // 2, "bias": False, **keys}
    return ({"type": "conv2d", **own}, "batch_norm", "relu")


def normed_dense(*units: int) -> tuple[Any, ...]:
    """Dense layers with batch norm and ReLU, but for the last one."""
    *hidden, last = units
    blocks = [({"type": "dense", "units": width}, "batch_norm", "relu") for width in hidden]
    return ("flatten", *(layer for block in blocks for layer in block), {"type": "dense", "units": last})


def residual(filters: int) -> dict[str, Any]:
    """Two convolutions and a shortcut around them."""
    return {"type": "residual", "layers": [*normed(filters), *normed(filters)]}


def separable(channels: int, filters: int, stride: int = 1) -> tuple[Any, ...]:
    """A convolution of each channel by itself, and one of 1 x 1 that mixes them. Howard et al. 2017."""
    return (*normed(channels, groups=channels, stride=stride), *normed(filters, 1))


SCORES = ("global_avg_pool2d", {"type": "dense", "units": 10})
RESNET = (
    *(*normed(32), *normed(64), "max_pool2d", residual(64)),
    *(*normed(128), "max_pool2d", *normed(256), "max_pool2d", residual(256), *SCORES),
)
SEPARABLE = (
    *(*normed(32), *separable(32, 64), *separable(64, 128, 2)),
    *(*separable(128, 128), *separable(128, 256, 2), *SCORES),
)
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
    Workload("H", "784-1024-1024-1024-10, batch norm, batch 512", normed_dense(1024, 1024, 1024, 10), 512, 150),
    Workload("I", "32x32x3: a ResNet of 9 layers, 32 to 256 channels, batch 128", RESNET, 128, 30, "random-32"),
    Workload("J", "32x32x3: depthwise separable, 32 to 256 channels, batch 128", SEPARABLE, 128, 30, "random-32"),
)


def by_letter(letter: str) -> Workload:
    """The workload of a row."""
    return next(workload for workload in WORKLOADS if workload.letter == letter)
