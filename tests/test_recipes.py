"""The recipes of docs/extending.md work as written: each is applied to a copy of the package and used there."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import QUICK
from tests.markdown import section

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "extending.md").read_text()
CODE = re.compile(r"`(nnfs_cli/[\w/]+\.py)`[^`]*^```(python|diff)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A folder with a copy of the package to which all recipes are applied, and with the configurations."""
    folder = tmp_path_factory.mktemp("extended")
    shutil.copytree(ROOT / "nnfs_cli", folder / "nnfs_cli", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("configs", "data"):
        (folder / name).symlink_to(ROOT / name)
    for name, language, code in CODE.findall(PAGE):
        path = folder / name
        before = path.read_text() if path.exists() else ""
        if language == "python" and code in before:
            continue
        path.write_text(changed(before, code) if language == "diff" else f"{before}\n\n{code}".lstrip("\n"))
    return folder


def changed(text: str, diff: str) -> str:
    """The text with the lines after a - replaced by the lines after a + that follow them."""
    for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)+)", diff, re.MULTILINE):
        old, new = (re.sub(r"^[-+]", "", lines, flags=re.MULTILINE) for lines in (old, new))
        assert text.count(old) == 1, f"docs/extending.md: no line is {old}"
        text = text.replace(old, new)
    return text


def run(copy: Path, *arguments: str) -> str:
    """What Python prints when it is called in the folder of the copy."""
    environment = {**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{ROOT}", "NNFS_OFFLINE": "1"}
    done = subprocess.run([sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def train(copy: Path, config: str, *overrides: str) -> Path:
    """The directory of a run of a few epochs."""
    options = [word for override in ("training.workers=1", *overrides) for word in ("--set", override)]
    return copy / run(copy, "-c", QUICK, "train", config, *options, "--quiet").strip()


def epochs(directory: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((directory / "metrics.csv").read_text().splitlines()))


def test_every_recipe_has_its_code():
    titles = re.findall(r"^## (Add .*)$", PAGE, re.MULTILINE)
    assert len(titles) == 8
    assert all(CODE.search(section(PAGE, title)) for title in titles)
    assert len(CODE.findall(PAGE)) == PAGE.count("\n```") / 2


def test_the_recipes_are_in_the_style_of_the_package(copy):
    settings = ("--config", str(ROOT / "pyproject.toml"), "--no-cache", "nnfs_cli")
    run(copy, "-m", "ruff", "check", *settings)
    run(copy, "-m", "ruff", "format", "--check", *settings)


def test_a_layer(copy):
    check = """
import numpy as np
from nnfs_cli.registry import LAYERS
from tests.nn.gradients import assert_gradient
layer = LAYERS["hard_tanh"](0.5)
x, dy = np.random.default_rng(0).normal(size=(2, 7, 5))
layer.forward(x)
dx = layer.backward(dy).copy()
assert_gradient(lambda: (layer.forward(x) * dy).sum(), x, dx)
"""
    run(copy, "-c", check)
    layer = "model.layers.3={type: hard_tanh, limit: 2}"
    assert epochs(train(copy, "configs/digits_dense.yaml", "training.epochs=1", layer))


def test_a_loss(copy):
    check = """
import numpy as np
from nnfs_cli.registry import LOSSES
from tests.nn.gradients import assert_gradient
loss = LOSSES["log_cosh"]()
scores, target = np.random.default_rng(0).normal(size=(2, 3, 5))
loss.forward(scores, target)
assert_gradient(lambda: loss.forward(scores, target).mean(), scores, loss.backward(5))
"""
    run(copy, "-c", check)
    rows = epochs(train(copy, "configs/csv_regression.yaml", "training.epochs=2", "loss=log_cosh"))
    assert float(rows[1]["val_loss"]) < float(rows[0]["val_loss"])


def test_a_metric(copy):
    directory = train(copy, "configs/digits_dense.yaml", "training.epochs=1", "training.monitor=val_brier")
    run(copy, "-c", QUICK, "evaluate", str(directory), "--split", "validation")
    report = json.loads((directory / "evaluation-validation.json").read_text())
    (row,) = epochs(directory)
    assert float(row["val_brier"]) == pytest.approx(report["brier"], rel=1e-9)
    check = """
import numpy as np
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.registry import METRICS
p, y = np.random.default_rng(0).dirichlet(np.ones(3), 9).T, np.arange(9) % 3
brier = METRICS["brier"](np.zeros(3), np.ones(3))
wanted = sum((p[k, n] - (y[n] == k)) ** 2 for n in range(9) for k in range(3)) / 9
assert np.isclose(brier.value(brier.sums(Outputs(p, np.copy), y), 9), wanted)
"""
    run(copy, "-c", check)


def test_an_optimizer(copy):
    check = """
import numpy as np
from nnfs_cli.registry import OPTIMIZERS
signum = OPTIMIZERS["signum"](lr=0.1)
signum.allocate(3, np.dtype(float))
w, m = np.ones(3), np.zeros(3)
expected = w.copy()
for step in range(5):
    g = np.random.default_rng(step).normal(size=3)
    m = 0.9 * m + 0.1 * g
    expected -= 0.1 * np.sign(m)
    signum.step(w, g, slice(0, 3))
np.testing.assert_allclose(w, expected)
"""
    run(copy, "-c", check)
    signum = ("training.epochs=1", "optimizer={type: signum}", "scheduler.max_lr=1e-3")
    assert epochs(train(copy, "configs/digits_dense.yaml", *signum))


def test_a_scheduler(copy):
    check = """
import numpy as np
from nnfs_cli.registry import SCHEDULERS
for steps in range(2, 20):
    rate = SCHEDULERS["linear"](1.0, min_lr=0.1).plan(steps, 1)["lr"]
    values = [rate.value(step) for step in range(steps + 2)]
    np.testing.assert_allclose(values, [*np.linspace(1, 0.1, steps), 0.1, 0.1])
"""
    run(copy, "-c", check)
    linear = ("training.epochs=1", "scheduler={type: linear, max_lr: 1e-3}")
    assert float(epochs(train(copy, "configs/digits_dense.yaml", *linear))[0]["lr"]) == 0


def test_an_augmentation(copy):
    check = """
import numpy as np
from tests.data.augment import augment_cases
cases = augment_cases.CASES
cases.append(augment_cases.Case({"type": "solarize"}, (3, 4, 4)))
from tests.data.augment import test_augmentations as battery
battery.test_every_kind_has_a_case()
for case in cases:
    for dtype in ("uint8", "float32", "float64"):
        battery.test_shape_and_type_stay_and_so_do_the_examples(case, dtype, 9)
    battery.test_an_example_depends_on_its_row_alone(case)
    battery.test_what_it_holds_is_what_it_announces(case)
"""
    run(copy, "-c", check)
    solarized = (
        "training.max_steps=9",
        "dataset.augment=[{type: solarize, white: 16}]",
        "model.layers=[flatten, {type: dense, units: 10}]",
    )
    one, two = (train(copy, "configs/digits_dense.yaml", *solarized, f"training.workers={count}") for count in (1, 2))
    assert float(epochs(one)[0]["val_loss"]) == pytest.approx(float(epochs(two)[0]["val_loss"]), rel=1e-3)


def test_a_data_source(copy):
    (copy / "spirals.yaml").write_text(
        "dataset: spirals\n"
        "model: {layers: [{type: dense, units: 64}, relu, {type: dense, units: 2}]}\n"
        "loss: cross_entropy\n"
        "optimizer: adam\n"
        "scheduler: {type: one_cycle, max_lr: 3e-2}\n"
        "training: {epochs: 40}\n"
    )
    directory = train(copy, "spirals.yaml")
    run(copy, "-c", QUICK, "evaluate", str(directory))
    report = json.loads((directory / "evaluation-test.json").read_text())
    assert (report["examples"], [row["class"] for row in report["classes"]]) == (300, ["left", "right"])
    assert report["accuracy"] > 0.95


def test_a_command(copy):
    assert "dense\n" in run(copy, "-m", "nnfs_cli", "layers")
    assert "conv2d" in json.loads(run(copy, "-m", "nnfs_cli", "layers", "--json"))["layers"]
    assert "List the types of layers." in run(copy, "-m", "nnfs_cli", "--help")
