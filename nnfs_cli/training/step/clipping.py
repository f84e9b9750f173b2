"""Clipping: a gradient that is too long, or has too large numbers, is made smaller."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.config import Training
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.group import ProcessGroup


def clip(gradient: Array, training: Training, group: ProcessGroup) -> None:
    """Limit every number of a gradient to `gradient_clip_value`, then its length to `gradient_clip_norm`, in place.

    The length is the Euclidean norm of the gradient of all parameters (Pascanu et al. 2013, arXiv:1211.5063,
    algorithm 1). Where only one of them is given these are clip_grad_value_ and clip_grad_norm_ of PyTorch, except that
    the norm is not changed by the 1e-6 that PyTorch adds to it.

    Args:
        gradient: the part that falls to this process.
        group: the processes that hold the other parts.
    """
    if training.gradient_clip_value is not None:
        np.clip(gradient, -training.gradient_clip_value, training.gradient_clip_value, out=gradient)
    if training.gradient_clip_norm is None:
        return
    (square,) = group.sum([float(np.dot(gradient, gradient))]).tolist()
    if not math.isfinite(square):
        (square,) = group.sum([float(np.einsum("n,n->", gradient, gradient, dtype=np.float64))]).tolist()
    if square > training.gradient_clip_norm**2:
        gradient *= training.gradient_clip_norm / math.sqrt(square)
