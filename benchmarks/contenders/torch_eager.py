"""PyTorch, eager: the usual loop over shuffled tensors in memory, images laid out as is faster."""

from __future__ import annotations

import time
from collections.abc import Callable
from operator import itemgetter
from typing import Any

import torch
from torch import nn

from serve import examples, serve

TIME = itemgetter(0)


class Residual(nn.Module):
    """A block of layers with a shortcut around it."""

    def __init__(self, layers: nn.Sequential):
        super().__init__()
        self.layers = layers

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x) + x


def convolution(layer: dict[str, Any], channels: int) -> nn.Conv2d:
    """A convolution of a workload in PyTorch."""
    keys = {key: value for key, value in layer.items() if key not in ("type", "filters", "kernel_size")}
    return nn.Conv2d(channels, layer["filters"], layer["kernel_size"], **keys)


def network(layers: list[Any], *shape: int) -> nn.Sequential:
    """The layers of a workload in PyTorch, for examples of this shape."""
    modules: list[nn.Module] = []
    for layer in layers:
        layer = {"type": layer} if isinstance(layer, str) else layer
        match layer["type"]:
            case "flatten":
                modules.append(nn.Flatten())
            case "relu":
                modules.append(nn.ReLU())
            case "max_pool2d":
                modules.append(nn.MaxPool2d(2))
            case "conv2d":
                modules.append(convolution(layer, shape[0]))
            case "batch_norm":
                modules.append((nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d)(shape[0]))
            case "global_avg_pool2d":
                modules.append(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()))
            case "residual":
                modules.append(Residual(network(layer["layers"], *shape)))
            case "dense":
                modules.append(nn.Linear(shape[0], layer["units"]))
        shape = tuple(modules[-1](torch.zeros(2, *shape)).shape[1:])
    return nn.Sequential(*modules)


def layouts(workload: dict[str, Any]) -> list[torch.memory_format]:
    """Those of images that may be the best."""
    convolves = any(isinstance(layer, dict) and layer["type"] == "conv2d" for layer in workload["layers"])
    return [torch.contiguous_format, *([torch.channels_last] if convolves else [])]


def timed(
    workload: dict[str, Any], x: torch.Tensor, y: torch.Tensor, layout: torch.memory_format
) -> tuple[float, nn.Module, torch.memory_format]:
    """The least time of a few steps, in seconds, with a network whose images are laid out so."""
    model, x = network(workload["layers"], *x.shape[1:]).to(memory_format=layout), x.to(memory_format=layout)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        nn.functional.cross_entropy(model(x), y).backward()
        times.append(time.perf_counter() - began)
    return min(times), model, layout


def prepare(workload: dict[str, Any], threads: int, compiled: bool = False) -> Callable[[int], float]:
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    x, y = map(torch.from_numpy, examples(workload))
    batch = workload["batch"]
    model, layout = min((timed(workload, x[:batch], y[:batch], layout) for layout in layouts(workload)), key=TIME)[1:]
    x = x.to(memory_format=layout)
    run = torch.compile(model) if compiled else model
    loss, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-3)

    def train(steps: int) -> float:
        began, order, position = time.perf_counter(), torch.randperm(len(x)), 0
        for _ in range(steps):
            if position + batch > len(x):
                order, position = torch.randperm(len(x)), 0
            some = order[position : position + batch]
            position += batch
            optimizer.zero_grad()
            loss(run(x[some].contiguous(memory_format=layout)), y[some]).backward()
            optimizer.step()
        return steps * batch / (time.perf_counter() - began)

    return train


if __name__ == "__main__":
    serve(prepare, lambda: f"PyTorch {torch.__version__}, eager, threads: {torch.get_num_threads()}")
