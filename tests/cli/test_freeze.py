"""model.freeze by the command line: frozen weights keep their bytes, whoever trains and however often it is stopped."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

BLOCK = "{type: residual, layers: [{type: dense, units: 8}]}"
LAYERS = f"[flatten, {{type: dense, units: 8}}, batch_norm, relu, {BLOCK}, {{type: dense, units: 10}}]"
FROZEN = "model.freeze=[1, 2, 4.layers.0]"
STAY = [
    f"model.{name}" for name in ("1.weight", "1.bias", "2.weight", "2.bias", "4.layers.0.weight", "4.layers.0.bias")
]
STATES = ["model.2.running_mean", "model.2.running_var"]


def options(*keys: str) -> list[str]:
    common = (f"model.layers={LAYERS}", "optimizer={type: adam, lr: 0.01, weight_decay: 0.1}")
    return [part for key in (*common, *keys) for part in ("--set", key)]


def weights(run: str) -> dict[str, np.ndarray]:
    return load_file(Path("runs", run, "checkpoints/last.safetensors"))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_is_frozen_keeps_its_bytes(nnfs, workers):
    nnfs("train", "tiny.yaml", "--name", "first", *options("training.max_steps=1", "training.epochs=1"))
    common = ("--init-from", "first", "--workers", workers)
    done = nnfs("train", "tiny.yaml", "--name", "tuned", *common, *options(FROZEN))
    assert done.code == 0
    assert "698 parameters (608 frozen)" in done.err
    before, after = weights("first"), weights("tuned")
    for name in (*STAY, *STATES):
        assert after[name].tobytes() == before[name].tobytes(), name
    assert (after["model.5.weight"] != before["model.5.weight"]).any()
    slots = {name: array.any() for name, array in after.items() if name.startswith("optimizer.m.")}
    assert slots == {
        f"optimizer.m.{name}": name.startswith("model.5.") for name in (*STAY, "model.5.weight", "model.5.bias")
    }
    summary = json.loads(Path("runs/tuned/summary.json").read_text())
    assert (summary["parameters"], summary["frozen"]) == (sum(after[name].size for name in after if ".m." in name), 608)


def test_workers_change_nothing_but_the_rounding(nnfs):
    for workers in ("1", "2"):
        nnfs(
            "train",
            "tiny.yaml",
            "--name",
            f"w{workers}",
            "--workers",
            workers,
            *options(FROZEN, "training.dtype=float64"),
        )
    one, two = weights("w1"), weights("w2")
    for name, array in one.items():
        np.testing.assert_allclose(two[name], array, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_resumed_training_gives_the_same_bytes(nnfs, workers):
    nnfs("train", "tiny.yaml", "--name", "whole", "--workers", workers, *options(FROZEN))
    nnfs("train", "tiny.yaml", "--name", "parts", "--workers", workers, *options(FROZEN, "training.max_steps=6"))
    done = nnfs("train", "--resume", "parts", "--set", "training.max_steps=null")
    assert done.code == 0
    whole, parts = weights("whole"), weights("parts")
    assert all(parts[name].tobytes() == array.tobytes() for name, array in whole.items())


def test_a_run_keeps_what_is_frozen_and_its_configuration_repeats_it(nnfs):
    nnfs("train", "tiny.yaml", "--name", "a", *options(FROZEN))
    assert "freeze: [1, 2, '4.layers.0']" in Path("runs/a/config.yaml").read_text()
    assert nnfs("train", "runs/a/config.yaml", "--name", "b").code == 0
    assert all(array.tobytes() == weights("a")[name].tobytes() for name, array in weights("b").items())
    done = nnfs("train", "--resume", "a", "--set", "model.freeze=[1]", "--set", "training.epochs=3")
    assert (done.code, "model.freeze" in done.err) == (2, True)


def test_check_shows_it(nnfs):
    done = nnfs("check", "tiny.yaml", *options(FROZEN))
    rows = {
        line.split()[0]: line
        for line in done.out.splitlines()
        if line[:1].isdigit() and line.split()[1] != "parameters"
    }
    assert [name for name, row in rows.items() if "frozen" in row] == ["1", "2", "4.layers.0"]
    assert "90 parameters learn, 608 are frozen" in done.out
    checked = json.loads(nnfs("check", "tiny.yaml", "--json", *options(FROZEN)).out)
    assert (checked["parameters"], checked["learned"]) == (698, 90)
    assert [layer["name"] for layer in checked["layers"] if layer["frozen"]] == ["1", "2", "4.layers.0"]
    assert "frozen" not in nnfs("check", "tiny.yaml").out


@pytest.mark.parametrize(
    ("freeze", "problem"),
    [
        ("[1, 9]", "tiny.yaml:6: model.freeze[1]: no layer is called '9'. There are 0, 1, 2, 3."),
        ("[dense]", "tiny.yaml:6: model.freeze[0]: no layer is called 'dense'. There are 0, 1, 2, 3."),
        ("[0]", "tiny.yaml:6: model.freeze: these layers have no weights. Name one that has, or leave freeze out."),
        ("[1, 3]", "tiny.yaml:6: model.freeze: no weights are left to train. Leave a layer out of it."),
        ("1", "tiny.yaml:6: model.freeze: expected a list of layers, such as [0, 3.layers.1], got 1."),
        ("[-1]", "tiny.yaml:6: model.freeze: expected a list of layers, such as [0, 3.layers.1], got [-1]."),
    ],
)
def test_what_cannot_be_frozen_is_refused_with_its_line(nnfs, freeze, problem):
    text = Path("tiny.yaml").read_text()
    Path("tiny.yaml").write_text(text.replace("model:\n", f"model:\n  freeze: {freeze}\n"))
    for command in ("check", "train"):
        done = nnfs(command, "tiny.yaml")
        assert (done.code, done.err) == (2, f"{problem}\n")


def test_a_rate_is_found_for_what_learns(nnfs):
    assert nnfs("lr-find", "tiny.yaml", *options(FROZEN)).code == 0
