"""What PyTorch, and optax for lion and lamb, make of the variants of optimizer_cases.py in 20 steps.

`python -m tests.nn.golden.make_optimizers > tests/nn/golden/optimizers.json`, with nnfs, torch, jax and optax.
"""

from __future__ import annotations

import json

import jax
import numpy as np
import optax
import torch

from tests.nn.optimizer_cases import START, VARIANTS, Variant, bowl

STEPS = 20
BETAS = {"beta1": "b1", "beta2": "b2"}


def in_torch(variant: Variant) -> list[float]:
    keys = dict(variant.arguments)
    name = "adamw" if keys.pop("decoupled", False) else variant.type_name
    beta1, beta2 = keys.pop("beta1", 0.9), keys.pop("beta2", 0.999)
    if name.startswith("adam"):
        keys["betas"] = beta1, beta2
    kinds = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "adagrad": "Adagrad"}
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, kinds[name])([w], lr=0.05, **keys)
    (group,) = optimizer.param_groups
    for step in range(STEPS):
        now = variant.moves(step)
        group["lr"] = now.get("lr", 0.05)
        if "momentum" in now and "betas" in group:
            group["betas"] = now["momentum"], beta2
        elif "momentum" in now and "momentum" in group:
            group["momentum"] = now["momentum"]
        w.grad = torch.from_numpy(bowl(w.detach().numpy(), step))
        optimizer.step()
    return w.tolist()


def in_optax(variant: Variant) -> list[float]:
    keys = {BETAS.get(name, name): value for name, value in variant.arguments.items()}
    optimizer = getattr(optax, variant.type_name)(0.05, **{"weight_decay": 0.0, **keys})
    w = jax.numpy.array(START)
    state = optimizer.init(w)
    for step in range(STEPS):
        updates, state = optimizer.update(bowl(np.asarray(w), step), state, w)
        w = optax.apply_updates(w, updates)
    return w.tolist()


if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    found = {
        name: (in_optax if variant.type_name in ("lion", "lamb") else in_torch)(variant)
        for name, variant in VARIANTS.items()
    }
    print(json.dumps({name: [float(f"{number:.12g}") for number in w] for name, w in found.items()}))
