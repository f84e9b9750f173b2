"""Registry: a constructor's signature is its schema, its attributes are its description, and both words agree."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli.config import EarlyStopping, Training, from_mapping
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.dropout import Dropout
from nnfs_cli.nn.layers.max_pool import MaxPool2D
from nnfs_cli.nn.optimizers.adam import Adam
from nnfs_cli.nn.schedulers.one_cycle import OneCycle
from nnfs_cli.parameters import PositiveInt, describe, plain
from nnfs_cli.registry import (
    LAYERS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
    SOURCES,
    Registry,
    checked,
    describe_object,
    parameters,
)
from nnfs_cli.saved.description import make

REGISTRIES = {
    "layers": LAYERS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
    "schedulers": SCHEDULERS,
    "sources": SOURCES,
}
CLASSES = [registry[name] for registry in REGISTRIES.values() for name in registry]
REQUIRED = {"layers": [ReLU()], "target": "y", "train": "x.csv", "rate": 0.25, "max_lr": 0.1, "shape": (3,)}
REQUIRED |= {"schedulers": [OneCycle(0.1)]}
EVERY_CLASS = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)


def example(cls: type) -> Any:
    """An object with the least arguments."""
    needed = [name for name, parameter in parameters(cls).items() if parameter.default is parameter.empty]
    return cls(**{name: REQUIRED.get(name, 3) for name in needed})


def again(described: dict[str, Any]) -> Any:
    """The object with this description."""
    registry = next(registry for registry in REGISTRIES.values() if described["type"] in registry)
    return make(registry, described)


def mistake(section: str, entry: Any) -> str:
    """The sentence that a configuration gets for an entry, without its place."""
    config = {
        "dataset": "digits",
        "model": {"layers": ["flatten", {"type": "dense", "units": 10}]},
        "optimizer": {"type": "adam", "lr": 0.1},
        "training": {"epochs": 1},
    }
    config |= {"model": {"layers": [entry]}} if section == "model" else {section: entry}
    with pytest.raises(ConfigError) as refused:
        from_mapping(config, "x")
    return str(refused.value)


@pytest.mark.parametrize("folder", ["nn/layers", "nn/losses", "nn/optimizers", "nn/schedulers", "data/sources"])
def test_every_module_that_registers_is_found(folder):
    package = Path(inspect.getfile(Registry)).parent / folder
    named = {
        line.split('"')[1]
        for path in package.glob("*.py")
        for line in path.read_text().splitlines()
        if line.startswith("@") and ".register(" in line
    }
    assert named == set(REGISTRIES[folder.split("/")[1]])


def test_members_are_in_alphabetical_order():
    for registry in REGISTRIES.values():
        assert list(registry) == sorted(registry)
        assert all(registry[name].type_name == name for name in registry)


def test_what_is_not_registered_is_not_there():
    assert "dense" in LAYERS
    assert "os.system" not in LAYERS
    assert "Dense" not in LAYERS
    with pytest.raises(KeyError):
        LAYERS["os.system"]


@EVERY_CLASS
def test_parameters_are_attributes(cls):
    thing = example(cls)
    described = describe_object(thing)
    arguments = {name: value for name, value in described.items() if name != "type"}
    assert described["type"] == cls.type_name
    assert list(arguments) == list(parameters(cls))
    assert describe_object(again(described)) == described


@EVERY_CLASS
def test_descriptions_survive_json(cls):
    described = describe_object(example(cls))
    assert described["type"] == cls.type_name
    assert describe_object(again(json.loads(json.dumps(described)))) == described


@EVERY_CLASS
def test_every_parameter_has_an_annotation_with_words(cls):
    signature = [name for name in inspect.signature(cls).parameters if name not in ("args", "kwargs")]
    assert signature == list(parameters(cls))
    for parameter in parameters(cls).values():
        words = describe(parameter.annotation)
        assert words
        assert not any(sign in words for sign in ("<", "typing", "Annotated", "Union"))


@EVERY_CLASS
def test_every_parameter_refuses_what_nobody_means(cls):
    thing = example(cls)
    arguments = {name: getattr(thing, name) for name in parameters(cls)}
    for name, parameter in parameters(cls).items():
        with pytest.raises(ConfigError) as refused:
            cls(**{**arguments, name: object})
        expected = f"{cls.type_name}: {name}: expected {describe(parameter.annotation)}, got {object!r}"
        assert refused.value.problems == (expected,)


@pytest.mark.parametrize(
    ("make", "section", "entry", "words"),
    [
        (
            lambda: Dense(-3),
            "model",
            {"type": "dense", "units": -3},
            "a whole number from 1 to 1,000,000,000, or 'auto', got -3",
        ),
        (
            lambda: Dense(2.5),
            "model",
            {"type": "dense", "units": 2.5},
            "a whole number from 1 to 1,000,000,000, or 'auto', got 2.5",
        ),
        (lambda: Dropout(1), "model", {"type": "dropout", "rate": 1}, "a number, at least 0 and below 1, got 1"),
        (lambda: Adam(lr=0), "optimizer", {"type": "adam", "lr": 0}, "a number from 1e-30 to 1e30 or null, got 0"),
        (
            lambda: OneCycle(1, anneal=3),
            "scheduler",
            {"type": "one_cycle", "max_lr": 1, "anneal": 3},
            "'cos' or 'linear' or null, got 3",
        ),
    ],
)
def test_python_and_configurations_hear_the_same(make, section, entry, words):
    key = list(entry)[-1]
    with pytest.raises(ConfigError) as refused:
        make()
    assert str(refused.value) == f"{entry['type']}: {key}: expected {words}"
    assert f"{key}: expected {words}" in mistake(section, entry)


@pytest.mark.parametrize("value", [True, "10", None, 0, -1, 1.5, float("nan"), [10], np.array([1, 2]), np.float64(2.5)])
def test_a_whole_number_is_a_whole_number(value):
    with pytest.raises(
        ConfigError, match="dense: units: expected a whole number from 1 to 1,000,000,000, or 'auto', got"
    ):
        Dense(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 1, True, "0.5", np.float32(1)])
def test_a_share_is_a_share(value):
    with pytest.raises(ConfigError, match="dropout: rate: expected a number, at least 0 and below 1, got"):
        Dropout(value)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(ConfigError) as refused:
        Adam(lr=-1, beta1=1, decoupled="yes")
    assert [problem.split(":")[1].strip() for problem in refused.value.problems] == ["lr", "beta1", "decoupled"]


def test_a_parameter_that_is_not_there():
    with pytest.raises(TypeError, match="unexpected keyword argument 'lrr'"):
        Adam(lrr=1)


def test_numbers_of_numpy_become_those_of_python():
    layer = Conv2D(np.int64(4), [np.int32(3), 2], stride=np.uint8(1), padding=(1, np.int64(0)), bias=np.bool_(False))
    assert describe_object(layer) == {
        "type": "conv2d",
        "filters": 4,
        "kernel_size": (3, 2),
        "stride": 1,
        "padding": (1, 0),
        "dilation": 1,
        "groups": 1,
        "bias": False,
        "init": "auto",
        "bias_init": "zeros",
        "lr_factor": 1.0,
        "bias_lr_factor": 1.0,
    }
    assert type(layer.filters) is int
    assert type(OneCycle(np.float64(0.1), momentum=[0.5, np.float32(0.75)]).momentum[1]) is float
    assert MaxPool2D([2, 3]).stride == (2, 3)


def test_a_whole_number_is_a_number():
    assert type(Adam(lr=1).lr) is float


def test_plain_values():
    assert plain([1, [np.float64(2.5), "x"], (None,)]) == (1, (2.5, "x"), (None,))
    assert type(plain(np.array(3))) is int
    array = np.ones(2)
    assert plain(array) is array


def test_records_are_checked_too():
    with pytest.raises(ConfigError, match="early_stopping: patience: expected a whole number from 1 to 1,000,000,000"):
        EarlyStopping(patience=0)
    with pytest.raises(ConfigError, match="training: dtype: expected 'float32' or 'float64', got 'float16'"):
        Training(epochs=1, dtype="float16")


def test_an_inherited_constructor_is_checked_in_the_heir_alone():
    class Base:
        def __init__(self, units: PositiveInt):
            self.units = units

    @checked("heir")
    class Heir(Base):
        pass

    @checked("other")
    class Other(Heir):
        pass

    assert Base(-1).units == -1
    for cls, name in ((Heir, "heir"), (Other, "other")):
        assert cls(3).units == 3
        with pytest.raises(ConfigError, match=f"^{name}: units: expected a whole number"):
            cls(-1)
