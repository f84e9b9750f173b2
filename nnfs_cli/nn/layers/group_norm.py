"""GroupNorm: groups of channels of every example with mean 0 and variance 1, then scaled and shifted by channel."""

from __future__ import annotations

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.layers.example_norm import ExampleNorm
from nnfs_cli.nn.shapes import Shape
from nnfs_cli.parameters import PositiveFloat, PositiveInt
from nnfs_cli.registry import LAYERS


@LAYERS.register("group_norm")
class GroupNorm(ExampleNorm):
    """y = weight (x - mean) / sqrt(var + eps) + bias, with mean and var over a group of channels of each example.

    Wu & He 2018, eq. 1 and 7, arXiv:1803.08494, as in PyTorch. It does not depend on the batch, as batch_norm does.

    Shapes: x (features, N) or (channels, height, width, N), weight and bias (features,) or (channels,); y as x.

    Args:
        groups: into how many groups on end the channels are divided, a divisor of their number.
        eps: keeps the division finite; above 0.

    Raises:
        ShapeError: the channels cannot be divided into so many groups.
    """

    def __init__(self, groups: PositiveInt, eps: PositiveFloat = 1e-5):
        super().__init__(groups, eps)

    def build(self, input_shape: Shape) -> Shape:
        channels = input_shape[0]
        if channels % self.groups:
            fitting = ", ".join(str(count) for count in range(1, min(channels, 64) + 1) if channels % count == 0)
            raise ShapeError(f"cannot divide {channels} channels into {self.groups} groups. Set one of {fitting}.")
        self.declare(input_shape[:1])
        return input_shape
