"""Sizes that no machine has room for: refused before anything is allocated."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from nnfs_cli import footprint

WIDE = "model.layers=[flatten, {type: dense, units: %s}, {type: dense, units: %s}, {type: dense, units: 10}]"
CONV = "model.layers=[{type: conv2d, filters: %s, kernel_size: %s, padding: %s}, flatten, {type: dense, units: 10}]"
SIZES = {
    "units": ["model.layers.1.units=1000000000"],
    "units of two layers": [WIDE % (10**9, 10**9)],
    "filters": [CONV % (10**7, 3, 1)],
    "kernel": [CONV % (1, 10**4, 10**4)],
    "images": ["dataset.size=16000"],
    "dense over huge images": ["dataset.size=16000", "model.layers.1.units=1000"],
    "huge images, one at a time": ["dataset.size=16000", "training.batch_size=1", "training.dtype=float64"],
}
WHOLE = "expected a whole number from 1 to 1,000,000,000, got 10000000000."
UNITS = WHOLE.replace(", got", ", or 'auto', got")
IMAGE = "tiny.yaml:3: dataset (digits): one example of shape (1, %s, %s) would have more than 268,435,456 numbers."
OUTPUT = "model.layers[0] (conv2d): one example of shape (%s, %s, %s) would have more than 1,073,741,824 numbers."
BEYOND = {
    "model.layers.1.units=10000000000": f"model.layers[1].units: {UNITS}",
    WIDE % (10**10, 10**9): f"model.layers[1].units: {UNITS}",
    CONV % (10**10, 3, 0): f"model.layers[0].filters: {WHOLE}",
    CONV % (10**9, 3, 0): OUTPUT % (10**9, 6, 6),
    CONV % (1, 10**6, 10**6): OUTPUT % (1, 1000009, 1000009),
    CONV % (1, 3, 10**10): "model.layers[0].padding: expected a whole number from 0 to 1,000,000,000",
    "dataset.size=30000": IMAGE % (30000, 30000),
    "dataset.size=1000000000": IMAGE % (10**9, 10**9),
    "dataset.size=10000000000": f"dataset.size: {WHOLE}",
}


@pytest.fixture(autouse=True)
def memory(monkeypatch):
    """A machine with 22 GiB to spare."""
    monkeypatch.setattr(footprint, "available_memory", lambda: 22 * 2**30)


def options(size: str) -> list[str]:
    return [word for override in SIZES[size] for word in ("--set", override)]


@pytest.mark.parametrize("command", [("train",), ("lr-find",), ("check", "--profile")], ids=" ".join)
@pytest.mark.parametrize("size", SIZES)
def test_units_10000000000(refused, size, command):
    """`units: 10000000000`"""
    message = refused(6, "iB, 22.0 GiB available.", *command, "tiny.yaml", *options(size))
    assert message.startswith("tiny.yaml: model: training needs ")
    assert len(message) < 200


@pytest.mark.parametrize("size", SIZES)
def test_units_10000000000_can_be_looked_at(nnfs, size):
    """`units: 10000000000`: check says what it would take"""
    done = nnfs("check", "tiny.yaml", *options(size))
    assert (done.code, done.err) == (0, "")
    assert json.loads(nnfs("check", "tiny.yaml", "--json", *options(size)).out)["memory_bytes"] > 22 * 2**30


def test_units_10000000000_allocate_nothing(refused):
    """`units: 10000000000`: refused before allocating"""
    refused(6, "TiB, 22.0 GiB available", "train", "tiny.yaml", *options("units"))
    tracemalloc.start()
    refused(6, "TiB, 22.0 GiB available", "train", "tiny.yaml", *options("units"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 << 20


def test_units_10000000000_where_the_system_does_not_tell_its_memory(refused, monkeypatch):
    """`units: 10000000000`"""
    monkeypatch.setattr(footprint, "available_memory", lambda: None)
    refused(6, "training needs ", "train", "tiny.yaml", *options("units of two layers"))


@pytest.mark.parametrize("command", ["train", "lr-find", "check"])
@pytest.mark.parametrize("override", BEYOND)
def test_units_10000000000_beyond_their_bounds(refused, override, command):
    """`units: 10000000000`: 2 for numbers that no machine is meant for, without looking at this one"""
    refused(2, BEYOND[override], command, "tiny.yaml", "--set", override)


@pytest.mark.parametrize("kernel", [9, 10**9])
def test_a_kernel_larger_than_its_images(refused, kernel):
    """`units: 10000000000`: 2 where the numbers do not fit together"""
    refused(2, "model.layers[0] (conv2d): ", "train", "tiny.yaml", "--set", CONV % (1, kernel, 0))


@pytest.mark.parametrize("override", ["size=100000", "size=1000000000"])
def test_evaluate_on_images_of_another_size_makes_none(refused, runs, override):
    """`units: 10000000000`: other sizes than the network's are refused before they are made"""
    size = override.removeprefix("size=")
    said = f"digits: size {size} gives images of shape (1, {size}, {size}), the network was trained on (1, 8, 8). Set"
    refused(3, said, "evaluate", "tiny", "--set", f"dataset.{override}")


@pytest.mark.parametrize(
    "override",
    [
        *("training.batch_size=1000000000", "training.max_steps=1", "training.epochs=1000000000"),
        *(f"seed={2**63 - 1}", "dataset.limit=1000000000"),
        *("training.checkpoint_every=1000000000", "training.early_stopping={patience: 1000000000}"),
    ],
)
def test_large_numbers_that_cost_nothing_are_taken(nnfs, override):
    """`units: 10000000000`: nothing is refused for its size alone"""
    done = nnfs("train", "tiny.yaml", "--quiet", "--set", "training.max_steps=1", "--set", override)
    assert (done.code, done.err) == (0, "")
    assert nnfs("predict", "tiny-1", Path("runs/tiny-1/none.npy")).code == 3


@pytest.mark.parametrize("number", ["1" + "0" * 200, "1e400", "-1e400"])
def test_numbers_that_are_no_numbers_any_more(refused, number):
    """`units: 10000000000`: 2"""
    refused(2, "model.layers.1.units", "train", "tiny.yaml", "--set", f"model.layers.1.units={number}")
