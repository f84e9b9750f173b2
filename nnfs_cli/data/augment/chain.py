"""Chain: several augmentations, one after the other, where affine maps that follow one another are one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnfs_cli.data.augment.affine import MAP, Affine, composed, warped, warped_bytes
from nnfs_cli.data.augment.base import Augmentation
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.streams import Stream, stream


class Chain:
    """Augmentations in their order, with what is drawn for every example in an epoch.

    Args:
        steps: as a configuration lists them.
    """

    def __init__(self, steps: Sequence[Augmentation]):
        self._runs = [*_runs(steps)]
        self._drawn: list[tuple[Callable[[Array, Array], Array], Array]] = []

    def start_epoch(self, examples: int, seed: int, epoch: int) -> None:
        """Draw for so many examples what changes them in an epoch, each augmentation from a stream of its own."""
        numbers = itertools.count()
        self._drawn = []
        for run in self._runs:
            rows = [step.draw_epoch(examples, epoch, _streams(seed, next(numbers))) for step in run]
            if len(run) == 1:
                self._drawn.append((run[0].apply, rows[0]))
            else:
                maps = composed([step.maps(drawn) for step, drawn in zip(run, rows, strict=True)])
                self._drawn.append((warped, maps))

    def apply(self, x: Array, indices: Array) -> Array:
        """Raw examples x (n, *shape) changed as was drawn for the examples at these indices (n,); x stays."""
        for _, (change, drawn) in zip(self._runs, self._drawn, strict=True):
            x = change(x, drawn[indices])
        return x

    @property
    def row_bytes(self) -> int:
        """Of what is drawn for one example; where maps become one, of all of them on the way."""
        maps = sum(MAP * (len(run) + 1) for run in self._runs if len(run) > 1)
        return maps + sum(step.row_bytes for run in self._runs for step in run)

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        """Bytes that `apply` takes for so many examples at its peak, the result included and x left out."""
        between = examples * math.prod(shape) * itemsize
        taken = [_bytes_of(run, shape, itemsize, examples) for run in self._runs]
        return max((run_bytes + between * (number > 0) for number, run_bytes in enumerate(taken)), default=0)


def _streams(seed: int, number: int) -> Callable[[int], np.random.Generator]:
    """The random numbers of the augmentation with this number, by the epoch."""
    return lambda epoch: stream(seed, Stream.AUGMENT, epoch, number)


def _bytes_of(run: Sequence[Augmentation], shape: Shape, itemsize: int, examples: int) -> int:
    if len(run) == 1:
        return run[0].nbytes(shape, itemsize, examples)
    return warped_bytes(shape, itemsize, examples)


def _runs(steps: Sequence[Augmentation]) -> Iterator[Sequence[Augmentation]]:
    """Each augmentation alone, but those that are one map together."""
    for affine, run in itertools.groupby(steps, lambda step: isinstance(step, Affine)):
        some = tuple(run)
        if affine and not all(step.exact for step in some):
            yield some
        else:
            yield from ((step,) for step in some)
