"""Footprint: what is announced is what the data, the network and a step of training really hold."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli import footprint
from nnfs_cli.build import build, build_parts, footprint_of, read_dataset
from nnfs_cli.config import from_mapping
from nnfs_cli.data.sources.base import Place
from nnfs_cli.errors import MachineError
from nnfs_cli.footprint import Footprint, refuse_if_too_large
from nnfs_cli.model import Model
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.losses.mse import MSE
from nnfs_cli.nn.network import Network, examples_at_a_time
from nnfs_cli.nn.optimizers.adam import Adam
from nnfs_cli.registry import LAYERS
from nnfs_cli.sessions.train import trainer_of

LAST = {"type": "dense", "units": 10}
CONV = [{"type": "conv2d", "filters": 3, "kernel_size": 3}, "relu", "max_pool2d", "flatten", LAST]
WIDE = ["flatten", {"type": "dense", "units": 300}, "relu", LAST]
ADAM, SGD = {"type": "adam", "lr": 0.01}, {"type": "sgd", "lr": 0.01}


@pytest.fixture
def bare(monkeypatch):
    """A program that takes no memory itself and draws no pictures: what is left is data and network."""
    monkeypatch.setattr(footprint, "program", lambda: 0)
    monkeypatch.setattr(footprint, "PICTURE", 0)
    monkeypatch.setattr(footprint, "WORKER", 0)


def config(layers=WIDE, optimizer=ADAM, dataset="digits", loss="cross_entropy", **training):
    settings = {"epochs": 1, "batch_size": 32, "workers": 1, **training}
    sections = {"dataset": dataset, "model": {"layers": layers}, "loss": loss, "optimizer": optimizer}
    return from_mapping({**sections, "training": settings}, "x")


def announced(**settings) -> Footprint:
    return footprint_of(build_parts(config(**settings), Place(Path())))


def arrays_of(trainer) -> int:
    """Bytes of all that a trainer holds between two steps."""
    optimizer = trainer.optimizer
    vectors = [trainer.network.values, trainer._gradients, *optimizer.slots.values(), optimizer._scratch]
    buffers = [memory for layer in trainer.network.layers for memory in layer._memory.values()]
    batches = [
        array
        for batch in (trainer.train, trainer.validation)
        for array in (batch._raw, batch._ready, batch._difference, batch._y if batch._y.ndim > 1 else np.empty(0))
    ]
    return sum(array.nbytes for array in [*vectors, *buffers, *batches])


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", [1, 64, 1200])
@pytest.mark.parametrize(("layers", "optimizer"), [(WIDE, ADAM), (CONV, SGD)], ids=["dense", "conv"])
def test_the_network_after_an_epoch(layers, optimizer, batch_size, dtype):
    compare_with_a_trainer(config(layers, optimizer, batch_size=batch_size, dtype=dtype, max_steps=2), Path())


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("dataset", ["values", "table", "single"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_network_that_learns_values(tmp_path, dataset, dtype):
    """Numbers that are no bytes are brought to the network's by way of float64, and targets are kept as it learns."""
    layers = [{"type": "dense", "units": 1 if dataset == "table" else 2}]
    found = files(tmp_path)[dataset]
    compare_with_a_trainer(config(layers, dataset=found, loss="mse", batch_size=16, dtype=dtype), tmp_path)


def compare_with_a_trainer(wanted, folder: Path) -> None:
    trainer = trainer_of(build(wanted, Place(folder)), 1)
    list(trainer.run())
    parts, batch_size = build_parts(wanted, Place(folder)), wanted.training.batch_size
    counts = footprint.counts_of(parts.size, wanted.data)
    computed = footprint._network(parts.network, parts.optimizer, counts, parts.size, batch_size, 1)
    output = parts.network.output_shape[0] * parts.network.dtype.itemsize
    order, losses = 8 * counts.train, footprint.OUTPUTS * output * max(batch_size, counts.validation)
    assert (counts.train, counts.validation) == (len(trainer.train), len(trainer.validation))
    assert computed - order - losses == arrays_of(trainer)


@pytest.mark.usefixtures("bare")
def test_a_batch_is_no_larger_than_the_examples():
    assert announced(batch_size=10**9) == announced(batch_size=1437) == announced(batch_size=1293)
    assert announced(batch_size=1292).network < announced(batch_size=1293).network


@pytest.mark.usefixtures("bare")
def test_two_workers_share_vectors_and_halve_a_batch():
    alone, shared = (announced(layers=CONV, batch_size=1200, workers=workers) for workers in (1, 2))
    assert alone.network < shared.network < 1.3 * alone.network


def files(folder: Path) -> dict[str, dict]:
    """A small data set of every kind that has files of its own."""
    rng = np.random.default_rng(0)
    for name, count in (("train", 60), ("test", 20)):
        np.savez(folder / f"{name}.npz", x=rng.random((count, 5)), y=rng.random((count, 2)))
        np.savez(folder / f"{name}4.npz", x=rng.random((count, 5), np.float32), y=rng.random((count, 2), np.float32))
        np.savez(folder / f"{name}8.npz", x=rng.integers(0, 256, (count, 4, 4), np.uint8), y=np.arange(count) % 3)
        rows = "".join(f"{k},{k % 7}.1,{'red' if k % 2 else 'blue'},{k}.25\n" for k in range(count))
        (folder / f"{name}.csv").write_text("a,b,c,y\n" + rows.rstrip("\n" if name == "test" else ""))
    both = {"train": "train.npz", "test": "test.npz"}
    return {
        "values": {"type": "npz", **both},
        "single": {"type": "npz", "train": "train4.npz", "test": "test4.npz"},
        "pixels": {"type": "npz", "train": "train8.npz", "test": "test8.npz", "validation": 12},
        "table": {"type": "csv", "train": "train.csv", "test": "test.csv", "target": "y"},
        "one table": {"type": "csv", "train": "train.csv", "test": 0.25, "validation": 0.2, "target": "y"},
        "its own validation": {"type": "csv", "train": "train.csv", "validation": "test.csv", "target": "y"},
        "limited": {"type": "npz", **both, "limit": 31},
        "nothing held out": {"type": "npz", **both, "validation": 0},
        "digits": {"type": "digits"},
        "large digits": {"type": "digits", "size": 12, "limit": 100, "validation": 0.3},
    }


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", ["values", "single", "pixels", "table", "one table", "its own validation", "limited",
                                  "nothing held out", "digits", "large digits"])  # fmt: skip
def test_the_data_before_they_are_read(tmp_path, name):
    dataset, place = files(tmp_path)[name], Place(tmp_path)
    classes = name in ("pixels", "digits", "large digits")
    outputs = {"pixels": 3, "values": 2, "single": 2, "limited": 2, "nothing held out": 2}.get(
        name, 10 if classes else 1
    )
    layers = ["flatten", {"type": "dense", "units": outputs}]
    wanted = config(layers, dataset=dataset, loss="cross_entropy" if classes else "mse")
    parts, task = build_parts(wanted, place), build(wanted, place)
    splits, counts = task.dataset.splits, footprint.counts_of(parts.size, wanted.data)
    assert (counts.train, counts.validation) == (len(splits["train"]), len(splits.get("validation", ())))
    assert parts.size.examples.get("test") == (len(splits["test"]) if "test" in splits else None)
    assert footprint._held(parts.size, counts) == sum(split.x.nbytes + split.y.nbytes for split in splits.values())


def peak_of(work) -> int:
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("validation", [0.1, 0])
@pytest.mark.parametrize(
    ("kind", "most", "limits"),
    [
        *(("u1", 255, (0.85, 1.15)), ("f4", 255, (0.85, 1.15)), ("i2", 255, (0.85, 1.15)), ("i8", 2**40, (0.85, 1.15))),
        *(("f8", 255, (0.85, 2)), ("f8", 0.1, (0.85, 1.5))),
    ],
)
def test_while_the_data_are_read(tmp_path, kind, most, limits, validation):
    """Arrays of 24 MB, read, perhaps divided, and measured. Of float64 single precision may hold all, or not."""
    drawn = np.random.default_rng(0).integers(0, max(1, int(most)) + 1, (24_000, 1000 // np.dtype(kind).itemsize))
    x = (drawn * min(1, most)).astype(kind)
    np.savez(tmp_path / "large.npz", x=x, y=np.arange(len(x)) % 2)
    dataset = {"type": "npz", "train": "large.npz", "validation": validation}
    wanted, place = config([{"type": "dense", "units": 2}], dataset=dataset), Place(tmp_path)
    computed, taken = footprint_of(build_parts(wanted, place)), peak_of(lambda: read_dataset(wanted, place))
    assert computed.network == 0
    assert limits[0] < computed.data / taken < limits[1]


def test_while_the_first_weights_are_drawn():
    network = Network([Dense(700), Dense(10)], (700,))
    gradients = network.size * 4
    taken = peak_of(network.allocate) - gradients
    assert 0.95 < footprint._while_drawn(network) / taken <= 1.05


@pytest.mark.usefixtures("bare")
def test_a_picture_and_workers_count(monkeypatch):
    before = announced(workers=2)
    monkeypatch.setattr(footprint, "WORKER", 1 << 30)
    assert announced(workers=2).program - before.program == 1 << 30
    assert announced(workers=1).program == 0
    monkeypatch.setattr(footprint, "PICTURE", 1 << 31)
    assert announced(workers=2).total == 1 << 31
    assert announced(workers=2).network == before.network


def test_a_network_beyond_memory_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr(footprint, "available_memory", lambda: 22 * 2**30)
    huge = config(["flatten", {"type": "dense", "units": 10**9}, {"type": "dense", "units": 10}])
    tracemalloc.start()
    with pytest.raises(MachineError, match=r"x: model: training needs \d\.\d TiB, 22\.0 GiB available\. Make"):
        build(huge, Place(Path()))
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
    with pytest.raises(MachineError, match=r"training needs 7\.\d GiB, 200\.0 MiB available\. Take fewer examples"):
        build(config([{"type": "dense", "units": 1}], loss="mse", dataset=dataset), Place(tmp_path))


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
    monkeypatch.setattr(footprint, "available_memory", lambda: footprint.program() + 30 * 2**20)
    with pytest.raises(MachineError, match="the model needs"):
        Model([Dense(4000)], (4000,))
    model, x = Model([Dense(2000)], (2000,)), np.zeros((4, 2000), np.float32)
    with pytest.raises(MachineError, match="fit needs"):
        model.fit(x, x, epochs=1, optimizer=Adam(0.1), loss=MSE())


@pytest.mark.parametrize(("pixels", "most"), [(28, 256), (600, 33), (10_000, 1)])
def test_large_examples_are_measured_in_smaller_blocks(pixels, most):
    network = Network([LAYERS["max_pool2d"](2, stride=1)], (1, pixels, pixels))
    taken = examples_at_a_time(network)
    assert taken == most
    assert taken == 1 or sum(network.buffers(taken, training=False)[0].values()) <= 128 << 20


@pytest.mark.parametrize(
    ("count", "words"),
    [
        *((0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1536, "1.5 KiB")),
        *((3 * 2**30, "3.0 GiB"), (29.1 * 2**40, "29.1 TiB"), (2.0**70, "1048576.0 PiB")),
    ],
)
def test_bytes_for_people(count, words):
    assert footprint.readable_bytes(count) == words
