"""Field: which stretch of an example each place of a layer's output depends on, its receptive field."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nnfs_cli.nn.shapes import Array, Shape

MARGIN = 1 << 14
"""How many places beyond each end of an axis are looked at; a field that goes further is told too short."""


@dataclass(frozen=True)
class Stretches:
    """For every place along one axis of an output, the first and the last place of the input that it depends on.

    The axis goes on beyond both its ends, as if there were no end, so that the field is that of a place far from them.

    Attributes:
        first, last: of every place, those before the first of the output too.
        before: how many these are.
        count: of the places of the output.
    """

    first: Array
    last: Array
    before: int
    count: int

    @classmethod
    def of(cls, count: int) -> Stretches:
        """Every place depends on itself."""
        places = np.arange(-MARGIN, count + MARGIN)
        return cls(places, places, MARGIN, count)

    def windows(self, count: int, extent: int, stride: int, zeros: int) -> Stretches:
        """Those of so many windows of `extent` places, `stride` apart, with `zeros` before the first place."""
        before = max(0, (self.before - zeros) // stride)
        end = max(count, (len(self.first) - self.before + zeros - extent) // stride + 1)
        start = np.arange(-before, end) * stride - zeros + self.before
        low, high = (np.clip(place, 0, len(self.first) - 1) for place in (start, start + extent - 1))
        return Stretches(self.first[low], self.last[high], before, count)

    def repeated(self, times: int) -> Stretches:
        """Those of places that each come several times."""
        first, last = np.repeat(self.first, times), np.repeat(self.last, times)
        return Stretches(first, last, self.before * times, self.count * times)._within(MARGIN, MARGIN)

    def beside(self, other: Stretches) -> Stretches:
        """What the sum of two ways depends on."""
        after = min(len(way.first) - way.before - way.count for way in (self, other))
        one, two = (way._within(min(self.before, other.before), after) for way in (self, other))
        return replace(one, first=np.minimum(one.first, two.first), last=np.maximum(one.last, two.last))

    @property
    def longest(self) -> int:
        """The most places that one place of the output depends on."""
        own = self._within(0, 0)
        return int(np.max(own.last - own.first)) + 1

    def _within(self, before: int, after: int) -> Stretches:
        """With no more places than these beyond both ends."""
        skipped = max(0, self.before - before)
        part = slice(skipped, self.before + self.count + after)
        return Stretches(self.first[part], self.last[part], self.before - skipped, self.count)


@dataclass(frozen=True)
class Field:
    """The stretches along each axis of an image (height, width) or a sequence (length,); no axes for vectors."""

    axes: tuple[Stretches, ...]

    @classmethod
    def of(cls, shape: Shape) -> Field:
        """Every place of an example (channels, ...) depends on itself."""
        return cls(tuple(Stretches.of(size) for size in shape[1:]))

    @property
    def size(self) -> Shape:
        """The largest receptive field: how many places it is high and wide, or long."""
        return tuple(axis.longest for axis in self.axes)

    @property
    def is_a_point(self) -> bool:
        """Whether every place depends on itself alone, as far as there are places."""
        return all(np.array_equal(axis.first, axis.last) for axis in self.axes)

    def windows(self, counts: Shape, extents: Shape, strides: Shape, zeros: Shape) -> Field:
        """That of windows over an image or, with the last number of each alone, a sequence; see `Stretches`."""
        numbers = zip(counts, extents, strides, zeros, strict=True)
        own = [*numbers][-len(self.axes) :]
        return Field(tuple(axis.windows(*each) for axis, each in zip(self.axes, own, strict=True)))

    def repeated(self, times: Shape) -> Field:
        """That of pixels which each come several times."""
        return Field(tuple(axis.repeated(each) for axis, each in zip(self.axes, times, strict=True)))

    def beside(self, other: Field) -> Field:
        """What the sum of two ways depends on."""
        return Field(tuple(own.beside(way) for own, way in zip(self.axes, other.axes, strict=True)))
