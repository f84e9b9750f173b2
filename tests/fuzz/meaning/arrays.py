"""Arrays: other types, shapes, orders and values, as .npy, .npz and IDX, to train on, to measure and to predict."""

from __future__ import annotations

import gzip
import json
import shutil
import warnings
from pathlib import Path

import numpy as np

from tests.data.samples import idx_bytes
from tests.fuzz.meaning.world import BASES, ROWS, World
from tests.fuzz.mutate import Random

TRAINED = [sound for sound in BASES if sound.config["dataset"]["type"] == "npz"]
DTYPES = (
    *("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", ">f4", ">f8", ">i4", ">u2", "g"),
    *("c8", "U3", "S2", "M8[s]", "m8[s]", "V4", [("a", "f4"), ("b", "i4")]),
)
SHAPES = (
    *((), (0,), (1,), (4,), (ROWS,), (ROWS, 0), (ROWS, 1), (ROWS, 2), (ROWS, 5), (0, 4), (1, 4), (3, 4), (6, 6)),
    *((1, 6, 6), (ROWS, 6, 6), (ROWS, 4, 1, 1), (ROWS, 6, 6, 3), (ROWS, 3, 6, 6), (ROWS, 1, 1, 6, 6), (1,) * 20),
)
TASKS = ("auto", "auto", "classification", "regression", "reconstruction")
CODES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
NUMBERS = (np.nan, np.inf, -np.inf, 1e300, -1e300, 1e38, 1e-320, -1, 2**31, 2**53, 255, 256, 65535, 0.5)
Array = np.ndarray


def make(rng: Random, world: World, folder: Path) -> list[str]:
    """A command on arrays that were changed in one or two places."""
    sound = rng.choice(TRAINED)
    x = np.load(world.folder / ("flowers.npy" if sound.name == "arrays" else "grids.npy"))
    y = np.load(world.folder / "labels.npy")
    for _ in range(rng.choice((1, 1, 2))):
        x, y = (changed(rng, x), y) if rng.random() < 0.7 else (x, changed(rng, y))
    world.data(sound, folder)
    train, single = _write(rng, x, y, folder)
    if rng.random() < 0.45:
        config = world.config(sound)
        config["dataset"] |= {"train": train, "task": rng.choice(TASKS)}
        config["dataset"]["test"] = rng.choice((None, None, train))
        (folder / "c.yaml").write_text(json.dumps(config))
        return [*rng.choice((["train", "c.yaml"], ["train", "c.yaml"], ["check", "c.yaml"])), *_loss(rng)]
    shutil.copytree(world.run_of(sound), folder / "run")
    form = rng.choice(([], ["--format", "jsonl"], ["--output", "a.npy"], ["--top", "2"]))
    test = json.dumps(train)
    return rng.choice(
        (
            ["predict", "run", single, *form],
            ["predict", "run", single],
            ["evaluate", "run", "--set", f"dataset.test={test}"],
        )
    )


def _loss(rng: Random) -> list[str]:
    return ["--set", "loss=mse"] if rng.random() < 0.2 else []


def changed(rng: Random, array: Array) -> Array:
    """The array with another type, shape, order, length or other numbers."""
    with np.errstate(all="ignore"):
        match rng.randrange(7):
            case 0:
                return _cast(array, np.dtype(rng.choice(DTYPES)))
            case 1:
                return np.resize(array, rng.choice(SHAPES))
            case 2:
                return np.asfortranarray(array)
            case 3 if array.ndim:
                return array[: rng.choice((0, 1, 2, 3, 7, ROWS - 1))]
            case 4:
                return np.zeros_like(array)
            case _:
                return _with_numbers(rng, array)


def _cast(array: Array, dtype: np.dtype) -> Array:
    if "V" in (dtype.kind, array.dtype.kind):
        return np.zeros(array.shape, dtype)
    try:
        with warnings.catch_warnings(action="ignore"):
            return array.astype(dtype)
    except (TypeError, ValueError):
        return np.zeros(array.shape, dtype)


def _with_numbers(rng: Random, array: Array) -> Array:
    dtype = rng.choice((array.dtype, np.dtype("f8"), np.dtype("f4"), np.dtype("i8"), np.dtype("f2")))
    if array.dtype.kind not in "fiub" or not array.size:
        return array
    made = array.astype(dtype)
    number = rng.choice(NUMBERS)
    if dtype.kind in "fc" or (np.isfinite(number) and abs(number) < 2**62):
        made.flat[: rng.choice((1, 1, made.size))] = np.asarray(number).astype(dtype)
    return made


def _write(rng: Random, x: Array, y: Array, folder: Path) -> tuple[object, str]:
    """Files with both; what `train` says of them, and a file with x alone."""
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    np.savez(
        folder / "both.npz",
        **rng.choice(({"x": x, "y": y},) * 6 + ({"x": x}, {"a": x, "y": y}, {"x": x, "y": y, "z": y})),
    )
    if x.dtype.kind in "iuf" and x.ndim < 9:
        code = rng.choice(sorted(CODES))
        with np.errstate(all="ignore"):
            content = idx_bytes(x.astype(CODES[code]), code)
        content = content[: rng.choice((len(content),) * 9 + (len(content) - 1,))]
        (folder / "x-ubyte").write_bytes(content)
        (folder / "x-ubyte.gz").write_bytes(gzip.compress(content, 1))
    idx = [name for name in ("x-ubyte", "x-ubyte.gz") if (folder / name).exists()]
    return rng.choice(("both.npz", {"x": "x.npy", "y": "y.npy"})), rng.choice(("x.npy", "x.npy", "both.npz", *idx))
