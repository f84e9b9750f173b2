"""Conv2D: every output sees one small patch of the image, all with the same weights."""

from __future__ import annotations

from typing import Literal

from nnfs_cli.nn.initializers import AUTO, BiasInitializer, InitializerChoice
from nnfs_cli.nn.layers.affine import LrFactor
from nnfs_cli.nn.layers.convolution import Convolution
from nnfs_cli.nn.shapes import Shape, image_size, pair
from nnfs_cli.parameters import NonNegativeInt, PositiveFloat, PositiveInt
from nnfs_cli.registry import LAYERS


@LAYERS.register("conv2d")
class Conv2D(Convolution):
    """The cross-correlation y[f, r, q] = b[f] + sum over c, i, j of W[f, c, i, j] x[c, r s + i d, q s + j d].

    Computed by Winograd's algorithm where it saves time (winograd.py), else as a matrix product (im2col.py, or
    pointwise.py for single pixels); with one group for each channel, which is depthwise, as products with banded
    matrices (bands.py).

    Shapes: x (channels, height, width, N), W (filters, channels / groups, kernel height, kernel width), b (filters,),
    y (filters, rows, columns, N) with rows = (height + padding - extent) // stride + 1 for the extent dilation (kernel
    height - 1) + 1 of a window, columns likewise.

    Args:
        filters: number of output channels, at least 1.
        kernel_size: one number, or (height, width).
        stride: steps between patches, one number or (vertical, horizontal).
        padding: zeros around the image, one number or (vertical, horizontal); "valid" is none, "same" gives
            ceil(size / stride) outputs, an odd zero going below and to the right, as in Keras.
        dilation: from one place of the kernel to the next, one number or (vertical, horizontal).
        groups: into how many groups on end the channels and the filters are divided, a divisor of both; the filters of
            a group see its channels alone. As many as channels is depthwise. As in PyTorch.
        bias: whether b is there.
        init: how W is drawn, or the number that all of it is; auto is he_uniform before elu, gelu, leaky_relu, mish,
            relu and silu, lecun_normal before selu, else glorot_uniform.
        bias_init: how b is drawn, or a number.
        lr_factor: what the learning rate is multiplied by for W; inverse_sqrt_fan_in is 1 / sqrt(channels / groups *
            kernel height * kernel width).
        bias_lr_factor: the same for b.

    Raises:
        ShapeError: one example is not an image, or is smaller than the kernel, or cannot be divided into the groups.
    """

    def __init__(
        self,
        filters: PositiveInt,
        kernel_size: PositiveInt | tuple[PositiveInt, PositiveInt],
        stride: PositiveInt | tuple[PositiveInt, PositiveInt] = 1,
        padding: NonNegativeInt | tuple[NonNegativeInt, NonNegativeInt] | Literal["same", "valid"] = 0,
        dilation: PositiveInt | tuple[PositiveInt, PositiveInt] = 1,
        groups: PositiveInt = 1,
        bias: bool = True,
        init: InitializerChoice = AUTO,
        bias_init: BiasInitializer = "zeros",
        lr_factor: LrFactor = 1.0,
        bias_lr_factor: PositiveFloat = 1.0,
    ):
        super().__init__(bias, init, bias_init, lr_factor, bias_lr_factor)
        self.filters = filters
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups

    def build(self, input_shape: Shape) -> Shape:
        channels, kernel = image_size(input_shape)[0], pair(self.kernel_size)
        padding = self.padding if isinstance(self.padding, str) else pair(self.padding)
        self.lay_out(input_shape, kernel, pair(self.stride), pair(self.dilation), padding)
        self.declare_kernels(channels, *kernel)
        return (self.filters, *self.geometry.output)
