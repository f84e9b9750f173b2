"""Tile transforms: the matrices of Winograd's F(2, 3), applied along one axis, and their adjoints.

BT = 1  0 -1  0      G = 1    0    0      AT = 1  1  1  0
     0  1  1  0          1/2  1/2  1/2         0  1 -1 -1
     0 -1  1  0          1/2 -1/2  1/2
     0  1  0 -1          0    0    1
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnfs_cli.nn.shapes import Array

G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])


def transform_weight(weight: Array) -> Array:
    """G g GT: (16, filters, channels)."""
    g = G.astype(weight.dtype)
    return np.einsum("ia,fcab,jb->ijfc", g, weight, g, optimize=True).reshape(16, *weight.shape[:2])


def spread_weight(du: Array, grad: Array) -> None:
    """GT du G, the adjoint of `transform_weight`, into the gradient of W."""
    g = G.astype(grad.dtype)
    grad[...] = np.einsum("ia,ijfc,jb->fcab", g, du.reshape(4, 4, *grad.shape[:2]), g, optimize=True)


def apply_bt(d: Sequence[Array], out: Array) -> None:
    """out = BT d, over four parts of the input."""
    np.subtract(d[0], d[2], out=out[0])
    np.add(d[1], d[2], out=out[1])
    np.subtract(d[2], d[1], out=out[2])
    np.subtract(d[1], d[3], out=out[3])


def add_b(v: Array, d: Sequence[Array]) -> None:
    """d += B v, the adjoint of `apply_bt`; the four parts of d may overlap."""
    first, second, third, fourth = d
    first += v[0]
    third -= v[0]
    second += v[1]
    third += v[1]
    second -= v[2]
    third += v[2]
    second += v[3]
    fourth -= v[3]


def apply_at(m: Array, out: Array) -> None:
    """out = AT m, two parts of the output from four products."""
    np.add(m[0], m[1], out=out[0])
    out[0] += m[2]
    np.subtract(m[1], m[2], out=out[1])
    out[1] -= m[3]


def apply_a(first: Array, second: Array, out: Array) -> None:
    """out = A y, the adjoint of `apply_at`."""
    np.copyto(out[0], first)
    np.add(first, second, out=out[1])
    np.subtract(first, second, out=out[2])
    np.negative(second, out=out[3])
