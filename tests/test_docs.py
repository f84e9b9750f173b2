"""The README says what is true: generated parts are up to date, commands and code in it run."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from cogapp import Cog

from nnfs_cli.build import build
from nnfs_cli.cli import reference
from nnfs_cli.config import load
from nnfs_cli.data.sources.base import Place
from nnfs_cli.errors import ConfigError
from nnfs_cli.runs import checkpoint
from nnfs_cli.sessions.predictor import load_predictor
from nnfs_cli.sessions.train import train

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def section(title: str) -> str:
    """The text under a heading, up to the next of its level or above; # in a code block is no heading."""
    lines, level, in_code = [], 0, False
    for line in README.splitlines(keepends=True):
        in_code ^= line.startswith("```")
        heading = None if in_code else re.match(r"(#+) (.*)", line)
        if heading and heading[2] == title:
            level = len(heading[1])
        elif heading and len(heading[1]) <= level:
            break
        elif level:
            lines.append(line)
    return "".join(lines)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_generated_parts_are_up_to_date(capsys):
    assert Cog().main(["cog", "--check", str(ROOT / "README.md")]) == 0, "run: make docs"


@pytest.mark.parametrize("name", reference.commands())
def test_every_command_is_documented(name):
    assert reference.help_text(name) in section("Commands")


def test_every_key_of_every_class_is_explained():
    from nnfs_cli import registry

    for kind in (registry.LAYERS, registry.LOSSES, registry.OPTIMIZERS, registry.SCHEDULERS, registry.SOURCES):
        assert reference.types(kind) in README


def test_the_session_runs_as_written(tmp_path):
    lines = [line for block in blocks(section("A whole session"), "console") for line in block.splitlines()]
    script = "\n".join(line[2:] for line in lines if line.startswith("$ "))
    assert script.count("nnfs ") >= 5
    for name in ("configs", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "NNFS_OFFLINE": "1", "NNFS_DATA_DIR": str(tmp_path / "none"), "PATH": path}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "accuracy" in done.stdout
    assert "source,label,probability" in done.stdout


def test_the_broken_configuration_has_the_mistakes_that_are_shown(tmp_path, monkeypatch):
    shown = blocks(section("Configurations"), "console")[0]
    text, messages = shown.removeprefix("$ cat broken.yaml\n").split("$ nnfs check broken.yaml\n")
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(Path("broken.yaml"))
    assert list(caught.value.problems) == messages.splitlines()


def test_the_python_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(64, 784)), rng.integers(0, 10, 64)
    names = {"x": x, "y": y, "x_val": x[:8], "y_val": y[:8], "x_test": x[:5]}
    (example,) = blocks(section("From Python"), "python")
    exec(example, names)
    assert names["probabilities"].shape == (5, 10)
    assert len(names["history"]) == 5
    np.testing.assert_array_equal(names["model"].predict(x[:5]), names["probabilities"])


class Tensor(np.ndarray):
    """As much of torch.Tensor as the README uses."""

    def softmax(self, axis: int) -> Tensor:
        powers = np.exp(self - self.max(axis, keepdims=True))
        return powers / powers.sum(axis, keepdims=True)

    def numpy(self) -> np.ndarray:
        return np.asarray(self)


class Dense:
    """A network of torch.nn.Linear layers with rectifiers between them, after a torch.nn.Flatten."""

    def load_state_dict(self, state: dict[str, np.ndarray]) -> None:
        self.layers = sorted({int(name.partition(".")[0]) for name in state})
        self.state = state

    def __call__(self, x: Tensor) -> Tensor:
        y = x.reshape(len(x), -1)
        for index in self.layers:
            y = y @ self.state[f"{index}.weight"].T + self.state[f"{index}.bias"]
            y = np.maximum(y, 0) if index != self.layers[-1] else y
        return y


@pytest.mark.parametrize(("config", "answer"), [("digits_dense", "probabilities"), ("csv_regression", "values")])
def test_a_network_that_is_taken_elsewhere_gives_the_same_answers(tmp_path, monkeypatch, config, answer):
    """PyTorch itself is not here: its few calls are made by NumPy."""
    from safetensors.numpy import load_file

    torch = SimpleNamespace(from_numpy=lambda x: x.view(Tensor), no_grad=contextlib.nullcontext)
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "safetensors.torch", SimpleNamespace(load_file=load_file))
    monkeypatch.setenv("NNFS_OFFLINE", "1")
    monkeypatch.chdir(ROOT)
    file, options = Path("configs", f"{config}.yaml"), ("training.epochs=1", "training.workers=1")
    task = build(load(file, options), Place(tmp_path))
    *_, finished = train(load(file, options), Place(tmp_path), runs_dir=tmp_path)
    path, x = finished.run / "checkpoints/best.safetensors", task.dataset.splits["test"].x[:300]
    names = {"network": Dense(), "path": path, "x": x}
    (code,) = blocks(section("Runs"), "py")
    exec(code, names)
    expected = load_predictor(checkpoint.read(path)).predict(x)
    np.testing.assert_allclose(names[answer], expected, rtol=1e-4, atol=1e-5)


def test_the_layer_that_is_added_has_the_right_gradient(tmp_path):
    (code,) = blocks(section("Add a layer"), "python")
    (tmp_path / "leaky_relu.py").write_text(code)
    check = (
        "import numpy as np, leaky_relu\n"
        "from nnfs_cli.registry import LAYERS\n"
        "layer = LAYERS['leaky_relu'](0.1)\n"
        "x, dy = np.random.default_rng(0).normal(size=(2, 7, 5))\n"
        "layer.forward(x)\n"
        "dx = layer.backward(dy)\n"
        "step = 1e-6 * np.ones_like(x)\n"
        "numeric = (layer.forward(x + step) - layer.forward(x - step)) * dy / 2e-6\n"
        "assert np.allclose(dx, numeric)\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run([sys.executable, "-c", check], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_files_that_the_readme_links_to_exist():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
