"""LAMB: Adam whose steps are as long, for each array of weights, as the weights are large."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from nnfs_cli.nn.optimizers.adam import Adam
from nnfs_cli.nn.optimizers.base import Block
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.variable import Span
from nnfs_cli.parameters import NonNegativeFloat, PositiveFloat, ProperFraction
from nnfs_cli.registry import OPTIMIZERS


@OPTIMIZERS.register("lamb")
class Lamb(Adam):
    """w = w - lr |w| / |u| u with u = m' / (sqrt(v') + eps) + weight_decay w, by itself for each array of weights.

    m' and v' are those of adam. You et al. 2020, algorithm 2 with phi(z) = z, arXiv:1904.00962, for large batches; the
    ratio is 1 where a norm is 0. Biases and norms, which do not decay, have a ratio of 1, as in the authors' program:
    they begin at 0, where the ratio would hold them. With decay_bias_and_norm: true the ratio is taken of all arrays,
    and the steps equal optax.lamb.

    Args:
        lr: learning rate, above 0, the share of its norm by which an array moves in every step; may be left out when a
            scheduler sets it.
        beta1: decay of the mean of gradients; its momentum.
        beta2: decay of the mean of squared gradients.
        eps: keeps the division finite; above 0.
        weight_decay: how much of the weight itself is added to its direction.
        decay_bias_and_norm: treat biases, and what scales and shifts in norms, as weights; as optax does.
    """

    def __init__(
        self,
        lr: PositiveFloat | None = None,
        beta1: ProperFraction = 0.9,
        beta2: ProperFraction = 0.999,
        eps: PositiveFloat = 1e-6,
        weight_decay: NonNegativeFloat = 0.0,
        decay_bias_and_norm: bool = False,
    ):
        super().__init__(lr, beta1, beta2, eps, weight_decay, True, decay_bias_and_norm)

    def lay_out(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """A span for each array, whatever its neighbours are."""
        return tuple(span._replace(decays=span.decays or self.decay_bias_and_norm) for span in spans)

    def measure(self, blocks: Iterable[Block], sum: Callable[[Array], Array]) -> None:
        """Move the slots, and find the ratio |w| / |u| of each array, of which this process may hold a part."""
        squares = np.zeros((2, len(self.spans)))
        for value, grad, scratch, m, v in blocks:
            self.average(grad, scratch, m, v)
            self._set_direction(scratch, value, m, v)
            squares[:, self.span] += [_square(value), _square(scratch)]
        w, u = np.sqrt(sum(squares))
        adapts = np.array([span.decays for span in self.spans], bool) & (w > 0) & (u > 0)
        self.ratios = np.divide(w, u, out=np.ones_like(w), where=adapts).tolist()

    def update(self, value: Array, grad: Array, scratch: Array, m: Array, v: Array) -> None:
        """The direction is computed a second time, so that no vector is needed to keep it."""
        self._set_direction(scratch, value, m, v)
        scratch *= self.rate * self.ratios[self.span]
        value -= scratch

    def _set_direction(self, direction: Array, value: Array, m: Array, v: Array) -> None:
        """u of a block whose slots have moved."""
        self.direct(direction, m, v)
        direction *= self._scale
        if self.decay:
            direction += self.decay * value


def _square(x: Array) -> float:
    """The sum of squares, in double precision."""
    return float(np.einsum("i,i->", x, x, dtype=np.float64))
