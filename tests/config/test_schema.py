"""The schema for editors says what the checker says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from nnfs_cli.config import load
from nnfs_cli.config.schema import document, json_schema
from nnfs_cli.config.yaml.problems import Problems
from nnfs_cli.config.yaml.reader import read_file

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("configs/**/*.yaml"))
MINIMAL = {
    "dataset": "digits",
    "model": {"layers": ["flatten", {"type": "dense", "units": 10}]},
    "scheduler": {"type": "one_cycle", "max_lr": 0.01},
    "training": {"epochs": 1},
}


def validate(mapping):
    return document().model_validate_json(json.dumps(mapping), strict=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_configs_are_valid(path):
    validate(read_file(path, Problems()).plain())
    validate(load(path).resolved())


def test_blocks_within_blocks():
    inner = {"type": "residual", "layers": ["relu", {"type": "dense", "units": 3}], "shortcut": ["relu"]}
    validate({**MINIMAL, "model": {"layers": [{"type": "residual", "layers": [inner]}]}})


def test_repeats():
    inner = {"repeat": {"times": 2, "layers": ["relu", {"repeat": {"times": 3, "layers": ["tanh"]}}]}}
    validate({**MINIMAL, "model": {"layers": [inner, {"type": "residual", "layers": [inner], "shortcut": [inner]}]}})


def test_minimal():
    assert validate(MINIMAL).training.batch_size == 32


@pytest.mark.parametrize(
    "change",
    [
        {"optimiser": "adam"},
        {"dataset": "csv"},
        {"dataset": {"type": "digits", "size": 0}},
        {"model": {"layers": []}},
        {"model": {"layers": ["dense"]}},
        {"model": {"layers": [{"type": "residual", "layers": []}]}},
        {"model": {"layers": [{"type": "residual", "layers": [{"type": "residual", "layers": ["relo"]}]}]}},
        {"model": {"layers": [{"type": "residual", "layers": ["relu"], "shortcut": "relu"}]}},
        {"model": {"layers": [{"repeat": {"times": 0, "layers": ["relu"]}}]}},
        {"model": {"layers": [{"repeat": {"times": 2, "layers": []}}]}},
        {"model": {"layers": [{"repeat": {"times": 2, "layers": ["relo"]}}]}},
        {"model": {"layers": [{"repeat": {"times": 2, "layers": ["relu"]}, "times": 2}]}},
        {"dataset": {"type": "digits", "augment": [{"repeat": {"times": 2, "layers": ["relu"]}}]}},
        {"optimizer": {"type": "adam", "momentum": 0.9}},
        {"training": {"epochs": 1, "batchsize": 3}},
    ],
)
def test_mistakes_are_invalid(change):
    with pytest.raises(ValidationError):
        validate({**MINIMAL, **change})


def test_every_key_has_its_default():
    definitions = json_schema()["$defs"]
    assert definitions["adam_Adam"]["properties"]["beta1"]["default"] == 0.9
    assert definitions["dense_Dense"]["required"] == ["type", "units"]
    assert definitions["digits_Digits"]["properties"]["standardize"]["default"] is True


def test_the_module_prints_it():
    command = [sys.executable, "-m", "nnfs_cli.config.schema"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == json_schema()
    assert done.stderr == ""
