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
    return sum(sum(sizes.values()) for sizes in _largest(passes))


def reserve(network: Network, learned: int, measured: int) -> None:
    """Make the buffers once, as large as these examples need them, so that few have to grow.

    Args:
        learned: how many examples the network learns from at once.
        measured: how many it answers afterwards, as many at a time as the memory for them allows.
    """
    at_once = min(measured, examples_at_a_time(network))
    passes = network.buffers(learned, training=True), network.buffers(at_once, training=False)
    layers = dict(network.walk())
    outermost = [name for name in layers if "." not in name]
    for name, sizes in zip(outermost, _largest(passes), strict=True):
        for key, nbytes in sizes.items():
            inner, _, own = key.rpartition(".")
            layers[f"{name}.{inner}" if inner else name].workspace.reserve(own, nbytes)


def _largest(passes: tuple[list[dict[str, int]], ...]) -> list[dict[str, int]]:
    """For each layer the most bytes that any of the passes needs behind a name."""
    layers = zip(*passes, strict=True)
    return [{name: max(sizes.get(name, 0) for sizes in layer) for name in set().union(*layer)} for layer in layers]
