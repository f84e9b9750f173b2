"""Every configuration that people can start from is valid, and follows the schema that editors use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnfs_cli.config import load
from nnfs_cli.config.schema import json_schema
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.sessions.check import check

ROOT = Path(__file__).parents[1]
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_it_is_valid_without_any_data_on_disk(path, tmp_path):
    checked = check(load(path), Locator(tmp_path))
    assert checked.parameters == sum(layer.parameters for layer in checked.layers) > 0


def test_the_stack_of_the_contract():
    layers = check(load(ROOT / "configs" / "mnist_dense.yaml"), Locator(Path("nowhere"))).layers
    assert [layer.output for layer in layers if layer.layer == "dense"] == [(200,), (100,), (50,), (10,)]


def test_all_that_are_promised_are_there():
    promised = {"mnist_dense", "mnist_cnn", "digits_dense", "digits_cnn", "fashion_mnist_cnn"}
    promised |= {"csv_regression", "csv_classification", "csv_best_regression", "csv_best_classification"}
    assert promised <= {path.stem for path in CONFIGS}


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_it_names_the_schema_for_editors(path):
    assert path.read_text().startswith("# yaml-language-server: $schema=schema.json\n")


def test_the_schema_is_what_the_program_says():
    tracked = json.loads((ROOT / "configs" / "schema.json").read_text())
    assert tracked == json.loads(json.dumps(json_schema())), "run: make docs"
