"""What was probably meant: names that other programs have, whole numbers with a point, keys like another one."""

from __future__ import annotations

import pytest

from nnfs_cli.config import load
from nnfs_cli.config.settings import DataSettings, Training
from nnfs_cli.config.yaml.other_names import _NAMES, known_as
from nnfs_cli.config.yaml.suggestions import closest
from nnfs_cli.errors import ConfigError
from nnfs_cli.registry import AUGMENTATIONS, LAYERS, LOSSES, METRICS, OPTIMIZERS, SCHEDULERS, SOURCES, parameters

REGISTRIES = (LAYERS, LOSSES, OPTIMIZERS, METRICS, SCHEDULERS, AUGMENTATIONS)
TEXT = """\
dataset: digits
model:
  layers:
    - {type: reshape, shape: [1, 64]}
    - flatten
    - {type: dense, units: 10}
"""


@pytest.fixture
def problems(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.yaml").write_text(TEXT)

    def told(option: str) -> list[str]:
        with pytest.raises(ConfigError) as refused:
            load("x.yaml", [option])
        return [line.removeprefix(f"--set {option}: ") for line in refused.value.problems]

    return told


def test_every_name_that_is_suggested_exists():
    classes = [cls for registry in (*REGISTRIES, SOURCES) for _, cls in registry.items()]
    keys = {key for cls in (*classes, Training, DataSettings) for key in parameters(cls)}
    assert set(_NAMES) <= {*keys, *(name for registry in REGISTRIES for name in registry)}


def test_no_name_that_exists_is_taken_for_another():
    for registry in REGISTRIES:
        for name in registry:
            assert closest(name.upper(), registry) == name


@pytest.mark.parametrize(
    ("word", "registry", "meant"),
    [
        ("swish", LAYERS, "silu"),
        ("Dropout2d", LAYERS, "spatial_dropout"),
        ("BatchNorm2d", LAYERS, "batch_norm"),
        ("conv", LAYERS, "conv2d"),
        ("maxpool", LAYERS, "max_pool2d"),
        ("max-pooling-1d", LAYERS, "max_pool1d"),
        ("average_pooling", LAYERS, "avg_pool2d"),
        ("AdaptiveAvgPool2d", LAYERS, "global_avg_pool2d"),
        ("linear", LAYERS, "dense"),
        ("linear", SCHEDULERS, "polynomial"),
        ("cosine_annealing", SCHEDULERS, "cosine"),
        ("CosineAnnealingWarmRestarts", SCHEDULERS, "cosine_restarts"),
        ("reduce_on_plateau", SCHEDULERS, "plateau"),
        ("ReduceLROnPlateau", SCHEDULERS, "plateau"),
        ("BCEWithLogitsLoss", LOSSES, "binary_cross_entropy"),
        ("l1", LOSSES, "mae"),
        ("auc", METRICS, "roc_auc"),
        ("horizontal flip", AUGMENTATIONS, "flip"),
        ("learning_rate", ["lr", "momentum"], "lr"),
    ],
)
def test_names_of_other_programs(word, registry, meant):
    assert known_as(word, registry) == closest(word, registry) == meant


def test_a_name_means_nothing_where_the_thing_is_not():
    assert known_as("swish", OPTIMIZERS) is None
    assert known_as("nonsense", LAYERS) is None


@pytest.mark.parametrize(
    ("value", "hint"),
    [("[8.0, 8]", " Did you mean [8, 8]?"), ("[0, 64]", ""), ("[-1]", ""), ("[8.5, 8]", ""), ("[1, 1, 8, 8]", "")],
)
def test_the_shape_of_reshape(problems, value, hint):
    place = "model.layers[0].shape: expected a list of 1 to 3 whole numbers of at least 1, got "
    assert problems(f"model.layers.0.shape={value}") == [f"{place}{value}.{hint}"]


@pytest.mark.parametrize(("value", "meant"), [("[0.0]", "[0]"), ("[1e0]", "[1]"), ("[2.0, 0]", "[2, 0]")])
def test_layers_by_number_to_freeze(problems, value, meant):
    expected = f"model.freeze: expected a list of layers, such as [0, 3.layers.1], got {value}. Did you mean {meant}?"
    assert problems(f"model.freeze={value}") == [expected]


@pytest.mark.parametrize("key", ["repaet", "Repeat", "repeats"])
def test_a_misspelt_repeat(problems, key):
    sentence = f"model.layers[1].{key}: a layer has no such key. Did you mean 'repeat'?"
    assert problems(f"model.layers.1={{{key}: {{times: 2, layers: [relu]}}}}") == [sentence]


@pytest.mark.parametrize(("key", "hint"), [("reshpe", ""), ("dense", " Write {type: dense, ...}.")])
def test_other_keys_are_no_repeat(problems, key, hint):
    sentence = f"model.layers[1]: type is missing: expected one of {', '.join(LAYERS)}.{hint}"
    assert problems(f"model.layers.1={{{key}: {{units: 2}}}}") == [sentence]
