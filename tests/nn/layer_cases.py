"""Layers alone: the cases of the battery, and what every test of a layer needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.nn.context import Context
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.sequential import Sequential
from nnfs_cli.nn.variable import Variable
from nnfs_cli.registry import LAYERS, members

IMAGE = (2, 6, 5)
SEQUENCE = (3, 9)
TRAINING = Context(training=True, random=lambda layer: np.random.default_rng(7))


@dataclass(frozen=True)
class Case:
    """A layer as a configuration describes it, and the shape of one example."""

    config: dict[str, Any]
    input_shape: tuple[int, ...]

    def __str__(self) -> str:
        return _brief(self.config)


def _brief(value: Any) -> str:
    """The values of a configuration in a few characters, for the name of a test."""
    match value:
        case dict():
            return "-".join(map(_brief, value.values()))
        case list():
            return "[" + ",".join(map(_brief, value)) + "]"
        case _:
            return str(value).replace(" ", "")


ALONE = [
    Case({"type": "dense", "units": 4}, (5,)),
    Case({"type": "dense", "units": 1, "bias": False, "init": "glorot_normal"}, (7,)),
    Case({"type": "dense", "units": 2, "bias_init": "standard_normal", "lr_factor": "inverse_sqrt_fan_in"}, (3,)),
    Case({"type": "conv2d", "filters": 3, "kernel_size": 3}, IMAGE),
    Case({"type": "conv2d", "filters": 2, "kernel_size": 1, "stride": 2}, IMAGE),
    Case({"type": "conv2d", "filters": 2, "kernel_size": (2, 3), "stride": (2, 1), "padding": (0, 1)}, IMAGE),
    Case({"type": "conv2d", "filters": 2, "kernel_size": 4, "padding": "same", "stride": 2, "bias": False}, IMAGE),
    Case({"type": "conv2d", "filters": 2, "kernel_size": (2, 3), "dilation": (3, 2), "padding": (0, 2)}, IMAGE),
    Case({"type": "conv2d", "filters": 3, "kernel_size": 3, "dilation": 2, "stride": 2, "padding": "same"}, IMAGE),
    Case({"type": "conv2d", "filters": 3, "kernel_size": 1}, IMAGE),
    Case({"type": "conv2d", "filters": 4, "kernel_size": 1, "groups": 2, "bias": False}, (6, 3, 5)),
    Case({"type": "conv2d", "filters": 6, "kernel_size": 3, "groups": 2, "padding": 1}, (4, 6, 5)),
    Case({"type": "conv2d", "filters": 4, "kernel_size": (3, 2), "groups": 2, "stride": 2, "bias": False}, (6, 7, 5)),
    Case({"type": "conv2d", "filters": 3, "kernel_size": 3, "groups": 3, "padding": "same"}, (3, 5, 19)),
    Case({"type": "conv2d", "filters": 6, "kernel_size": (3, 4), "groups": 3, "stride": (2, 3)}, (3, 8, 21)),
    Case({"type": "conv2d", "filters": 2, "kernel_size": 1, "groups": 2, "stride": 2, "bias": False}, IMAGE),
    Case({"type": "conv2d", "filters": 2, "kernel_size": 3, "groups": 2, "dilation": (1, 2), "padding": 2}, IMAGE),
    Case({"type": "max_pool2d"}, IMAGE),
    Case({"type": "max_pool2d", "size": 3, "stride": 1}, IMAGE),
    Case({"type": "max_pool2d", "size": (1, 2), "stride": (3, 2)}, IMAGE),
    Case({"type": "dropout", "rate": 0.4}, (50,)),
    Case({"type": "dropout", "rate": 0.0}, IMAGE),
    Case({"type": "flatten"}, IMAGE),
    Case({"type": "relu"}, IMAGE),
    Case({"type": "selu"}, IMAGE),
    Case({"type": "mish"}, IMAGE),
    Case({"type": "scale", "lr_factor": 6.0}, (5,)),
    Case({"type": "scale"}, IMAGE),
    Case({"type": "sigmoid"}, IMAGE),
    Case({"type": "tanh"}, IMAGE),
    Case({"type": "leaky_relu"}, IMAGE),
    Case({"type": "leaky_relu", "negative_slope": 0.3}, (5,)),
    Case({"type": "elu"}, IMAGE),
    Case({"type": "elu", "alpha": 0.5}, (5,)),
    Case({"type": "silu"}, IMAGE),
    Case({"type": "gelu"}, IMAGE),
    Case({"type": "softmax"}, (5,)),
    Case({"type": "softmax"}, IMAGE),
    Case({"type": "layer_norm"}, (5,)),
    Case({"type": "layer_norm", "eps": 1e-3}, IMAGE),
    Case({"type": "group_norm", "groups": 2}, (6,)),
    Case({"type": "group_norm", "groups": 1}, IMAGE),
    Case({"type": "avg_pool2d"}, IMAGE),
    Case({"type": "avg_pool2d", "size": 3, "stride": (1, 2)}, IMAGE),
    Case({"type": "global_avg_pool2d"}, IMAGE),
    Case({"type": "conv1d", "filters": 3, "kernel_size": 3}, SEQUENCE),
    Case({"type": "conv1d", "filters": 2, "kernel_size": 4, "stride": 2, "padding": "same", "bias": False}, SEQUENCE),
    Case({"type": "conv1d", "filters": 2, "kernel_size": 3, "dilation": 3, "padding": "same"}, SEQUENCE),
    Case({"type": "conv1d", "filters": 4, "kernel_size": 3, "groups": 2}, (6, 9)),
    Case({"type": "conv1d", "filters": 6, "kernel_size": 4, "groups": 3, "dilation": 2, "padding": 4}, SEQUENCE),
    Case({"type": "max_pool1d"}, SEQUENCE),
    Case({"type": "max_pool1d", "size": 3, "stride": 1}, SEQUENCE),
    Case({"type": "avg_pool1d", "size": 2, "stride": 3}, SEQUENCE),
    Case({"type": "global_avg_pool1d"}, SEQUENCE),
    Case({"type": "spatial_dropout", "rate": 0.4}, (6, 3, 2)),
    Case({"type": "spatial_dropout", "rate": 0.4}, (9, 4)),
    Case({"type": "reshape", "shape": (4, 3, 5)}, IMAGE),
    Case({"type": "reshape", "shape": (5, 1)}, (5,)),
    Case({"type": "upsample2d"}, IMAGE),
    Case({"type": "upsample2d", "factor": (1, 3)}, IMAGE),
    Case({"type": "batch_norm"}, SEQUENCE),
    Case({"type": "batch_norm"}, (5,)),
    Case({"type": "batch_norm", "momentum": 0.3, "eps": 1e-3}, IMAGE),
]

RELU, SAME = {"type": "relu"}, {"type": "conv2d", "filters": 2, "kernel_size": 3, "padding": "same"}
FIVE = {"type": "dense", "units": 5}


def block(*layers: dict[str, Any], shortcut: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """A residual block of layers."""
    return {"type": "residual", "layers": [*layers], "shortcut": [*shortcut]}


def make(config: dict[str, Any] | str) -> Layer:
    """The layer that a configuration describes."""
    config = {"type": config} if isinstance(config, str) else config
    cls = LAYERS[config["type"]]
    inner = {name: [make(member) for member in config[name]] for name in members(cls) if name in config}
    return cls(**{name: value for name, value in config.items() if name != "type"} | inner)


def within_block(case: Case) -> Case:
    """The layer within a residual block, beside the identity if its shape allows, else beside another like it."""
    keeps_shape = make(case.config).build(case.input_shape) == case.input_shape
    return Case(block(case.config, shortcut=() if keeps_shape else (case.config,)), case.input_shape)


BLOCKS = [
    Case(block(FIVE, RELU, FIVE), (5,)),
    Case(block(RELU, FIVE, RELU, {"type": "flatten"}), (5,)),
    Case(block(FIVE, RELU, {"type": "dropout", "rate": 0.0}), (5,)),
    Case(block(SAME, RELU, SAME, shortcut=(RELU, SAME)), IMAGE),
    Case(block(SAME, RELU, {"type": "max_pool2d"}, shortcut=({**SAME, "kernel_size": 1, "stride": (2, 3)},)), IMAGE),
    Case(block(block(SAME, RELU), RELU, block(SAME, RELU, SAME)), IMAGE),
    Case(block(block(block({"type": "dropout", "rate": 0.4}), shortcut=({"type": "dropout", "rate": 0.4},))), (50,)),
]
CASES = [*ALONE, *map(within_block, ALONE), *BLOCKS]


def variables_of(layer: Layer) -> dict[str, Variable]:
    """What the layer learns, and all layers within it."""
    walk = Sequential([layer]).walk()
    return {f"{name}.{key}".removeprefix("0."): value for name, one in walk for key, value in one.variables.items()}


def ready(layer: Layer, input_shape: tuple[int, ...], dtype: type = np.float64) -> Layer:
    """The layer with memory for its variables, all of them random, biases too."""
    network = Network([layer], input_shape, dtype=dtype)
    network.allocate()
    network.values[...] = np.random.default_rng(5).standard_normal(network.size)
    return layer


def ready_case(case: Case, dtype: type = np.float64) -> Layer:
    """The layer of a case with memory for its variables."""
    return ready(make(case.config), case.input_shape, dtype)


def random_batch(shape: tuple[int, ...], examples: int, dtype: type = np.float64) -> np.ndarray:
    """Normal numbers, (*shape, examples)."""
    return np.random.default_rng(examples).standard_normal((*shape, examples)).astype(dtype)


def random_gradient(y: np.ndarray) -> np.ndarray:
    """Other normal numbers, of the shape and type of an output."""
    return np.random.default_rng(1000 + y.shape[-1]).standard_normal(y.shape).astype(y.dtype)


def train_forward(layer: Layer, x: np.ndarray) -> np.ndarray:
    """The output while training, with the same random numbers at every call."""
    return layer.forward(x, TRAINING)


def run(layer: Layer, x: np.ndarray) -> dict[str, np.ndarray]:
    """Copies of all that a training step of the layer computes, for a dy that depends on x alone."""
    y = train_forward(layer, x).copy()
    dx = layer.backward(random_gradient(y), TRAINING)
    return {"y": y, "dx": dx.copy(), **{name: v.grad.copy() for name, v in variables_of(layer).items()}}
