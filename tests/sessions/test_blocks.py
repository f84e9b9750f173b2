"""Networks of blocks: they train alone and shared, go on to the same bytes, and can be taken to PyTorch by name."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnfs_cli import SGD, Conv2D, Dense, Flatten, Model, ReLU, Reshape, Residual
from nnfs_cli.errors import DivergedError
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.saved.predictor import load_predictor
from tests.nn.layer_cases import ALONE, Case, make
from tests.nn.oracles import convolution
from tests.sessions.trainers import everything, losses, trainer
from tests.sessions.trainings import configured, go_on, remains, start

SIX = {"type": "dense", "units": 6}
EIGHT = {"type": "dense", "units": 8}
THREE_BLOCKS = [
    SIX,
    {"type": "residual", "layers": [SIX, "relu", {"type": "dropout", "rate": 0.2}, SIX]},
    {"type": "residual", "layers": ["relu", EIGHT], "shortcut": [EIGHT]},
    {"type": "residual", "layers": [{"type": "residual", "layers": ["relu"]}, EIGHT]},
    {"type": "dense", "units": 3},
]
NORMED = [
    SIX,
    {"type": "batch_norm", "momentum": 0.5},
    "gelu",
    {"type": "residual", "layers": [{"type": "group_norm", "groups": 2}, "silu", SIX, "batch_norm"]},
    "layer_norm",
    {"type": "reshape", "shape": [2, 3]},
    {"type": "conv1d", "filters": 3, "kernel_size": 2},
    {"type": "spatial_dropout", "rate": 0.3},
    "global_avg_pool1d",
]
NAMES = ["0", "1.layers.0", "1.layers.3", "2.layers.1", "2.shortcut.0", "3.layers.1", "4"]
OPTIONS = {"model": {"layers": THREE_BLOCKS}, "optimizer": {"type": "sgd", "lr": 0.01, "momentum": 0.9}}


def test_the_configuration_names_every_tensor(locator):
    run = RunDirectory(start(locator, **OPTIONS).run)
    saved = checkpoint.read(run.last)
    expected = {f"model.{name}.{key}" for name in NAMES for key in ("weight", "bias")}
    assert {name for name in saved.tensors if name.startswith("model.")} == expected
    assert saved.tensors["model.2.shortcut.0.weight"].shape == (8, 6)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("stop", [1, 5, 7])
@pytest.mark.parametrize("layers", [THREE_BLOCKS, NORMED], ids=["blocks", "normed"])
def test_goes_on_to_the_same_bytes(locator, layers, stop, workers):
    options = {**OPTIONS, "model": {"layers": layers}}
    whole = start(locator, f"training.workers={workers}", **options)
    run = start(locator, f"training.workers={workers}", stop=stop, **options).run
    go_on(locator, run)
    assert remains(run) == remains(whole.run)


def blocks_of(case: Case) -> list[Any]:
    """The layer of a case within a block, in a network for digits."""
    shortcut = [] if make(case.config).build(case.input_shape) == case.input_shape else [make(case.config)]
    begin = [Flatten(), Dense(math.prod(case.input_shape)), Reshape(case.input_shape)]
    return [*begin, Residual([make(case.config)], shortcut), Flatten(), Dense(10)]


@pytest.mark.parametrize("case", ALONE, ids=str)
def test_two_workers_compute_what_one_does(case):
    alone, together = (trainer(blocks_of(case), workers=workers) for workers in (1, 2))
    if "dropout" in case.config["type"]:
        again = trainer(blocks_of(case), workers=2)
        assert everything(together) == everything(again)
    else:
        np.testing.assert_allclose(losses(together), losses(alone), rtol=1e-9)
        np.testing.assert_allclose(together.network.values, alone.network.values, rtol=1e-8, atol=1e-11)
        np.testing.assert_allclose(together.network.kept, alone.network.kept, rtol=1e-8, atol=1e-11)


def image_blocks() -> list[Any]:
    return [
        Conv2D(4, 3, padding=1),
        Residual([Conv2D(4, 3, padding=1), ReLU(), Conv2D(4, 3, padding=1)]),
        ReLU(),
        Residual([Conv2D(6, 3, padding=1, stride=2)], shortcut=[Conv2D(6, 1, stride=2)]),
        ReLU(),
        Flatten(),
        Dense(3),
    ]


def test_its_tensors_compute_the_same_elsewhere(tmp_path):
    """What torch.nn computes with the tensors of the same names, in loops."""
    rng = np.random.default_rng(0)
    x, y = rng.random((12, 1, 8, 8)), np.arange(12) % 3
    model = Model(image_blocks(), (1, 8, 8), dtype="float64")
    model.fit(x, y, epochs=2, optimizer=SGD(lr=0.05), batch_size=4)
    model.save(tmp_path / "m.safetensors")
    saved = checkpoint.read(tmp_path / "m.safetensors")
    tensors = {name.removeprefix("model."): array for name, array in saved.tensors.items()}

    def conv(name: str, x: np.ndarray, stride: int = 1) -> np.ndarray:
        weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
        margin = (weight.shape[2] // 2,) * 2
        shape = (len(weight), x.shape[1] // stride, x.shape[2] // stride, x.shape[3])
        return convolution(x, weight, bias, (stride, stride), (margin, margin), np.zeros(shape))[0]

    h = conv("0", np.moveaxis(x, 0, -1))
    h = np.maximum(h + conv("1.layers.2", np.maximum(conv("1.layers.0", h), 0)), 0)
    h = np.maximum(conv("3.layers.0", h, 2) + conv("3.shortcut.0", h, 2), 0)
    scores = tensors["6.weight"] @ h.reshape(-1, 12) + tensors["6.bias"][:, None]
    powers = np.exp(scores - scores.max(axis=0))
    np.testing.assert_allclose(load_predictor(saved).predict(x), (powers / powers.sum(axis=0)).T, rtol=1e-10)
    np.testing.assert_array_equal(Model.load(tmp_path / "m.safetensors").predict(x), model.predict(x))


def test_divergence_names_the_layer_within_the_block():
    def blocks() -> list[Any]:
        return [Flatten(), Dense(6), Residual([Residual([ReLU(), Dense(6)]), Dense(6)]), Dense(10)]

    steep = trainer(blocks())
    steep.network.layers[2].layers[0].layers[1].variables["weight"].value[0, 0] = np.inf
    with pytest.raises(DivergedError, match=r"output of model\.layers\[2\]\.layers\[0\]\.layers\[1\] \(dense\)"):
        list(steep.run())
    broken = trainer(blocks())
    broken.network.layers[2].layers[1].variables["bias"].value[1] = np.nan
    with pytest.raises(DivergedError, match=r"a parameter of model\.layers\[2\]\.layers\[1\] \(dense\) became NaN"):
        broken.refuse_broken_parameters()


def test_the_resolved_configuration_trains_the_same_network(locator):
    config = configured(model={"layers": THREE_BLOCKS})
    resolved = config.resolved()["model"]
    assert resolved["layers"][1]["layers"][2] == {"type": "dropout", "rate": 0.2}
    assert configured(model=resolved).resolved()["model"] == resolved
