"""Conv1D: every output sees a short stretch of the sequence, all with the same weights."""

from __future__ import annotations

from typing import Literal

from nnfs_cli.nn.initializers import AUTO, BiasInitializer, InitializerChoice
from nnfs_cli.nn.layers.affine import LrFactor
from nnfs_cli.nn.layers.convolution import Convolution
from nnfs_cli.nn.shapes import Shape, sequence_size
from nnfs_cli.parameters import NonNegativeInt, PositiveFloat, PositiveInt
from nnfs_cli.registry import LAYERS


@LAYERS.register("conv1d")
class Conv1D(Convolution):
    """The cross-correlation y[f, t] = b[f] + sum over c, i of W[f, c, i] x[c, t s + i d], as in PyTorch.

    Shapes: x (channels, length, N), W (filters, channels / groups, kernel_size), b (filters,), y (filters, steps, N)
    with steps = (length + padding before and after - extent) // stride + 1, extent = dilation (kernel_size - 1) + 1.

    Args:
        filters: number of output channels, at least 1.
        kernel_size: how long a stretch is.
        stride: steps between stretches.
        padding: zeros at each end; "valid" is none, "same" gives ceil(length / stride) outputs, an odd zero going to
            the end, as in Keras.
        dilation: from one place of the kernel to the next.
        groups: into how many groups on end the channels and the filters are divided, as for conv2d.
        bias: whether b is there.
        init: how W is drawn, or the number that all of it is; auto is he_uniform before elu, gelu, leaky_relu, mish,
            relu and silu, lecun_normal before selu, else glorot_uniform.
        bias_init: how b is drawn, or a number.
        lr_factor: what the learning rate is multiplied by for W; inverse_sqrt_fan_in is 1 / sqrt(channels / groups *
            kernel_size).
        bias_lr_factor: the same for b.

    Raises:
        ShapeError: one example is not a sequence, or is shorter than the kernel, or cannot be divided into the groups.
    """

    def __init__(
        self,
        filters: PositiveInt,
        kernel_size: PositiveInt,
        stride: PositiveInt = 1,
        padding: NonNegativeInt | Literal["same", "valid"] = 0,
        dilation: PositiveInt = 1,
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
        channels, length = sequence_size(input_shape)
        padding = self.padding if isinstance(self.padding, str) else (0, self.padding)
        across = (1, self.kernel_size), (1, self.stride), (1, self.dilation)
        self.lay_out((channels, 1, length), *across, padding)
        self.declare_kernels(channels, self.kernel_size)
        return (self.filters, self.geometry.output[1])
