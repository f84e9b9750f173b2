"""The documentation is right: generated parts are up to date, commands and code in it run, links lead somewhere."""

from __future__ import annotations

import contextlib
import os
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
from nnfs_cli.config.sections import REGISTRIES
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import ConfigError
from nnfs_cli.runs import checkpoint
from nnfs_cli.saved.predictor import load_predictor
from nnfs_cli.sessions.train import train
from tests.markdown import anchors, blocks, commands, links, section

ROOT = Path(__file__).parents[1]
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [ROOT / "README.md", *DOCS, *(ROOT / name for name in ("CHANGELOG.md", "SECURITY.md"))]
PAGES += [ROOT / folder / "README.md" for folder in ("benchmarks", "data", "runs")]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def text_of(name: str) -> str:
    """A page of the documentation."""
    return (ROOT / name).read_text()


@pytest.mark.parametrize("page", [ROOT / "README.md", *DOCS], ids=lambda page: page.name)
def test_the_generated_parts_are_up_to_date(page):
    assert Cog().main(["cog", "--check", str(page)]) == 0, "run: make docs"


@each_page
def test_every_relative_link_leads_to_a_file_and_an_anchor_that_exist(page):
    for link in links(page.read_text()):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text()), link


def test_the_readme_is_short_and_leads_to_every_page():
    readme = text_of("README.md")
    assert len(readme.splitlines()) <= 250
    for page in DOCS:
        assert f"docs/{page.name}" in section(readme, "Read on")
    for path in (ROOT / "configs").glob("*.yaml"):
        assert f"(configs/{path.name})" in section(readme, "What it reaches")


@pytest.mark.parametrize("name", reference.commands())
def test_every_command_is_documented(name):
    assert reference.help_text(name) in section(text_of("docs/commands.md"), f"`nnfs {name}`")


def test_every_key_of_every_class_is_explained():
    pages = text_of("docs/configuration.md") + text_of("docs/data.md")
    for registry in REGISTRIES.values():
        assert reference.types(registry) in pages
    assert reference.initializers() in pages
    assert reference.training_keys() in pages
    assert reference.dataset_keys() in pages


def test_every_package_and_module_has_a_line():
    table = section(text_of("docs/architecture.md"), "The packages")
    names = [path.relative_to(ROOT) for path in (ROOT / "nnfs_cli").glob("[!_]*") if path.suffix in (".py", "")]
    assert not {str(name) for name in names if f"`{name}`" not in table}


def test_the_session_runs_as_written(tmp_path):
    script = commands(section(text_of("README.md"), "A whole session"))
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
    (shown,) = blocks(section(text_of("docs/configuration.md"), "Mistakes"), "console")
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
    (example,) = blocks(text_of("docs/python.md"), "python")
    exec(example, names)
    assert names["probabilities"].shape == (5, 10)
    assert len(names["history"]) == 5
    np.testing.assert_array_equal(names["model"].predict(x[:5]), names["probabilities"])


class Tensor(np.ndarray):
    """As much of torch.Tensor as docs/python.md uses."""

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
    task = build(load(file, options), Locator(tmp_path))
    *_, finished = train(load(file, options), Locator(tmp_path), runs_dir=tmp_path)
    path, x = finished.run / "checkpoints/best.safetensors", task.dataset.splits["test"].x[:300]
    names = {"network": Dense(), "path": path, "x": x}
    (code,) = blocks(section(text_of("docs/python.md"), "In PyTorch"), "py")
    exec(code, names)
    expected = load_predictor(checkpoint.read(path)).predict(x)
    np.testing.assert_allclose(names[answer], expected, rtol=1e-4, atol=1e-5)
