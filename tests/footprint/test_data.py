"""The data: what is announced is what the splits hold, and what reading them takes."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli import footprint
from nnfs_cli.build import build, build_parts, footprint_of, read_dataset
from nnfs_cli.data.sources.base import Place
from tests.footprint.announcing import config, files, peak_of


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", ["values", "single", "pixels", "table", "one table", "its own validation", "limited",
                                  "nothing held out", "digits", "large digits", "pictures",
                                  "shares of pictures"])  # fmt: skip
def test_the_data_before_they_are_read(tmp_path, name):
    dataset, place = files(tmp_path)[name], Place(tmp_path)
    ten, two = ("digits", "large digits"), ("pictures", "shares of pictures")
    classes = name in ("pixels", *ten, *two)
    counts = {"pixels": 3, **dict.fromkeys(ten, 10), **dict.fromkeys(("values", "single", "limited", *two), 2)}
    outputs = counts.get(name, 2 if name == "nothing held out" else 1)
    layers = ["flatten", {"type": "dense", "units": outputs}]
    wanted = config(layers, dataset=dataset, loss="cross_entropy" if classes else "mse")
    parts, task = build_parts(wanted, place), build(wanted, place)
    splits, counts = task.dataset.splits, footprint.counts_of(parts.size, wanted.data)
    assert (counts.train, counts.validation) == (len(splits["train"]), len(splits.get("validation", ())))
    assert parts.size.examples.get("test") == (len(splits["test"]) if "test" in splits else None)
    assert footprint._held(parts.size, counts) == sum(split.x.nbytes + split.y.nbytes for split in splits.values())


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
