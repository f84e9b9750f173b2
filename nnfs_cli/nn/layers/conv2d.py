"""Conv2D: every output sees one small patch of the image, all with the same weights."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.im2col import Im2Col
from nnfs_cli.nn.convolution.windows import Geometry
from nnfs_cli.nn.convolution.winograd import Winograd
from nnfs_cli.nn.initializers import AUTO, InitializerChoice, InitializerName
from nnfs_cli.nn.layers.affine import Affine, LrFactor
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.shapes import Array, Pair, Shape, image_size, pair
from nnfs_cli.parameters import NonNegativeInt, PositiveFloat, PositiveInt
from nnfs_cli.registry import LAYERS


@LAYERS.register("conv2d")
class Conv2D(Affine):
    """The cross-correlation y[f, r, q] = b[f] + sum over c, i, j of W[f, c, i, j] x[c, r s + i, q s + j].

    Computed by Winograd's algorithm where it saves time (winograd.py), else as a matrix product (im2col.py).

    Shapes: x (channels, height, width, N), W (filters, channels, kernel height, kernel width), b (filters,),
    y (filters, rows, columns, N) with rows = (height + padding - kernel height) // stride + 1, columns likewise.

    Args:
        filters: number of output channels, at least 1.
        kernel_size: one number, or (height, width).
        stride: steps between patches, one number or (vertical, horizontal).
        padding: zeros around the image, one number or (vertical, horizontal); "valid" is none, "same" gives
            ceil(size / stride) outputs, an odd zero going below and to the right, as in Keras.
        bias: whether b is there.
        init: how W is drawn; auto is he_uniform before relu and mish, lecun_normal before selu, else glorot_uniform.
        bias_init: how b is drawn.
        lr_factor: what the learning rate is multiplied by for W; inverse_sqrt_fan_in is 1 / sqrt(channels * kernel
            height * kernel width).
        bias_lr_factor: the same for b.

    Raises:
        ShapeError: one example is not an image, or is smaller than the kernel.
    """

    results_may_be_overwritten = True

    def __init__(
        self,
        filters: PositiveInt,
        kernel_size: PositiveInt | tuple[PositiveInt, PositiveInt],
        stride: PositiveInt | tuple[PositiveInt, PositiveInt] = 1,
        padding: NonNegativeInt | tuple[NonNegativeInt, NonNegativeInt] | Literal["same", "valid"] = 0,
        bias: bool = True,
        init: InitializerChoice = AUTO,
        bias_init: InitializerName = "zeros",
        lr_factor: LrFactor = 1.0,
        bias_lr_factor: PositiveFloat = 1.0,
    ):
        super().__init__(bias, init, bias_init, lr_factor, bias_lr_factor)
        self.filters = filters
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding

    def build(self, input_shape: Shape) -> Shape:
        channels, *size = image_size(input_shape)
        kernel, stride = pair(self.kernel_size), pair(self.stride)
        margins = tuple(self._margin(size[axis], kernel[axis], stride[axis], axis) for axis in (0, 1))
        self.geometry = Geometry(tuple(size), kernel, stride, margins)
        area = kernel[0] * kernel[1]
        self.declare((self.filters, channels, *kernel), fan_in=channels * area, fan_out=self.filters * area)
        algorithm = Winograd if Winograd.pays(self.geometry, channels, self.filters) else Im2Col
        self.algorithm = algorithm(self.geometry, self.workspace)
        return (self.filters, *self.geometry.output)

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        y = self.workspace.array("y", (self.filters, *self.geometry.output, x.shape[3]), x.dtype)
        bias = self.variables["bias"].value if self.bias else None
        self.algorithm.forward(x, self.variables["weight"].value, bias, y)
        return y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array | None:
        if self.bias:
            by_filter = dy.reshape(self.filters, math.prod(dy.shape[1:]))
            np.add.reduce(by_filter, axis=1, out=self.variables["bias"].grad)
        weight = self.variables["weight"]
        return self.algorithm.backward(dy, weight.value, weight.grad, need_dx=need_dx)

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return {"y": y.nbytes, **self.algorithm.buffers(x, self.filters, dw=dw, dx=dx)}

    def multiply_adds(self) -> int:
        """Of the formula, whatever the algorithm saves."""
        rows, columns = self.geometry.output
        return self.variables["weight"].size * rows * columns

    def _margin(self, size: int, kernel: int, stride: int, axis: int) -> Pair:
        if self.padding == "valid":
            return (0, 0)
        if self.padding == "same":
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            return (total // 2, total - total // 2)
        return (pair(self.padding)[axis],) * 2
