"""LayerNorm: every example with mean 0 and variance 1 over all its numbers, then scaled and shifted."""

from __future__ import annotations

from nnfs_cli.nn.layers.example_norm import ExampleNorm
from nnfs_cli.nn.shapes import Shape
from nnfs_cli.parameters import PositiveFloat
from nnfs_cli.registry import LAYERS


@LAYERS.register("layer_norm")
class LayerNorm(ExampleNorm):
    """y = weight (x - mean) / sqrt(var + eps) + bias, with mean and var over all numbers of each example by itself.

    Ba et al. 2016, eq. 4, arXiv:1607.06450; torch.nn.LayerNorm of the shape of an example, channels and pixels too.

    Shapes: x (features, N) or (channels, height, width, N), weight and bias as one example; y as x.

    Args:
        eps: keeps the division finite; above 0.
    """

    def __init__(self, eps: PositiveFloat = 1e-5):
        super().__init__(1, eps)

    def build(self, input_shape: Shape) -> Shape:
        self.declare(input_shape)
        return input_shape
