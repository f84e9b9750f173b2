"""What PyTorch computes for the layers of test_golden_layers.py: `python make_layers.py > layers.json`, with torch."""

from __future__ import annotations

import json

import torch
from torch import nn

IMAGE = (3, 4, 6, 5)
VECTORS = (3, 6)
CASES = {
    "batch_norm": (lambda: nn.BatchNorm1d(6), VECTORS),
    "batch_norm images": (lambda: nn.BatchNorm2d(4, momentum=0.3, eps=1e-3), IMAGE),
    "layer_norm": (lambda: nn.LayerNorm(6), VECTORS),
    "layer_norm images": (lambda: nn.LayerNorm((4, 6, 5), eps=1e-3), IMAGE),
    "group_norm": (lambda: nn.GroupNorm(2, 4), IMAGE),
    "avg_pool2d": (lambda: nn.AvgPool2d((3, 2), (2, 1)), IMAGE),
    "global_avg_pool2d": (lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), IMAGE),
    "conv2d with gaps": (lambda: nn.Conv2d(4, 3, (2, 3), 1, (1, 2), (3, 2)), IMAGE),
    "conv2d in groups": (lambda: nn.Conv2d(4, 6, (3, 2), (2, 1), 1, groups=2), IMAGE),
    "conv2d by channel": (lambda: nn.Conv2d(4, 8, 3, 2, 2, 2, groups=4), IMAGE),
    "conv1d in groups": (lambda: nn.Conv1d(6, 4, 3, 2, 2, 2, groups=2), (3, 6, 11)),
    "conv1d by channel": (lambda: nn.Conv1d(6, 6, 4, 1, 3, groups=6), (3, 6, 11)),
    "leaky_relu": (lambda: nn.LeakyReLU(0.2), VECTORS),
    "elu": (lambda: nn.ELU(0.7), VECTORS),
    "gelu": (lambda: nn.GELU(approximate="tanh"), VECTORS),
    "silu": (nn.SiLU, VECTORS),
    "sigmoid": (nn.Sigmoid, VECTORS),
    "tanh": (nn.Tanh, VECTORS),
    "softmax": (lambda: nn.Softmax(1), VECTORS),
}


def record(make, shape):
    """Inputs, weights, and what two training steps and a prediction compute from them, batch first."""
    torch.manual_seed(0)
    layer, x, dy = make().double(), 3 * torch.randn(2, *shape, dtype=torch.float64) + 1, None
    for parameter in layer.parameters():
        nn.init.normal_(parameter)
    weights = {name: value.tolist() for name, value in layer.named_parameters()}
    for batch in x:
        layer.zero_grad()
        batch = batch.clone().requires_grad_()
        y = layer(batch)
        dy = torch.randn_like(y)
        y.backward(dy)
    return {
        "x": x.tolist(),
        "dy": dy.tolist(),
        "weights": weights,
        "y": y.tolist(),
        "dx": batch.grad.tolist(),
        "grads": {name: value.grad.tolist() for name, value in layer.named_parameters()},
        "states": {name: value.tolist() for name, value in layer.named_buffers() if value.dim()},
        "predicted": layer.eval()(x[0]).tolist(),
    }


def rounded(value):
    """The same with 12 digits."""
    if isinstance(value, dict):
        return {name: rounded(item) for name, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else float(f"{value:.12g}")


if __name__ == "__main__":
    print(json.dumps({name: rounded(record(*case)) for name, case in CASES.items()}))
