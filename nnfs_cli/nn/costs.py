"""Costs: what a network takes in multiply-adds and in memory, known before anything is computed."""

from __future__ import annotations

import math

from nnfs_cli.nn.network import Network

MOST_EXAMPLES, LARGEST_BUFFERS = 256, 128 << 20


def multiply_adds(network: Network) -> list[int]:
    """Multiply-adds of the forward pass of each layer, for one example, those within blocks as layers of their own."""
    return [layer.multiply_adds() for _, layer in network.walk()]


def examples_at_a_time(network: Network) -> int:
    """How many examples a network that does not learn takes at once: fewer where one of them takes much memory."""
    buffers = buffer_bytes(network.buffers(MOST_EXAMPLES, training=False))
    buffers += MOST_EXAMPLES * math.prod(network.input_shape) * network.dtype.itemsize
    return max(1, min(MOST_EXAMPLES, MOST_EXAMPLES * LARGEST_BUFFERS // max(1, buffers)))


def buffer_bytes(*passes: list[dict[str, int]]) -> int:
    """Bytes of all buffers of a network after several kinds of passes: behind a name stands the largest asked for."""
    layers = zip(*passes, strict=True)
    return sum(max(sizes.get(name, 0) for sizes in layer) for layer in layers for name in set().union(*layer))
