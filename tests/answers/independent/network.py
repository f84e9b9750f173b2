"""A network in plain NumPy and float64, batch first: what a configuration and the weights of a checkpoint say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from safetensors.numpy import load_file

Weights = Mapping[str, np.ndarray]


def weights_in(checkpoint: Path) -> dict[str, np.ndarray]:
    """What a network learned: "0.weight", "0.bias", ... in float64."""
    tensors = load_file(checkpoint)
    return {name[len("model.") :]: array.astype(np.float64) for name, array in tensors.items() if name[:6] == "model."}


def embeddings_in(checkpoint: Path) -> dict[str, np.ndarray]:
    """The tables of columns of words, by the names of the columns."""
    parts = {}
    for name, array in load_file(checkpoint).items():
        room, _, column = name.partition(".")
        if room == "embedding":
            parts[column.removesuffix(".weight")] = array.astype(np.float64)
    return parts


def embedded(scaled: np.ndarray, x: np.ndarray, columns: Sequence[str], tables: Weights) -> np.ndarray:
    """What the first layer gets, (N, others + 8 columns): the last features of x name rows of tables, one by one."""
    others = x.shape[1] - len(columns) if columns else None
    parts = [scaled[:, :others]] if columns else [scaled]
    for place, column in enumerate(columns):
        parts.append(np.array([tables[column][int(row[others + place])] for row in x]))
    return np.concatenate(parts, axis=1)


def scores_of(layers: Sequence[Any], weights: Weights, x: np.ndarray, within: str = "") -> np.ndarray:
    """The output of the last layer, (N, outputs).

    Args:
        within: how the names of the weights begin, such as "3.layers." in a block.
    """
    for index, layer in enumerate(layers):
        options, name = {"type": layer} if isinstance(layer, str) else layer, f"{within}{index}"
        if options["type"] == "residual":
            f, g = (scores_of(options.get(part, []), weights, x, f"{name}.{part}.") for part in ("layers", "shortcut"))
            x = f + g
        else:
            x = LAYERS[options["type"]](x, weights.get(f"{name}.weight"), weights.get(f"{name}.bias"))
    return x


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities (N, classes)."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _dense(x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
    return x @ weight.T + (0 if bias is None else bias)


def _conv2d(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Without padding, stride 1."""
    patches = sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    return np.einsum("ncrqij,fcij->nfrq", patches, weight) + bias[:, None, None]


def _max_pool2d(x: np.ndarray, *_: None) -> np.ndarray:
    """Of 2 x 2 pixels; what is left over is dropped."""
    rows, columns = x.shape[2] // 2, x.shape[3] // 2
    return x[:, :, : 2 * rows, : 2 * columns].reshape(*x.shape[:2], rows, 2, columns, 2).max(axis=(3, 5))


LAYERS = {
    "dense": _dense,
    "conv2d": _conv2d,
    "max_pool2d": _max_pool2d,
    "flatten": lambda x, *_: x.reshape(len(x), -1),
    "relu": lambda x, *_: np.maximum(x, 0),
    "scale": lambda x, weight, _: x * weight,
    "selu": lambda x, *_: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(np.minimum(x, 0)) - 1)),
    "mish": lambda x, *_: x * np.tanh(np.log1p(np.exp(x))),
}
