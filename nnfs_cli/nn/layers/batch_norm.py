"""BatchNorm: every feature or channel with mean 0 and variance 1 over the batch, then scaled and shifted."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.initializers import filled
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.variable import State, Variable
from nnfs_cli.parameters import Fraction, PositiveFloat
from nnfs_cli.registry import LAYERS


@LAYERS.register("batch_norm")
class BatchNorm(Layer):
    """y = weight (x - mean) / sqrt(var + eps) + bias, with mean and var of each feature or channel over the batch.

    In training they are those of the whole batch, over all workers and, of images, all pixels; in prediction running
    ones, running = (1 - momentum) running + momentum now, where the running variance is that of a sample, with n - 1.
    Ioffe & Szegedy 2015, algorithm 1 and 2, arXiv:1502.03167, as in PyTorch, with one difference: a batch of a single
    number a channel, which PyTorch refuses, gives y = bias and leaves the running statistics alone. Frozen, it uses and
    keeps its running statistics in training too, as in Keras.

    Shapes: x (features, N) or (channels, height, width, N), everything else (features,) or (channels,); y as x.

    Args:
        momentum: how much of the running statistics is replaced in every step, from 0 to 1.
        eps: keeps the division finite; above 0.
    """

    results_may_be_overwritten = True
    selects = True

    def __init__(self, momentum: Fraction = 0.1, eps: PositiveFloat = 1e-5):
        self.momentum = momentum
        self.eps = eps

    def build(self, input_shape: Shape) -> Shape:
        channels = input_shape[:1]
        self.variables["weight"] = Variable(channels, filled(1.0), decays=False)
        self.variables["bias"] = Variable(channels, filled(0.0), decays=False)
        self.states["running_mean"] = State(channels, 0.0)
        self.states["running_var"] = State(channels, 1.0)
        self.summed = max(channels[0] + 1, 2 * channels[0])
        return input_shape

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        y = self.workspace.array("y", x.shape, x.dtype)
        if context.training and not self.frozen:
            self.centred, var = self._measure(x, context)
            self.inverse = 1 / np.sqrt(var + self.eps)
            np.multiply(self.centred, _column(self.variables["weight"].value * self.inverse, x), out=y)
        else:
            inverse = 1 / np.sqrt(self.states["running_var"].value + self.eps)
            np.subtract(x, _column(self.states["running_mean"].value, x), out=y)
            y *= _column(self.variables["weight"].value * inverse, x)
        y += _column(self.variables["bias"].value, x)
        return y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array | None:
        """dx = weight / s (dy - dbias / n - x' dweight / n), where s = sqrt(var + eps), x' = (x - mean) / s.

        n, dbias and dweight are those of the whole batch here.
        """
        weight, bias = self.variables["weight"], self.variables["bias"]
        if self.frozen:
            inverse = 1 / np.sqrt(self.states["running_var"].value + self.eps)
            return np.multiply(
                dy, _column(weight.value * inverse, dy), out=self.workspace.array("dx", dy.shape, dy.dtype)
            )
        weight.grad[:] = np.vecdot(_rows(dy), _rows(self.centred)) * self.inverse
        bias.grad[:] = _sums(dy)
        dweight, dbias = np.split(context.sum(np.concatenate([weight.grad, bias.grad])) / self.count, 2)
        if not need_dx:
            return None
        dx = self.workspace.array("dx", dy.shape, dy.dtype)
        np.multiply(self.centred, _column(-self.inverse * dweight, dy), out=dx)
        dx += dy
        dx -= _column(dbias, dy)
        dx *= _column(weight.value * self.inverse, dy)
        return dx

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        centred = {"centred": x.nbytes} if training and not self.in_place and not self.frozen else {}
        return {"y": y.nbytes, **centred, **({"dx": x.nbytes} if dx else {})}

    def multiply_adds(self) -> int:
        return math.prod(self.output_shape)

    def _measure(self, x: Array, context: Context) -> tuple[Array, Array]:
        """x - mean and var over the whole batch, which move the running statistics too."""
        numbers = math.prod(x.shape[1:])
        *total, count = context.sum(np.append(_sums(x), numbers))
        self.count = max(1, count)
        mean = np.array(total) / self.count
        centred = x if self.in_place else self.workspace.array("centred", x.shape, x.dtype)
        np.subtract(x, _column(mean, x), out=centred)
        var = context.sum(np.vecdot(_rows(centred), _rows(centred))) / self.count
        if count > 1:
            for name, now in (("running_mean", mean), ("running_var", var * (count / (count - 1)))):
                running = self.states[name].value
                running += self.momentum * (now - running)
        return centred, var


def _rows(x: Array) -> Array:
    """(channels, numbers of a channel)."""
    return x.reshape(len(x), -1) if x.size else np.zeros((len(x), 0), x.dtype)


def _sums(x: Array) -> Array:
    """The sum over each channel, (channels,)."""
    rows = _rows(x)
    return rows @ np.ones(rows.shape[1], x.dtype)


def _column(values: Array, like: Array) -> Array:
    """One number a channel, in the type and for the axes of an array."""
    return values.astype(like.dtype).reshape(-1, *[1] * (like.ndim - 1))
