"""Tables: a configuration of two dense layers over files beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

UNITS = 8


def layers_of(outputs: int, *, bias: bool = True) -> list[Any]:
    """Dense, ReLU, dense."""
    return [{"type": "dense", "units": UNITS, "bias": bias}, "relu", {"type": "dense", "units": outputs, "bias": bias}]


def write_config(path: Path, dataset: dict[str, Any], layers: list[Any], loss: str, **training: Any) -> None:
    """A configuration that trains with Adam; JSON is YAML."""
    settings = {
        "seed": 1,
        "dataset": {"validation": 0, **dataset},
        "model": {"layers": layers},
        "loss": loss,
        "optimizer": {"type": "adam", "lr": 0.02},
        "training": {"epochs": 2, "batch_size": 32, "workers": 1, "monitor": "train_loss", **training},
    }
    path.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items()))
