"""Every parameter that takes numbers, and the numbers that it is tried with."""

from __future__ import annotations

import math
import typing
from collections.abc import Iterator
from typing import Any

from nnfs_cli.config.settings import DataSettings, EarlyStopping, EverySteps, Training
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.schedulers.cosine import Cosine
from nnfs_cli.parameters import Means
from nnfs_cli.registry import LAYERS, LOSSES, OPTIMIZERS, SCHEDULERS, SOURCES, parameters

VALUES = (0, -1, 1e308, 1e-308, 2**31, 2**63, 2**64, math.nan, math.inf, -0.0, True, 10**9, 1e30, 1e-30, 2**63 - 1)
RECORDS = (Training, DataSettings, EarlyStopping, EverySteps)
NEEDED = {
    "conv2d": {"filters": 2, "kernel_size": 2},
    "conv1d": {"filters": 2, "kernel_size": 2},
    "group_norm": {"groups": 1},
    "spatial_dropout": {"rate": 0.5},
    "reshape": {"shape": (4,)},
    "dense": {"units": 4},
    "dropout": {"rate": 0.5},
    "cosine": {"max_lr": 0.1},
    "one_cycle": {"max_lr": 0.1},
    "step": {"max_lr": 0.1},
    "cosine_restarts": {"max_lr": 0.1},
    "cyclical": {"max_lr": 0.1},
    "plateau": {"max_lr": 0.1},
    "polynomial": {"max_lr": 0.1},
    "sequential": {"schedulers": (Cosine(0.1), Cosine(0.1)), "milestones": (0.5,)},
    "images": {"train": "pictures", "size": 8},
    "csv": {"train": "t.csv", "target": "y", "test": 0.25},
    "npz": {"train": "flowers.npz"},
    "Training": {"epochs": 1},
    "EverySteps": {"steps": 1},
}


def leaves(annotation: Any) -> set[Any]:
    """The types that an annotation admits, by themselves or in a list; words and notes left out."""
    if typing.get_origin(annotation) is typing.Literal:
        return set()
    members = [member for member in typing.get_args(annotation) if not isinstance(member, Means)]
    return set().union(*map(leaves, members)) if members else {annotation} & {int, float}


def is_number(annotation: Any) -> bool:
    """Whether an annotation admits numbers."""
    return bool(leaves(annotation))


def name_of(thing: Any) -> str:
    """What a test calls a class, a registry or a parameter."""
    return getattr(thing, "__name__", getattr(thing, "kind", thing))


def numeric(cls: type) -> list[str]:
    return [name for name, parameter in parameters(cls).items() if is_number(parameter.annotation)]


def every_class() -> Iterator[tuple[Any, type]]:
    for registry in (LAYERS, LOSSES, OPTIMIZERS, SCHEDULERS, SOURCES):
        for name in registry:
            yield registry, registry[name]


CHOICES = [(r, cls, name) for r, cls in every_class() for name in numeric(cls)]
FIELDS = [(record, name) for record in RECORDS for name in numeric(record)]


def beside(cls: type, name: str) -> dict[str, Any]:
    """The arguments that a constructor needs beside one of this name; no smallest rate is above the largest."""
    needed = NEEDED.get(getattr(cls, "type_name", cls.__name__), {})
    return {**needed, "max_lr": 1e30} if name in ("min_lr", "base_lr") else needed


def outcome(cls: type, name: str, value: Any) -> str:
    """What a constructor says: nothing, or the one line of its refusal."""
    try:
        cls(**{**beside(cls, name), name: value})
    except ConfigError as error:
        (line,) = error.problems
        return line
    return ""
