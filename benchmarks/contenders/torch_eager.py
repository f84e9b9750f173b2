"""PyTorch, eager: the usual loop over shuffled tensors in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from serve import examples, serve


def network(layers: list[Any], channels: int, size: int) -> nn.Sequential:
    """The layers of a workload in PyTorch."""
    modules: list[nn.Module] = []
    shape: tuple[int, ...] = (channels, size, size)
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
                modules.append(nn.Conv2d(shape[0], layer["filters"], layer["kernel_size"], padding=layer["padding"]))
            case "dense":
                modules.append(nn.Linear(shape[0], layer["units"]))
        shape = tuple(modules[-1](torch.zeros(1, *shape)).shape[1:])
    return nn.Sequential(*modules)


def prepare(workload: dict[str, Any], threads: int, compiled: bool = False) -> Callable[[int], float]:
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    x, y = map(torch.from_numpy, examples(workload))
    model = network(workload["layers"], x.shape[1], x.shape[2])
    run = torch.compile(model) if compiled else model
    loss, optimizer, batch = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-3), workload["batch"]

    def train(steps: int) -> float:
        began, order, position = time.perf_counter(), torch.randperm(len(x)), 0
        for _ in range(steps):
            if position + batch > len(x):
                order, position = torch.randperm(len(x)), 0
            some = order[position : position + batch]
            position += batch
            optimizer.zero_grad()
            loss(run(x[some]), y[some]).backward()
            optimizer.step()
        return steps * batch / (time.perf_counter() - began)

    return train


if __name__ == "__main__":
    serve(prepare, lambda: f"PyTorch {torch.__version__}, eager, threads: {torch.get_num_threads()}")
