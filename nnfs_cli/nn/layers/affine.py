"""Affine: weights and biases, how they are drawn and how fast they learn; what dense and conv2d share."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from nnfs_cli.nn.initializers import AUTO, BiasInitializer, InitializerChoice, InitializerName, drawing_of, initializer
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.nn.shapes import Shape
from nnfs_cli.nn.variable import Variable
from nnfs_cli.parameters import Means, PositiveFloat

INVERSE_SQRT_FAN_IN = "inverse_sqrt_fan_in"
LrFactor = Annotated[
    PositiveFloat | Literal[INVERSE_SQRT_FAN_IN], Means(f"a number from 1e-30 to 1e30 or '{INVERSE_SQRT_FAN_IN}'")
]


class Affine(Layer):
    """A layer y = W * x + b that is linear in W, whose outputs are sums of `fan_in` products.

    With `lr_factor: inverse_sqrt_fan_in` and `init: lecun_normal` Adam learns as in the neural tangent parametrization
    (Jacot et al. 2018, arXiv:1806.07572), which has W = V / sqrt(fan_in) and learns V, standard normal at first. There
    dL/dV = dL/dW / sqrt(fan_in); Adam's steps do not depend on the scale of a gradient, so V moves by lr m' / sqrt(v')
    as W would, and with it W by 1 / sqrt(fan_in) of that. Only eps differs: sqrt(fan_in) times as large there, counted
    in gradients of W. This holds for Adam without weight decay: the steps of SGD would be 1 / fan_in as large, and
    decoupled decay as strong as without a factor.

    Attributes:
        init: as given, or what `auto` came to stand for.
    """

    def __init__(
        self,
        bias: bool,
        init: InitializerChoice,
        bias_init: BiasInitializer,
        lr_factor: LrFactor,
        bias_lr_factor: PositiveFloat,
    ):
        self.bias = bias
        self.init = init
        self.init_is_automatic = init == AUTO
        self.bias_init = bias_init
        self.lr_factor = lr_factor
        self.bias_lr_factor = bias_lr_factor

    def choose_initializer(self, name: InitializerName) -> None:
        if self.init_is_automatic:
            self.init = name

    def declare(self, shape: Shape, *, fan_in: int, fan_out: int) -> None:
        """Declare the weight of this shape (outputs, …) and, if there is one, the bias (outputs,)."""
        factor = 1 / math.sqrt(fan_in) if self.lr_factor == INVERSE_SQRT_FAN_IN else self.lr_factor
        draw, draw_bias = (initializer(name)(fan_in, fan_out) for name in (self.init, self.bias_init))
        self.variables["weight"] = Variable(shape, draw, factor, drawing=drawing_of(self.init))
        if self.bias:
            self.variables["bias"] = Variable(shape[:1], draw_bias, self.bias_lr_factor, decays=False)
