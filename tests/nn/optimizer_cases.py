"""Variants of the optimizers, each with what PyTorch makes of the same problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.registry import OPTIMIZERS
from tests.nn import textbook

TEXTBOOK = {
    "sgd": textbook.sgd,
    "adam": textbook.adam,
    "adamw": textbook.adamw,
    "rmsprop": textbook.rmsprop,
    "adagrad": textbook.adagrad,
    "lamb": textbook.lamb,
    "lion": textbook.lion,
}
START = [1.0, -2.0, 3.0, 0.5]


def bowl(w: np.ndarray, step: int) -> np.ndarray:
    """The gradient of a parabola with another curvature along each of four axes."""
    return np.array([1.0, 2.0, 0.5, 10.0]) * (w - np.array([0.5, 1.0, -1.0, 2.0]))


def stay(step: int) -> dict[str, float]:
    """No hyper-parameter moves."""
    return {}


def move(step: int) -> dict[str, float]:
    """Rate and momentum move against each other, as in a one-cycle."""
    return {"lr": 0.01 + 0.005 * step, "momentum": 0.95 - 0.01 * step}


@dataclass(frozen=True)
class Variant:
    """An optimizer and its hyper-parameters.

    Attributes:
        torch: the four parameters of `bowl` after ten steps from `START`, run in PyTorch 2.13, lion and lamb in optax
            0.2.8, in float64.
    """

    type_name: str
    torch: list[float]
    arguments: dict[str, Any] = field(default_factory=dict)
    moves: Callable[[int], dict[str, float]] = stay

    def make(self) -> Optimizer:
        """The optimizer, not yet allocated."""
        return OPTIMIZERS[self.type_name](lr=0.05, **self.arguments)

    def textbook(
        self, w: np.ndarray, gradient: textbook.Gradient, steps: int, factors: np.ndarray | float = 1.0
    ) -> np.ndarray:
        """What the textbook makes of it, with a factor of the rate for each parameter."""

        def moves(step: int) -> dict[str, Any]:
            return {**self.moves(step), "lr": self.moves(step).get("lr", 0.05) * factors}

        return TEXTBOOK[self.type_name](w, gradient, steps, moves, lr=0.05, **self.arguments)


VARIANTS = {
    "sgd": Variant("sgd", [0.7993684696, -0.0460353203, 2.1053184834, 1.9985351562]),
    "momentum": Variant("sgd", [0.3445385447, 2.7663681664, -0.310624524, 1.868412848], {"momentum": 0.9}),
    "nesterov": Variant(
        "sgd", [0.3690037733, 2.0397345149, -0.4603889865, 2.024447689], {"momentum": 0.9, "nesterov": True}
    ),
    "sgd decay": Variant("sgd", [0.7643420568, -0.021268778, 1.9934591531, 1.9788907302], {"weight_decay": 0.1}),
    "nesterov decay": Variant(
        "sgd",
        [0.289277348, 1.926287651, -0.7369984114, 2.0046905294],
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    ),
    "momentum moving": Variant(
        "sgd",
        [0.3105111151, 3.2125489526, -0.063960034, 0.6009856793],
        {"momentum": 0.9, "weight_decay": 0.1},
        move,
    ),
    "nesterov moving": Variant(
        "sgd", [0.4211125093, 2.6070765823, 0.1692779198, 1.7859498687], {"momentum": 0.9, "nesterov": True}, move
    ),
    "adam": Variant("adam", [0.5381245853, -1.5030800088, 2.5022311252, 0.9929057957]),
    "adam of other constants": Variant(
        "adam",
        [0.6311746244, -1.5140816354, 2.52825251, 0.9838674941],
        {"beta1": 0.8, "beta2": 0.99, "eps": 0.1},
    ),
    "adam decay": Variant("adam", [0.5325136751, -1.5031367345, 2.5023386746, 0.9927833467], {"weight_decay": 0.1}),
    "adamw": Variant(
        "adam", [0.506517068, -1.4170206699, 2.3673454938, 0.9580034115], {"weight_decay": 0.1, "decoupled": True}
    ),
    "adam moving": Variant(
        "adam", [0.7449559774, -1.7351329228, 2.734705724, 0.762929116], {"weight_decay": 0.1}, move
    ),
    "adamw moving": Variant(
        "adam",
        [0.7198496999, -1.6753038674, 2.6428623842, 0.7433962464],
        {"weight_decay": 0.1, "decoupled": True},
        move,
    ),
    "adamw by name": Variant("adamw", [0.5348563315, -1.494287914, 2.488456375, 0.9893544098]),
    "adamw of other constants": Variant(
        "adamw",
        [0.5981783867, -1.428364522, 2.393519006, 0.9495092015],
        {"beta1": 0.8, "beta2": 0.99, "eps": 0.1, "weight_decay": 0.1},
    ),
    "rmsprop": Variant("rmsprop", [0.5, 0.02342411401, 0.8314884439, 1.926749157]),
    "rmsprop of other constants": Variant(
        "rmsprop",
        [0.3728625176, 0.4770067047, 0.5266314022, 2.368628608],
        {"alpha": 0.9, "eps": 0.1, "weight_decay": 0.1, "momentum": 0.8},
    ),
    "rmsprop centered": Variant(
        "rmsprop",
        [0.5133544684, -0.2495513799, 1.166106761, 1.874170655],
        {"alpha": 0.9, "centered": True, "momentum": 0.5},
    ),
    "rmsprop moving": Variant(
        "rmsprop",
        [0.9985648544, 3.448020525, -3.237644356, 3.331222963],
        {"momentum": 0.9, "weight_decay": 0.1},
        move,
    ),
    "adagrad": Variant("adagrad", [0.7768656002, -1.753092979, 2.752038403, 0.7425613927]),
    "adagrad moving": Variant("adagrad", [0.8719827292, -1.864069771, 2.863688552, 0.6343910379], moves=move),
    "lamb": Variant("lamb", [0.3321906257, -1.140556708, 2.137527007, 1.343187012]),
    "lamb of other constants": Variant(
        "lamb",
        [0.3865266423, -1.120405453, 2.043128667, 1.182405794],
        {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.1},
    ),
    "lion": Variant("lion", [0.5, -1.5, 2.5, 1.0]),
    "lion decay": Variant(
        "lion",
        [0.4622114351, -1.413321566, 2.364431696, 0.9644537606],
        {"beta1": 0.8, "beta2": 0.95, "weight_decay": 0.1},
    ),
}
