"""The data: what is announced is what the splits hold, and what reading them takes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli import footprint
from nnfs_cli.build import build, build_parts, footprint_of
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.sessions.train import trainer_of
from tests.footprint.announcing import config, files, read_data
from tests.peak import peak_of


def memory(arrays) -> int:
    """Bytes of all that these arrays keep in memory, which may be more than what they show of it."""
    roots = {}
    for array in arrays:
        while isinstance(array.base, np.ndarray):
            array = array.base
        roots[id(array)] = array.nbytes
    return sum(roots.values())


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", ["values", "single", "pixels", "table", "one table", "its own validation", "limited",
                                  "nothing held out", "digits", "large digits", "pictures",
                                  "shares of pictures"])  # fmt: skip
def test_the_data_before_they_are_read(tmp_path, name):
    dataset, locator = files(tmp_path)[name], Locator(tmp_path)
    ten, two = ("digits", "large digits"), ("pictures", "shares of pictures")
    classes = name in ("pixels", *ten, *two)
    counts = {"pixels": 3, **dict.fromkeys(ten, 10), **dict.fromkeys(("values", "single", "limited", *two), 2)}
    outputs = counts.get(name, 2 if name == "nothing held out" else 1)
    layers = ["flatten", {"type": "dense", "units": outputs}]
    wanted = config(layers, dataset=dataset, loss="cross_entropy" if classes else "mse")
    parts, task = build_parts(wanted, locator), build(wanted, locator)
    splits, counts = task.dataset.splits, footprint.counts_of(parts.size, wanted.data)
    assert (counts.train, counts.validation) == (len(splits["train"]), len(splits.get("validation", ())))
    assert parts.size.examples.get("test") == (len(splits["test"]) if "test" in splits else None)
    x, y = ([getattr(split, name) for split in splits.values()] for name in "xy")
    answers = 8 * sum(parts.size.examples.values()) if "digits" in name else memory(y)
    assert footprint._held(parts.size) == memory(x) + answers


KINDS = [("u1", 255), ("f4", 255), ("i2", 255), ("i8", 255), ("i8", 2**40), ("f8", 255), ("f8", 0.1), (">f4", 0.1)]
SHARES = [{"validation": 0.1}, {"validation": 0}, {"test": 0.2}, {"limit": 5000}]


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("kind", "most", "share"),
    [(*kind, SHARES[(number + more) % 4]) for number, kind in enumerate(KINDS) for more in (0, 1)],
    ids=str,
)
def test_while_the_data_are_read(tmp_path, kind, most, share):
    """Arrays of 24 MB, read, perhaps divided, and measured. Of float64 single precision may hold all, or not."""
    drawn = np.random.default_rng(0).integers(0, max(1, int(most)) + 1, 1 << 18) * min(1, most)
    x = np.resize(drawn.astype(kind), (24_000, 1000 // np.dtype(kind).itemsize))
    np.savez(tmp_path / "large.npz", x=x, y=np.arange(len(x)) % 2)
    dataset = {"type": "npz", "train": "large.npz", **share}
    wanted, locator = config([{"type": "dense", "units": 2}], dataset=dataset), Locator(tmp_path)
    computed, taken = footprint_of(build_parts(wanted, locator)), peak_of(lambda: read_data(wanted, locator))
    assert computed.network == 0
    assert 0.85 < computed.data / taken < 1.15


def squeezed(path: Path, **arrays: np.ndarray) -> None:
    """As np.savez_compressed, with less effort."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, array)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("saved", [np.savez, squeezed, None], ids=["stored", "compressed", "pair"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("order", "CF")
def test_examples_are_in_memory_once(tmp_path, dtype, order, saved):
    """Arrays of 24 MB that are read, divided and measured: a block of numbers and what is held out come on top."""
    rng = np.random.default_rng(0)
    drawn = np.resize(rng.integers(0, 256, 1 << 18, np.uint8), (24_000, 1000 // np.dtype(dtype).itemsize))
    x = np.asarray(drawn, dtype, order=order)
    arrays = {"x": x, "y": np.arange(len(x)) % 2}
    if saved is None:
        for name, array in arrays.items():
            np.save(tmp_path / f"{name}.npy", array)
    else:
        saved(tmp_path / "large.npz", **arrays)
    train = {"x": "x.npy", "y": "y.npy"} if saved is None else "large.npz"
    dataset = {"type": "npz", "train": train, "validation": 0.1, "test": 0.1}
    wanted = config([{"type": "dense", "units": 2}], dataset=dataset)
    read = []
    assert (
        peak_of(lambda: read.append(read_data(wanted, Locator(tmp_path)))) < 1.15 * x.nbytes + 16 * footprint.LOOKED_AT
    )
    assert memory([split.x for split in read[0].splits.values()]) == x.nbytes


@pytest.mark.usefixtures("bare")
def test_examples_that_are_their_own_answers_are_in_memory_once(tmp_path):
    """Pictures of 24 MB: neither reading, nor an epoch, nor its order makes a second one of them."""
    x = np.random.default_rng(0).integers(0, 256, (24_000, 1000), np.uint8)
    np.savez(tmp_path / "large.npz", x=x)
    dataset = {"type": "npz", "train": "large.npz", "task": "reconstruction", "validation": 0.1}
    wanted = config([{"type": "dense", "units": 4}, {"type": "dense", "units": "auto"}], dataset=dataset, loss="mse")
    parts, tasks = build_parts(wanted, Locator(tmp_path)), []
    computed = footprint_of(parts)
    taken = peak_of(lambda: tasks.append(build(wanted, Locator(tmp_path))))
    assert taken < x.nbytes + x.nbytes // 10 + 24 * footprint.LOOKED_AT
    assert taken < computed.total
    (task,) = tasks
    splits = task.dataset.splits.values()
    assert footprint._held(parts.size) == memory([split.x for split in splits]) == x.nbytes
    assert sum(split.y.nbytes for split in splits) == 0
    trainer = trainer_of(task, 1)

    def two_epochs() -> None:
        for _ in trainer.run():
            pass

    assert peak_of(two_epochs) < computed.network + x.nbytes // 20
