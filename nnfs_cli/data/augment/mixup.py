"""Mixup: each example of a batch mixed with another one, and its answer too."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.streams import Stream, stream


class Part(NamedTuple):
    """What a batch is compared with, and how much that counts.

    Attributes:
        target: (N,) or (outputs, N).
        weight: (N,), of the examples; None where they have none.
        share: of the loss; all parts of a batch add up to 1.
    """

    target: Array
    weight: Array | None
    share: float


@dataclass(frozen=True, eq=False)
class Mixture:
    """x = share x_i + (1 - share) x_j, and the loss is share L(y_i) + (1 - share) L(y_j).

    Zhang et al. 2018, "mixup: Beyond empirical risk minimization", arXiv:1710.09412, equation 2, with one share for the
    batch, as in their published code. It mixes examples that are augmented and standardized.

    Attributes:
        share: of the examples themselves.
        partners: (N,), the numbers j of the examples that those of the batch are mixed with: itself in another order.
    """

    share: float
    partners: Array


def mixture_of(alpha: float | None, batch: Array, seed: int, step: int) -> Mixture | None:
    """A function of the seed and the step, the same in every process; None where nothing is mixed.

    Args:
        alpha: the share has the distribution Beta(alpha, alpha).
        batch: (N,), the numbers i of its examples.
    """
    if alpha is None:
        return None
    rng = stream(seed, Stream.MIXUP, step)
    return Mixture(float(rng.beta(alpha, alpha)), rng.permutation(batch))


def mixed_bytes(example: Shape, output: Shape, itemsize: int) -> int:
    """Bytes that mixing takes for one example: it beside its partner, and the gradients of both answers."""
    return (math.prod(example) + 2 * math.prod(output)) * itemsize
