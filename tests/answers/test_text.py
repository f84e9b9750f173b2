"""What commands print for people are the figures of their JSON, rounded."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.answers.asking import json_of
from tests.answers.tables import layers_of, write_config


@pytest.fixture
def trained(ask, folder):
    """A run called `kinds` of three classes and one called `values` of two values."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=(300, 3))
    for name, y in (("kinds", x.argmax(axis=1)), ("values", [300, 0] + x[:, :2] * [60, 1])):
        np.savez(folder / f"{name}.npz", x=x, y=y)
        dataset = {"type": "npz", "train": f"{name}.npz", "test": f"{name}.npz"}
        outputs, loss = (3, "cross_entropy") if name == "kinds" else (2, "mse")
        write_config(folder / f"{name}.yaml", dataset, layers_of(outputs), loss)
        assert ask("train", f"{name}.yaml", "--name", name).strip() == f"runs/{name}"


def percent(value):
    return f"{100 * value:.2f} %"


def test_evaluate_prints_the_figures_of_classes(trained, ask):
    said, text = json_of(ask("evaluate", "kinds", "--json")), ask("evaluate", "kinds")
    assert re.search(rf"^accuracy {percent(said['accuracy'])}, loss ", text, re.MULTILINE), text
    assert float(re.search(r", loss (\S+)", text)[1]) == pytest.approx(said["loss"], rel=1e-3)
    for row in said["classes"]:
        figures = [percent(row[name]) for name in ("precision", "recall", "f1")]
        assert re.search(rf"^{row['class']} +{row['examples']} +{' +'.join(figures)}$", text, re.MULTILINE), text


def test_evaluate_prints_the_figures_of_values(trained, ask):
    said, text = json_of(ask("evaluate", "values", "--json")), ask("evaluate", "values")
    found = dict(re.findall(r"^(mse|rmse|mae|mape|r2) +(\S+)$", text, re.MULTILINE))
    assert {name: float(value) for name, value in found.items()} == pytest.approx(
        {name: said[name] for name in ("mse", "rmse", "mae", "mape", "r2")}, rel=1e-3
    )


@pytest.mark.parametrize("method", ["valley", "steep", "minimum", "slide"])
def test_lr_find_prints_the_rate_of_its_method(method, ask, folder):
    rng = np.random.default_rng(8)
    x = rng.normal(size=(300, 3))
    np.savez(folder / "kinds.npz", x=x, y=x.argmax(axis=1))
    write_config(folder / "kinds.yaml", {"type": "npz", "train": "kinds.npz"}, layers_of(3), "cross_entropy")
    said = json_of(ask("lr-find", "kinds.yaml", "--json", "--method", method))
    assert said["method"] == method
    assert said["lr"] == said["suggestions"][method]
    assert float(ask("lr-find", "kinds.yaml", "--method", method)) == pytest.approx(said["lr"], rel=5e-3)
