"""A Config holds what was written, knows where, and can be written out and read again."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from nnfs_cli.config import from_mapping, load, read_threads
from nnfs_cli.config.sections import REGISTRIES
from nnfs_cli.errors import ConfigError
from nnfs_cli.parameters import PositiveFloat, PositiveInt
from nnfs_cli.registry import Registry

ROOT = Path(__file__).parents[2]
TEXT = """\
description: everything at once
seed: 3
dataset: {type: csv, train: iris.csv, target: species, drop: [id], validation: 20, limit: 100}
model:
  layers:
    - {type: dense, units: 4}
    - relu
    - {type: dropout, rate: 0.25}
    - {type: dense, units: 3, bias: false}
loss: {type: cross_entropy, label_smoothing: 0.1}
scheduler: {type: one_cycle, max_lr: 3e-3, momentum: null}
training:
  epochs: 5
  gradient_clip_norm: 1
  early_stopping: {patience: 3}
  checkpoint_every: {steps: 100}
  workers: 2
"""


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = (tmp_path / "everything.yaml").relative_to(tmp_path)
    path.write_text(TEXT)
    return path


def test_values(path):
    config = load(path)
    assert (config.name, config.source, config.seed) == ("everything", "everything.yaml", 3)
    assert config.dataset.arguments == {"train": "iris.csv", "target": "species", "drop": ("id",), "validation": 20}
    assert (config.data.validation, config.data.limit, config.data.fallback) == (20, 100, None)
    assert [layer.type for layer in config.layers] == ["dense", "relu", "dropout", "dense"]
    assert config.layers[3].arguments == {"units": 3, "bias": False}
    assert (config.optimizer.type, config.optimizer.arguments) == ("adam", {})
    assert (config.training.early_stopping.patience, config.training.checkpoint_every.steps) == (3, 100)
    assert isinstance(config.training.gradient_clip_norm, float)


def test_it_is_frozen(path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        load(path).seed = 4


def test_a_choice_makes_its_object(path):
    assert load(path).layers[3].make().units == 3


def test_the_classes_can_be_others(path):
    stand_ins: Registry = Registry("optimizer", "nnfs_cli.config")

    @stand_ins.register("newton")
    class Newton:
        def __init__(self, order: PositiveInt, lr: PositiveFloat = 1.0):
            if order > 2:
                raise ConfigError("order above 2 is not implemented. Use 1 or 2.")
            self.order, self.lr = order, lr

    registries = {**REGISTRIES, "optimizer": stand_ins}
    assert load(path, ["optimizer={type: newton, order: 2}"], registries=registries).optimizer.cls is Newton
    option = "optimizer={type: newton, order: 3}"
    with pytest.raises(ConfigError) as caught:
        load(path, [option], registries=registries)
    assert str(caught.value) == f"--set {option}: optimizer (newton): order above 2 is not implemented. Use 1 or 2."


@pytest.mark.parametrize(
    ("given", "held", "to_source"),
    [(str(held), held, {"validation": held}) for held in (0.2, 5, 0)] + [("held.csv", 0, {"validation": "held.csv"})],
)
def test_validation_is_a_number_or_a_path(path, given, held, to_source):
    config = load(path, ["dataset={type: csv, train: a.csv, target: y}", f"dataset.validation={given}"])
    assert (config.data.validation, config.dataset.arguments) == (held, {"train": "a.csv", "target": "y", **to_source})
    assert config.resolved()["dataset"]["validation"] == (to_source.get("validation", held))


def test_places(path):
    config = load(path, ["optimizer.lr=1e-3"])
    assert config.location("model.layers[2]") == "everything.yaml:8: model.layers[2] (dropout)"
    assert config.location("training.epochs") == "everything.yaml:13: training.epochs"
    assert config.location("scheduler") == "everything.yaml:11: scheduler (one_cycle)"
    assert config.location("training.dtype") == "everything.yaml:12: training.dtype"
    assert config.location("optimizer.lr") == "--set optimizer.lr=1e-3: optimizer.lr"
    assert load(path).location("optimizer") == "everything.yaml: optimizer (adam)"


@pytest.mark.parametrize("validation", ["20", "held.csv"])
def test_resolved_is_plain_complete_and_stable(path, validation):
    config = load(path, [f"dataset.validation={validation}"])
    resolved = config.resolved()
    assert json.loads(json.dumps(resolved)) == resolved
    assert resolved["optimizer"]["beta1"] == 0.9
    assert resolved["training"]["early_stopping"] == {"monitor": "val_loss", "patience": 3, "min_delta": 0.0}
    again = from_mapping(resolved, "run")
    assert again.resolved() == resolved
    assert again.layers[1].make().type_name == "relu"


def test_from_mapping(path):
    config = from_mapping(load(path).resolved(), "runs/x-1", ["dataset.train=other.csv"])
    assert config.dataset.arguments["train"] == "other.csv"
    assert config.location("model.layers[0]") == "runs/x-1: model.layers[0] (dense)"


@pytest.mark.parametrize(
    ("section", "value", "sentence"),
    [
        ("optimizer", {"type": "os.system"}, "last: optimizer.type: no optimizer is called 'os.system'."),
        ("seed", float("nan"), "last: seed: expected a whole number from 0 to 9,223,372,036,854,775,807, got .nan."),
        ("seed", 10**400, "last: seed: expected a whole number from 0 to 9,223,372,036,854,775,807, got 1000"),
        (
            "loss",
            10**400,
            "last: loss: expected one of binary_cross_entropy, cross_entropy, focal, huber, mae, mse, quantile, got 1",
        ),
        (
            "optimizer",
            {"type": "adam", "lr": 10**400},
            "last: optimizer.lr: expected a number from 1e-30 to 1e30",
        ),
        ("description", "\ud800", "last: a character that cannot be shown"),
        ("\x1b", 1, "last: a character that cannot be shown"),
        ("description", [[]] * 20_000, "last: more than 10,000 values"),
    ],
)
def test_hostile_mappings(path, section, value, sentence):
    mapping = {**load(path).resolved(), section: value}
    if sentence is None:
        assert from_mapping(mapping, "last").seed == value
        return
    with pytest.raises(ConfigError) as caught:
        from_mapping(mapping, "last")
    assert caught.value.problems[0].startswith(sentence)


def test_deep_mappings_are_refused():
    deep: dict = {}
    for _ in range(900):
        deep = {"model": deep}
    with pytest.raises(ConfigError, match="nested deeper than 32 levels"):
        from_mapping(deep, "last")


@pytest.mark.parametrize(
    ("text", "overrides", "threads"),
    [
        ("training: {threads: 4}", [], 4),
        ("training: {threads: 4}", ["training.threads=2"], 2),
        ("training: {epochs: 4}", [], 1),
        ("training: {threads: true}", [], 1),
        ("training: {threads: -4}", [], 1),
        ("training: {threads: four}", ["nonsense"], 1),
        ("training: [", [], 1),
        ("", ["training.threads=2"], 1),
    ],
)
def test_threads_are_read_without_complaint(path, text, overrides, threads):
    path.write_text(text)
    assert read_threads(path, overrides) == threads


def test_threads_of_no_file(tmp_path):
    assert read_threads(tmp_path / "none.yaml") == 1


def test_threads_are_read_before_numpy(path):
    program = (
        "import sys; from nnfs_cli.config import read_threads; "
        f"read_threads({str(path.resolve())!r}, ['training.threads=2']); "
        "print([name for name in ('numpy', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
