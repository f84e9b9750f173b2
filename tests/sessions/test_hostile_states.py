"""States that somebody forged: an error, and nothing imported, opened, started or half loaded."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli.build import build
from nnfs_cli.errors import CheckpointError, ConfigError
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.network import Network
from nnfs_cli.registry import COLUMNS, LAYERS, from_state, parameters
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.saved.description import EmbeddingDescription
from nnfs_cli.saved.predictor import load_predictor
from nnfs_cli.saved.tensors import restore_weights
from nnfs_cli.sessions.recorder import predictor_of
from tests.listening import listened
from tests.sessions.trainings import configured

DIGITS = {
    "dataset": {"type": "digits", "limit": 60},
    "model": {"layers": ["flatten", {"type": "dense", "units": 10}]},
}


@pytest.fixture
def saved(locator, tmp_path) -> Checkpoint:
    """The checkpoint of the simplest case."""
    made = predictor_of(build(configured(**DIGITS), locator))
    return Checkpoint(tmp_path / "x.safetensors", made.tensors(), json.loads(json.dumps(made.state())))


@pytest.fixture(scope="module", autouse=True)
def checks_made() -> None:
    """The check of every annotation, which is made at its first use, not while somebody listens."""
    for registry in (LAYERS, COLUMNS):
        for cls in (cls for _, cls in registry.items() if parameters(cls)):
            with pytest.raises(ConfigError):
                cls(**dict.fromkeys(parameters(cls), object))
    with pytest.raises(ConfigError):
        from_state(EmbeddingDescription, "embedding", {"name": object, "rows": object})


def changed(state: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of a state with another value at a dotted path."""
    state = copy.deepcopy(state)
    *way, last = [int(key) if key.isdecimal() else key for key in path.split(".")]
    inner = state
    for key in way:
        inner = inner[key]
    inner[last] = value
    return state


def removed(state: dict[str, Any], path: str) -> dict[str, Any]:
    """A copy of a state without the key at a dotted path."""
    state = copy.deepcopy(state)
    *way, last = path.split(".")
    inner = state
    for key in way:
        inner = inner[key]
    del inner[last]
    return state


def deep(levels: int) -> list:
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


def blocks(depth: int) -> Any:
    """A rectifier within so many blocks."""
    described: Any = {"type": "relu"}
    for _ in range(depth):
        described = {"type": "residual", "layers": [described]}
    return described


def followed_by(block: Any) -> list[Any]:
    """The layers of the network, and a block behind them."""
    return [{"type": "flatten"}, {"type": "dense", "units": 10}, block]


NUMBERS = [{"type": "number", "name": f"n{k}"} for k in range(54)]
HOSTILE = [
    ("network", None),
    ("network", []),
    ("network.unknown_key", 1),
    ("network.layers", "flatten"),
    ("network.layers", 5),
    ("network.layers", []),
    ("network.layers.0", "flatten"),
    ("network.layers.0.type", "os.system"),
    ("network.layers.0.type", "antigravity"),
    ("network.layers.0.type", "../../evil"),
    ("network.layers.0.type", ["dense"]),
    ("network.layers.0.type", None),
    ("network.layers.0.command", "rm"),
    ("network.layers.1.units", 10**12),
    ("network.layers.1.units", 10**40),
    ("network.layers.1.units", -1),
    ("network.layers.1.units", "10"),
    ("network.layers.1.units", True),
    ("network.layers.1.units", deep(900)),
    ("network.layers.1.init", "os.system"),
    ("network.layers.1.self", 1),
    ("network.input_shape", [10**9, 10**9, 10**9]),
    ("network.input_shape", [-1, 8, 8]),
    ("network.input_shape", ["1", 8, 8]),
    ("network.input_shape", "188"),
    ("network.input_shape", None),
    ("network.input_shape", [2**64, 8, 8]),
    ("network.input_shape", [1] * 4),
    ("network.input_shape", []),
    ("network.input_shape", [1, 2**15, 2**15]),
    ("network.layers.0", {"type": "conv2d", "filters": 2, "kernel_size": 2**64}),
    ("network.layers.0", {"type": "conv2d", "filters": 2, "kernel_size": {}}),
    ("network.layers.0", {"type": "max_pool2d", "size": [2**63, 1]}),
    ("network.layers.0", {"type": "conv2d", "filters": 1, "kernel_size": 1, "padding": 2**15}),
    ("network.layers", followed_by({"type": "residual", "layers": []})),
    ("network.layers", followed_by({"type": "residual", "layers": "relu"})),
    ("network.layers", followed_by({"type": "residual", "layers": ["relu"]})),
    ("network.layers", followed_by({"type": "residual", "layers": {"type": "relu"}})),
    ("network.layers", followed_by({"type": "residual", "layers": [{"type": "os.system"}]})),
    ("network.layers", followed_by({"type": "residual", "layers": [{"type": "relu"}], "shortcut": 5})),
    ("network.layers", followed_by(blocks(17))),
    ("network.layers", followed_by(blocks(100))),
    ("network.layers", followed_by({"type": "residual", "layers": [{"type": "relu"}] * 10_001})),
    ("network.seed", 2**64),
    ("network.seed", "0"),
    ("network.seed", -1),
    ("network.seed", None),
    ("network.dtype", "object"),
    ("network.dtype", "float16"),
    ("network.dtype", "S1000000000"),
    ("loss", "mse"),
    ("loss.type", "subprocess.call"),
    ("loss.label_smoothing", 7),
    ("data", None),
    ("data.unknown_key", 1),
    ("data.classes", ["a"]),
    ("data.classes", "0123456789"),
    ("data.classes", list(range(10))),
    ("data.classes", [*"0123456788"]),
    ("data.outputs", 9),
    ("data.outputs", "10"),
    ("data.white", "yes"),
    ("data.white", 0),
    ("data.white", -1.0),
    ("data.white", 1e999),
    ("data.targets", "price"),
    ("data.targets", [1, 2]),
    ("data.delimiter", 3),
    ("data.depth", 0),
    ("data.depth", "12"),
    ("data.transform", []),
    ("data.transform.mean", [0.0]),
    ("data.transform.mean", [[0.0] * 10]),
    ("data.transform.mean", [float("nan")] * 10),
    ("data.transform.mean", {"shape": [10], "float64": "AAAA"}),
    ("data.transform.mean", {"shape": [-1], "float64": ""}),
    ("data.transform.mean", {"shape": [10], "float64": "not base64"}),
    ("data.transform.mean", {"float64": ""}),
    ("data.transform.mean", {"shape": [10]}),
    ("data.transform.deviation", [0.0] * 10),
    ("data.transform.deviation", [1.0] * 9 + [float("inf")]),
    ("data.ranges", 3),
    ("data.ranges", {"low": [0.0]}),
    ("data.ranges", {"low": [0.0], "high": [0.0, 1.0]}),
    ("data.ranges", {"low": [1.0], "high": [0.0]}),
    ("data.ranges", {"low": [0.0] * 10, "high": [1.0] * 10}),
    ("data.ranges", {"low": [float("nan")], "high": [1.0]}),
    ("data.standardizer", []),
    ("data.standardizer.mean", "x"),
    ("data.standardizer.mean", [[0.0], [0.0, 0.0]]),
    ("data.standardizer.mean", [0.0] * 7),
    ("data.standardizer.mean", [[[[0.0]]]]),
    ("data.standardizer.mean", [10**400]),
    ("data.standardizer.mean", [[[float("nan")]]]),
    ("data.standardizer.mean", {"shape": [1, 1, 1], "float64": 8}),
    ("data.standardizer.deviation", [[[float("inf")]]]),
    ("data.standardizer.deviation", [[[1.0]], [[1.0]]]),
    ("data.standardizer.deviation", [[[-1.0]]]),
    ("data.columns", 3),
    ("data.columns", ["a"]),
    ("data.columns", [{"type": "number", "name": "a"}]),
    ("data.columns", [{"name": "a"}]),
    ("data.columns", [{"type": "os.system", "name": "a"}]),
    ("data.columns", [{"type": "category", "name": "a", "categories": [f"w{k}" for k in range(1001)]}]),
    ("data.fill", [0.0] * 64),
    ("data.answers", [{"type": "number", "name": "a"}]),
    ("data.keep", "a"),
    ("network.embeddings", [{"name": "a", "rows": 3}]),
    *(
        ("data.columns", [*NUMBERS, {"type": "category", "name": name, "categories": categories}])
        for name in ("a", {}, None, 3, ["a"])
        for categories in ([{}] * 10, {}, [], [None], "0123456789", ["a"] * 9 + [[]])
    ),
]


@pytest.mark.parametrize(("path", "value"), HOSTILE, ids=lambda value: str(value)[:40])
def test_hostile_descriptions(saved, path, value):
    load_predictor(saved)
    hostile = Checkpoint(saved.path, saved.tensors, changed(saved.state, path, value))
    raised, heard = listened(load_predictor, hostile)
    assert isinstance(raised, CheckpointError), raised
    assert str(raised).startswith(f"{saved.path}: ")
    assert heard == []


@pytest.mark.parametrize("depth", [1, 16])
def test_blocks_that_are_sound(saved, depth):
    state = changed(saved.state, "network.layers", followed_by(blocks(depth)))
    assert load_predictor(Checkpoint(saved.path, saved.tensors, state)).network.output_shape == (10,)


@pytest.mark.parametrize(
    "path",
    [
        *("network", "loss", "data", "network.layers", "network.input_shape", "network.seed", "network.dtype"),
        *("loss.type", "data.classes", "data.outputs", "data.white", "data.standardizer", "data.columns"),
        *("data.targets", "data.transform", "data.ranges", "data.delimiter", "data.depth"),
        *("data.standardizer.mean", "data.standardizer.deviation"),
    ],
)
def test_missing_keys(saved, path):
    with pytest.raises(CheckpointError, match="its description of the network is not valid"):
        load_predictor(Checkpoint(saved.path, saved.tensors, removed(saved.state, path)))


def test_an_unknown_layer_is_named(saved):
    state = changed(saved.state, "network.layers.0.type", "os.system")
    with pytest.raises(CheckpointError) as refused:
        load_predictor(Checkpoint(saved.path, saved.tensors, state))
    assert str(refused.value) == (
        f"{saved.path}: its description of the network is not valid: no layer is called 'os.system'."
    )


def test_a_network_beyond_any_memory_is_compared_before_it_is_made(saved):
    layers = saved.state["network"]["layers"]
    state = changed(saved.state, "network.layers", [layers[0], {**layers[1], "units": 10**9}, layers[1]])
    with pytest.raises(CheckpointError, match=r"the network has \(1000000000, 64\), the file \(10, 64\)"):
        load_predictor(Checkpoint(saved.path, saved.tensors, state))


def test_weights_of_another_network_are_listed(saved):
    tensors = dict(saved.tensors)
    tensors["model.1.weight"] = np.zeros((10, 63), np.float32)
    tensors["model.7.bias"] = tensors.pop("model.1.bias")
    with pytest.raises(CheckpointError) as refused:
        load_predictor(Checkpoint(saved.path, tensors, saved.state))
    assert str(refused.value).splitlines() == [
        f"{saved.path}: is of another network, its tensors differ. Use a checkpoint of the same layers:",
        "  missing     model.1.bias (10,)",
        "  unexpected  model.7.bias (10,)",
        "  mismatched  model.1.weight: the network has (10, 64), the file (10, 63)",
    ]


def test_nothing_is_half_loaded():
    network = Network([Dense(3), Dense(2)], (4,))
    network.allocate()
    network.initialize()
    before = network.values.copy()
    tensors = {"model.0.weight": np.ones((3, 4)), "model.0.bias": np.ones(3), "model.1.weight": np.ones((2, 3))}
    with pytest.raises(CheckpointError, match=r"missing +model\.1\.bias"):
        restore_weights(network, Checkpoint(Path("x"), tensors, {}))
    np.testing.assert_array_equal(network.values, before)
