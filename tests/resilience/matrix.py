"""Matrix: all kinds of trainings, made from the registry, and all ways to interrupt them."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from nnfs_cli.parameters import AUTO
from nnfs_cli.registry import OPTIMIZERS, SCHEDULERS, parameters
from nnfs_cli.saved.description import make
from tests.effort import EFFORT
from tests.sessions.trainings import DROPOUT, EARLY

LR = 0.05
SHORT: dict[str, dict[str, Any]] = {
    "step": {"step_size": 1},
    "cyclical": {"step_size": 0.7, "gamma": 0.9, "momentum": [0.5, 0.8]},
    "plateau": {"factor": 0.5, "patience": 0, "threshold": 0.3},
    "sequential": {
        "milestones": [0.4],
        "schedulers": [{"type": "polynomial", "max_lr": LR, "warmup": 0.5}, {"type": "one_cycle", "max_lr": LR}],
    },
}
"""What lets a scheduler move within three epochs, where its defaults do not."""
FLAT = ["flatten", {"type": "dense", "units": 3}]
ONE_CYCLE = {"type": "one_cycle", "max_lr": LR}


class Kind(NamedTuple):
    """A kind of training: what differs from `CONFIG`, and how many steps its epochs have."""

    sections: dict[str, Any]
    overrides: tuple[str, ...] = ()
    steps: int = 5


class Interruption(NamedTuple):
    """How a process ends: it is asked to stop, or dies by itself, in or after a step.

    Attributes:
        how: "stops", "dies", or "dies later": when the epoch that the step ended has been measured and saved.
        epoch: epochs completed before.
        step: of the epoch that is under way, from 1; 0 is the one before, -1 the last of the training.
    """

    how: str
    epoch: int
    step: int


def optimizers() -> Iterator[dict[str, Any]]:
    """Every optimizer at its defaults, then with all on that is off or 0 by default."""
    for name in OPTIMIZERS:
        defaults = {key: parameter.default for key, parameter in parameters(OPTIMIZERS[name]).items()}
        plain = {"type": name, "lr": LR}
        yield plain
        yield plain | {key: True if default is False else 0.1 for key, default in defaults.items() if default == 0}


def schedulers() -> Iterator[dict[str, Any]]:
    """Every scheduler at its defaults, then with each word and switch of its keys that is not the default."""
    for name in SCHEDULERS:
        keys = parameters(SCHEDULERS[name])
        given = {**({"max_lr": LR} if "max_lr" in keys else {}), **SHORT.get(name, {})}
        yield {"type": name, **given}
        default = make(SCHEDULERS, {"type": name, **given})
        for key, parameter in keys.items():
            for word in _words(parameter.annotation):
                if word not in (getattr(default, key), AUTO):
                    yield {"type": name, **given, key: word}


def _words(hint: Any) -> tuple[Any, ...]:
    """The words that a key may be, and `True` for a switch."""
    if typing.get_origin(hint) is Literal:
        return typing.get_args(hint)
    return (True,) if hint is bool else tuple(word for part in typing.get_args(hint) for word in _words(part))


def images() -> dict[str, np.ndarray]:
    """Little pictures of three kinds: a bright row each, in noise."""
    y = np.arange(42) % 3
    x = np.random.default_rng(1).integers(0, 100, (42, 1, 4, 4))
    x[np.arange(42), 0, y] += 150
    return {"x": x.astype(np.uint8), "y": y}


def _label(section: dict[str, Any]) -> str:
    return " ".join(str(value) if key == "type" else f"{key}={value}" for key, value in section.items())


PAIRS = {
    f"{_label(optimizer)}, {_label(scheduler)}": Kind({"optimizer": optimizer, "scheduler": scheduler})
    for optimizer in optimizers()
    for scheduler in schedulers()
}
SHIFTED = {
    "dataset": {"type": "npz", "train": "images.npz", "augment": ["shift"]},
    "model": {"layers": ["flatten", *DROPOUT]},
}
BLOCKS = [
    {"type": "residual", "layers": DROPOUT[:-1], "shortcut": [{"type": "dense", "units": 8}]},
    {"type": "residual", "layers": [{"type": "residual", "layers": ["relu", {"type": "dropout", "rate": 0.2}]}]},
    {"type": "dense", "units": 3},
]
NORMED = [{"type": "dense", "units": 8}, "batch_norm", "relu", {"type": "dense", "units": 3}]
SLOW = {"lr_factor": "inverse_sqrt_fan_in", "bias_lr_factor": 0.1, "bias_init": "standard_normal"}
REALMLP = {
    "dataset": {"type": "npz", "train": "flowers.npz", "standardize": "robust"},
    "model": {
        "layers": [
            *({"type": "scale", "lr_factor": 6}, {"type": "dense", "units": 8, **SLOW}, "selu"),
            *({"type": "dense", "units": 8, **SLOW}, "mish", {"type": "dense", "units": 3, "init": "zeros"}),
        ]
    },
    "optimizer": {"type": "adam", "beta2": 0.95},
    "scheduler": {"type": "coslog4", "max_lr": LR},
}
PATIENT = ("training.epochs=20", EARLY)
CLIPPED = ("training.gradient_clip_norm=0.1",)
AVERAGED = ("training.ema={decay: 0.5}",)
HALVED = ("training.batch_size=4", "training.accumulate=2")
FEATURES = {
    "plain": Kind({}),
    "dropout": Kind({"model": {"layers": DROPOUT}}),
    "random shift": Kind({**SHIFTED, "model": {"layers": FLAT}}),
    "blocks": Kind({"model": {"layers": BLOCKS}}),
    "frozen layers": Kind({"model": {"layers": NORMED, "freeze": [0, 1]}}),
    "rates of its own for each layer": Kind(REALMLP, ("training.monitor=val_accuracy", "training.ties=last")),
    "early stopping": Kind({}, PATIENT),
    "a rate that follows another monitor": Kind(
        {"scheduler": {"type": "plateau", "max_lr": LR, "factor": 0.5, "patience": 0, "cooldown": 1, "warmup": 0.3}},
        ("training.monitor=val_accuracy", "training.epochs=6"),
    ),
    "a rate that is found first": Kind({"scheduler": {"type": "one_cycle", "max_lr": "auto"}, "optimizer": "adam"}),
    "gradient clipping": Kind({}, CLIPPED),
    "a moving average": Kind({"model": {"layers": NORMED}}, AVERAGED),
    "steps of several batches": Kind({"model": {"layers": NORMED}}, (*AVERAGED, *HALVED)),
    "batches that are all full": Kind({}, ("training.drop_last=true",), steps=4),
    "another monitor, no shuffling": Kind({}, ("training.monitor=train_accuracy", "training.shuffle=false")),
    "all of it": Kind({**SHIFTED, "optimizer": "adam", "scheduler": ONE_CYCLE}, (*PATIENT, *CLIPPED, *AVERAGED)),
}
WITHIN, MEASURED = Interruption("stops", 1, 2), Interruption("dies later", 1, 0)
INTERRUPTIONS = {
    "stopped in the first step": (Interruption("stops", 0, 1),),
    "stopped within an epoch": (WITHIN,),
    "stopped in the last step of an epoch": (Interruption("stops", 1, 0),),
    "stopped in the last step": (Interruption("stops", 0, -1),),
    "killed before the first step": (Interruption("dies", 0, 0),),
    "killed within an epoch": (Interruption("dies", 1, 2),),
    "killed before an epoch is measured": (Interruption("dies", 1, 0),),
    "killed at the end of an epoch": (MEASURED,),
    "killed in the last step": (Interruption("dies", 0, -1),),
    "interrupted three times": (Interruption("stops", 0, 3), Interruption("dies", 1, 2), Interruption("stops", 2, 1)),
}
FEW = ("stopped within an epoch", "killed at the end of an epoch", "interrupted three times")


def _cases() -> Iterator[tuple[str, str, int]]:
    """Names of a kind and of an interruption, and a number of workers; with more effort all there are.

    Without it, one pair of optimizer and scheduler in three is interrupted three times.
    """
    for number, kind in enumerate(PAIRS):
        few = FEW if number % 3 == 0 else FEW[:2]
        yield from ((kind, interruption, 1) for interruption in (few if EFFORT == 1 else INTERRUPTIONS))
    for kind in FEATURES:
        yield from ((kind, interruption, 1) for interruption in INTERRUPTIONS)
    for kind in FEATURES if EFFORT == 1 else KINDS:
        yield from ((kind, interruption, 2) for interruption in (FEW if EFFORT == 1 else INTERRUPTIONS))


KINDS = {**PAIRS, **FEATURES}
CASES = tuple(_cases())
