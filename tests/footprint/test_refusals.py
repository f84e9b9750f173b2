"""Refusals: what there is no memory for is refused before any of it is asked for."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli import footprint
from nnfs_cli.build import build
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import MachineError
from nnfs_cli.footprint import Footprint, refuse_if_too_large
from nnfs_cli.model import Model
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.losses.mse import MSE
from nnfs_cli.nn.optimizers.adam import Adam
from tests.footprint.announcing import config


def test_a_network_beyond_memory_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr(footprint, "available_memory", lambda: 22 * 2**30)
    huge = config(["flatten", {"type": "dense", "units": 10**9}, {"type": "dense", "units": 10}])
    tracemalloc.start()
    with pytest.raises(MachineError, match=r"x: model: training needs \d\.\d TiB, 22\.0 GiB available\. Make"):
        build(huge, Locator(Path()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_data_beyond_memory_are_refused_before_they_are_read(monkeypatch, tmp_path):
    monkeypatch.setattr(footprint, "available_memory", lambda: 200 * 2**20)
    with open(tmp_path / "x.npy", "wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (10**6, 1000)})
        file.truncate(file.tell() + 4 * 10**9)
    np.save(tmp_path / "y.npy", np.zeros((10**6, 1), np.float32))
    dataset = {"type": "npz", "train": {"x": "x.npy", "y": "y.npy"}}
    with pytest.raises(MachineError, match=r"training needs 4\.\d GiB, 200\.0 MiB available\. Put fewer examples"):
        build(config([{"type": "dense", "units": 1}], loss="mse", dataset=dataset), Locator(tmp_path))


def test_a_system_that_does_not_tell_its_memory(monkeypatch):
    monkeypatch.setattr(footprint, "available_memory", lambda: None)
    refuse_if_too_large(Footprint(2**60), "it", "Stop.")


@pytest.mark.parametrize("left", [0, 1])
def test_what_fits_to_the_byte_is_taken(monkeypatch, left):
    monkeypatch.setattr(footprint, "available_memory", lambda: 3000 + left)
    refuse_if_too_large(Footprint(1000, 1000, 1000), "it", "Stop.")
    with pytest.raises(MachineError, match=r"it needs 2\.9 KiB, 2\.9 KiB available\. Stop\."):
        refuse_if_too_large(Footprint(1000, 1000, 1001 + left), "it", "Stop.")


def test_a_model_beyond_memory(monkeypatch):
    """Its first weights are drawn in double precision: 48 MB for 16, and 64 with Adam."""
    monkeypatch.setattr(footprint, "available_memory", lambda: footprint.program() + 40 * 10**6)
    with pytest.raises(MachineError, match="the model needs"):
        Model([Dense(2000)], (2000,))
    monkeypatch.setattr(footprint, "available_memory", lambda: footprint.program() + 56 * 10**6)
    model, x = Model([Dense(2000)], (2000,)), np.zeros((4, 2000), np.float32)
    with pytest.raises(MachineError, match="fit needs"):
        model.fit(x, x, epochs=1, optimizer=Adam(0.1), loss=MSE())


@pytest.mark.parametrize(
    ("count", "words"),
    [
        *((0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1536, "1.5 KiB")),
        *((3 * 2**30, "3.0 GiB"), (29.1 * 2**40, "29.1 TiB"), (2.0**70, "1048576.0 PiB")),
    ],
)
def test_bytes_for_people(count, words):
    assert footprint.readable_bytes(count) == words
