"""Mistakes in a configuration are told all at once, with their lines, by every command that reads one."""

from __future__ import annotations

from pathlib import Path

import pytest

MISTAKES = """\
sede: 1
dataset:
  type: digits
  limit: true
  standardize: 1
model:
  layers:
    - flatten
    - {type: dense, unit: 16}
    - {type: dense, units: -3}
    - {type: dropout, rate: .inf}
    - {type: dense, units: 10.0}
    - {type: dropout}
    - {type: dense, units: null}
    - {type: desne, units: 10}
loss: null
optimizer: {type: adam, lr: .nan, beta1: 1}
training:
  batch_size: "32"
  shuffle: no
"""
SAID = [
    "x.yaml:1: sede: ",
    "x.yaml:4: dataset.limit: expected a whole number from 1 to 1,000,000,000, or null, got true.",
    "x.yaml:5: dataset.standardize: expected true, false or 'robust', got 1.",
    "x.yaml:9: model.layers[1].unit: dense has no such key. Did you mean 'units'?",
    "x.yaml:10: model.layers[2].units: expected a whole number from 1 to 1,000,000,000, or 'auto', got -3.",
    "x.yaml:11: model.layers[3].rate: expected a number, at least 0 and below 1, got .inf.",
    "x.yaml:12: model.layers[4].units: expected a whole number from 1 to 1,000,000,000, or 'auto', got 10.0.",
    "x.yaml:13: model.layers[5] (dropout): rate is missing: expected",
    "x.yaml:14: model.layers[6].units: expected a whole number from 1 to 1,000,000,000, or 'auto', got null.",
    "x.yaml:15: model.layers[7].type: no layer is called 'desne'. Did you mean 'dense'?",
    "x.yaml:16: loss: ",
    "x.yaml:17: optimizer.lr: expected a number from 1e-30 to 1e30 or null, got .nan.",
    "x.yaml:17: optimizer.beta1: expected ",
    "x.yaml:19: training.batch_size: expected a whole number from 1 to 1,000,000,000, got '32'.",
    "x.yaml:20: training.shuffle: expected true or false, got 'no'.",
]


@pytest.mark.parametrize("command", ["train", "check", "lr-find"])
def test_mistakes_in_yaml(nnfs, command):
    """mistakes in YAML: typos, wrong types, bool for int, negatives, `.inf`, null, missing keys"""
    Path("x.yaml").write_text(MISTAKES)
    done = nnfs(command, "x.yaml")
    lines = done.err.splitlines()
    assert (done.code, done.out) == (2, "")
    assert all(line.startswith(said) for line, said in zip(lines, SAID, strict=True))
    assert all(line.endswith((".", "?")) for line in lines)
    assert not Path("runs").exists()


def test_mistakes_in_options_stand_before_those_of_the_file(nnfs):
    """mistakes in YAML: typos, wrong types ..."""
    Path("x.yaml").write_text(MISTAKES)
    done = nnfs("check", "x.yaml", "--set", "seed=-1", "--set", "loss=msee", "--set", "model.layers.99=relu")
    lines = done.err.splitlines()
    assert done.code == 2
    assert len(lines) == len(SAID) - 1 + 3
    assert all(line.startswith("--set ") for line in lines[:3])


@pytest.mark.parametrize(
    ("command", "option", "said"),
    [
        (
            ("evaluate", "tiny"),
            "dataset.limit=true",
            "dataset.limit: expected a whole number from 1 to 1,000,000,000, or null",
        ),
        (("evaluate", "tiny"), "dataset.limits=5", "dataset.limits: digits has no such key. Did you mean 'limit'?"),
        (
            ("train", "--resume", "tiny"),
            "training.epochs=-1",
            "training.epochs: expected a whole number from 1 to 1,000,000,000, or 'auto'",
        ),
        (("train", "--resume", "tiny"), "training.epoch=3", "training.epoch: training has no such key."),
    ],
)
def test_mistakes_in_options_for_a_run(refused, runs, command, option, said):
    """mistakes in YAML: typos, wrong types ..."""
    refused(2, f"--set {option}: {said}", *command, "--set", option)


NO_YAML = {
    "empty": (b"", "expected sections such as dataset and model, got nothing"),
    "words": (b"train a network, please", "expected sections such as dataset and model, got"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not UTF-8 text"),
    "another encoding": ("description: größe".encode("latin-1"), "x.yaml:1: not UTF-8 text."),
    "UTF-16": ("seed: 1".encode("utf-16"), "not UTF-8 text"),
    "null bytes": (b"seed: \0", "a character that cannot be shown"),
    "over 1 MiB": (b"# " + bytes([120]) * (1 << 20), "larger than 1 MiB"),
    "a tab": (b"model:\n\tlayers: []\n", "x.yaml:2: a tab stands where YAML wants spaces."),
}


@pytest.mark.parametrize("kind", NO_YAML)
def test_mistakes_in_yaml_that_end_the_reading(refused, kind):
    """mistakes in YAML: what is no YAML at all"""
    content, said = NO_YAML[kind]
    Path("x.yaml").write_bytes(content)
    refused(2, said, "train", "x.yaml")
