"""What PyTorch learns in 30 steps: `python make_trainings.py > trainings.json`, with torch."""

from __future__ import annotations

import json

import torch
from small import BATCH, EPOCHS, FAST, SLOW, digest, drawings, pictures, weight
from torch import nn


class Residual(nn.Module):
    def __init__(self, layers, shortcut=()):
        super().__init__()
        self.layers, self.shortcut = nn.Sequential(*layers), nn.Sequential(*shortcut)

    def forward(self, x):
        return self.layers(x) + self.shortcut(x)


def conv(inputs, outputs, stride=1):
    return [nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)]


def block(inputs, outputs, stride):
    way = [nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)] if stride > 1 else []
    return [Residual([*conv(inputs, outputs, stride), nn.ReLU(), *conv(outputs, outputs)], way), nn.ReLU()]


def resnet20():
    """He et al. 2016, arXiv:1512.03385, section 4.2, with projections (option B)."""
    layers, inputs = [*conv(3, 16), nn.ReLU()], 16
    for outputs in (16, 32, 64):
        for number in range(3):
            layers += block(inputs, outputs, 2 if number == 0 and outputs > 16 else 1)
            inputs = outputs
    return nn.Sequential(*layers, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), nn.Linear(64, 10))


def autoencoder():
    return nn.Sequential(
        *(nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(64, 12)),
        *(nn.Linear(12, 64), nn.ReLU(), nn.Unflatten(1, (16, 2, 2)), nn.Upsample(scale_factor=2)),
        *(nn.Conv2d(16, 8, 3, 1, 1), nn.SiLU(), nn.Upsample(scale_factor=2), nn.Conv2d(8, 1, 3, 1, 1), nn.Sigmoid()),
    )


def train(network, x, y, loss, optimizer):
    network.double()
    with torch.no_grad():
        for name, value in network.named_parameters():
            value[...] = torch.from_numpy(weight(name, tuple(value.shape)))
    steps, losses = optimizer(network.parameters()), []
    for _ in range(EPOCHS):
        for start in range(0, len(x), BATCH):
            steps.zero_grad()
            value = loss(network(x[start : start + BATCH]), y[start : start + BATCH])
            value.backward()
            steps.step()
            losses.append(value.item())
    saved = {name: value.numpy() for name, value in network.state_dict().items() if value.dim()}
    return {"losses": rounded(losses), "weights": {name: rounded(digest(value)) for name, value in saved.items()}}


def rounded(numbers):
    """The same with 12 digits."""
    return [float(f"{number:.12g}") for number in numbers]


def of_pictures(lr):
    x, y = pictures()
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)
    sgd = {"lr": lr, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4}
    return train(resnet20(), torch.from_numpy(x), torch.from_numpy(y), loss, lambda w: torch.optim.SGD(w, **sgd))


def of_drawings():
    x = torch.from_numpy(drawings())
    return train(autoencoder(), x, x, nn.MSELoss(), lambda w: torch.optim.Adam(w, 1e-3))


torch.set_num_threads(1)
print(json.dumps({"resnet20": of_pictures(FAST), "slow resnet20": of_pictures(SLOW), "autoencoder": of_drawings()}))
