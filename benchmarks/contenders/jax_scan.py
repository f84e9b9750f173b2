"""JAX: all steps of a measurement in one jitted scan, the data on the device, Adam written out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from serve import examples, serve


def prepare(workload: dict[str, Any], threads: int) -> Callable[[int], float]:
    x, y = map(jnp.asarray, examples(workload))
    layers = [{"type": layer} if isinstance(layer, str) else layer for layer in workload["layers"]]
    parameters, batch = initial(layers, x.shape[1:]), workload["batch"]
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = (parameters, zeros, zeros, 0)

    def loss(parameters: list, some: jax.Array, labels: jax.Array) -> jax.Array:
        log_p = jax.nn.log_softmax(forward(layers, parameters, some))
        return -jnp.take_along_axis(log_p, labels[:, None], axis=1).mean()

    def step(state: tuple, rows: jax.Array) -> tuple[tuple, jax.Array]:
        parameters, m, v, t = state
        value, grads = jax.value_and_grad(loss)(parameters, x[rows], y[rows])
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        t = t + 1
        rate, root = 1e-3 / (1 - 0.9**t), jnp.sqrt(1 - 0.999**t)
        move = lambda w, m, v: w - rate * m / (jnp.sqrt(v) / root + 1e-8)  # noqa: E731
        return (jax.tree.map(move, parameters, m, v), m, v, t), value

    scan = jax.jit(partial(lax.scan, step))
    orders = np.random.default_rng(0)

    def train(steps: int) -> float:
        nonlocal state
        rows = np.concatenate([orders.permutation(len(x)) for _ in range(steps * batch // len(x) + 1)])
        rows = jnp.asarray(rows[: steps * batch].reshape(steps, batch))
        began = time.perf_counter()
        state, losses = scan(state, rows)
        losses.block_until_ready()
        return steps * batch / (time.perf_counter() - began)

    return train


def initial(layers: list[dict[str, Any]], shape: tuple[int, ...]) -> list:
    """He's weights for every layer that learns."""
    rng, parameters = np.random.default_rng(0), []
    for layer in layers:
        weights = ()
        if layer["type"] == "dense":
            weights = he(rng, (shape[0], layer["units"]), shape[0]), jnp.zeros(layer["units"])
        if layer["type"] == "conv2d":
            size = layer["kernel_size"]
            kernel = (layer["filters"], shape[0], size, size)
            weights = he(rng, kernel, shape[0] * size * size), jnp.zeros(layer["filters"])
        parameters.append(weights)
        shape = jax.eval_shape(partial(apply, layer), weights, jnp.zeros((1, *shape))).shape[1:]
    return parameters


def he(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int) -> jax.Array:
    return jnp.asarray(rng.normal(0, (2 / fan_in) ** 0.5, shape), jnp.float32)


def forward(layers: list[dict[str, Any]], parameters: list, x: jax.Array) -> jax.Array:
    for layer, weights in zip(layers, parameters, strict=True):
        x = apply(layer, weights, x)
    return x


def apply(layer: dict[str, Any], weights: tuple, x: jax.Array) -> jax.Array:
    match layer["type"]:
        case "flatten":
            return x.reshape(x.shape[0], -1)
        case "relu":
            return jax.nn.relu(x)
        case "dense":
            return x @ weights[0] + weights[1]
        case "max_pool2d":
            return lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
    padding = [(layer["padding"],) * 2] * 2
    return lax.conv_general_dilated(x, weights[0], (1, 1), padding) + weights[1][:, None, None]


if __name__ == "__main__":
    serve(prepare, lambda: f"JAX {jax.__version__}, one jitted scan, threads: {os.cpu_count()}")
