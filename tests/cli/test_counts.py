"""One of a thing is called one thing, wherever it is counted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ONE = re.compile(
    r"(?<![\d.,/-])1 (?:[a-z]+ )?(?:outputs|classes|epochs|examples|steps|features|values|processes|parameters)\b"
)
COMMANDS = [
    ("train", "tiny.yaml", "--set", "training.max_steps=1", "--set", "training.epochs=1"),
    ("train", "tiny.yaml", "--set", "model.layers.3.units=1"),
    ("train", "prices.yaml", "--set", "training.epochs=1", "--workers", "1"),
    ("train", "--resume", "one"),
    ("train", "tiny.yaml", "--set", "dataset.limit=2", "--set", "dataset.validation=3"),
    ("train", "tiny.yaml", "--set", "dataset.limit=1", "--set", "dataset.validation=0"),
    ("train", "tiny.yaml", "--set", "training.early_stopping={patience: 1, min_delta: 100}"),
    ("check", "prices.yaml", "--set", "model.layers.0={type: conv2d, filters: 1, kernel_size: 1}"),
    ("evaluate", "kinds", "--set", "dataset.test=one.csv"),
    ("predict", "prices", "row.npy"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_one_is_no_plural(nnfs, runs, command):
    nnfs("train", "tiny.yaml", "--set", "training.epochs=1", "--name", "one")
    Path("one.csv").write_text("size,colour,price,kind\n1,red,1.5,mug\n")
    done = nnfs(*command)
    assert not ONE.search(done.out + done.err), done.out + done.err
