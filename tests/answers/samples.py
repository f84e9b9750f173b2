"""Samples: examples of a case as numbers in float64, and the files that the program reads instead."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.answers.cases import Case
from tests.data.samples import idx_bytes

SPLITS = ("train", "validation", "test")
PIXELS, IDX_PIXELS = (5, 6), (28, 28)
STAMP = 1.6e9
COLOURS = ("blue, dark", "green", 'the "red"')
WORDS = ('a "fig"', "apple", "date; dry", "kiwi, green", "lime", "melon", "pear", "plum", "yes", "ñame")
TOWNS = 45
"""More than 39 words are embedded."""
TARGETS = ("zeta", "alpha", "mid")
"""The order of the configuration, which is neither that of the alphabet nor that of the file."""
WIDE = np.array([[300_000.0, 60_000.0], [0.0, 1.0], [-5.0, 0.01]])
NARROW = np.array([[5.0, 2.0], [0.0, 1.0], [-5.0, 0.5]])
"""Mean and deviation of each target: where the program scales targets, and where it leaves them alone."""


@dataclass(frozen=True)
class Sample:
    """The examples of a case.

    Attributes:
        x: of each split (N, *example): uint8 pixels, or float64 features as they are, where NaN stands
            for missing numbers; words are one-hot, 0 or 1, or at the end the number of a row of a table.
        y: of each split (N,) class numbers or (N, outputs) values.
        classes: their names, in the order of the class numbers; None for values.
        columns: what a column of values is called in the answers.
        dataset: the keys of the configuration.
        inputs: of each way to hand in the test split: what `predict` is given, "-" for standard input.
        stdin: what standard input holds for "-".
        plain: features that are never standardized.
        embedded: the columns of the last features, which are rows of tables.
    """

    x: dict[str, np.ndarray]
    y: dict[str, np.ndarray]
    classes: tuple[str, ...] | None
    columns: tuple[str, ...]
    dataset: dict[str, Any]
    inputs: dict[str, list[Path | str]]
    stdin: str = ""
    plain: tuple[int, ...] = ()
    embedded: tuple[str, ...] = ()


def make_sample(case: Case, folder: Path) -> Sample:
    """Draw the examples of a case and write their files into a folder."""
    rng = np.random.default_rng([7, case.examples, case.outputs, len(case.source)])
    sizes = dict.fromkeys(SPLITS, case.examples)
    if case.classes:
        sizes["train"] = max(case.examples, 2 * case.outputs)
    if case.source == "idx":
        del sizes["validation"]
    return WRITERS[case.source](case, folder, rng, sizes)


def row_files(sample: Sample, case: Case, rows: Sequence[int], folder: Path) -> list[Path | str]:
    """A file for each of these rows of the test split."""
    if case.source == "images":
        return [sample.inputs["files"][row] for row in rows]
    if case.source == "csv":
        head, *lines = sample.stdin.splitlines(keepends=True)
        contents = [(head + lines[row]).encode() for row in rows]
        paths = [folder / f"row-{row}.csv" for row in rows]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        return list(paths)
    array, paths = np.load(folder / "test.npy"), [folder / f"row-{row}.npy" for row in rows]
    for path, row in zip(paths, rows, strict=True):
        np.save(path, array[row : row + 1])
    return list(paths)


def half_files(sample: Sample, case: Case, folder: Path) -> list[Path | str]:
    """The test split in two inputs, the first with half of the rows."""
    half = case.examples // 2
    if case.source == "csv":
        head, *lines = sample.stdin.splitlines(keepends=True)
        for name, part in (("first", lines[:half]), ("second", lines[half:])):
            (folder / f"{name}.csv").write_text(head + "".join(part))
        return [folder / "first.csv", folder / "second.csv"]
    array = np.load(folder / "test.npy")
    for name, part in (("first", array[:half]), ("second", array[half:])):
        np.save(folder / f"{name}.npy", part)
    return [folder / "first.npy", folder / "second.npy"]


def _answers(case: Case, x: np.ndarray, rng: np.random.Generator, teacher: np.ndarray) -> np.ndarray:
    """What a noisy linear teacher says of examples with mean about 0: class numbers or values."""
    scores = x.reshape(len(x), -1) @ teacher / math.sqrt(len(teacher)) + 0.5 * rng.normal(size=(len(x), case.outputs))
    if case.classes:
        y = scores.argmax(axis=1)
        y[: 2 * case.outputs] = np.resize(np.arange(case.outputs), min(len(x), 2 * case.outputs))
        return y
    mean, deviation = (WIDE if case.target_transform == "standardize" else NARROW)[: case.outputs].T
    return mean + deviation * scores


def _pixels(case: Case, rng: np.random.Generator, sizes: dict[str, int], shape: tuple[int, ...]) -> Any:
    teacher, x, y = rng.normal(size=(math.prod(shape), case.outputs)), {}, {}
    for split, size in sizes.items():
        x[split] = rng.integers(0, 256, (size, *shape)).astype(np.uint8)
        y[split] = _answers(case, x[split] / 74 - 1.7, rng, teacher)
    return x, y


def _numbered(case: Case) -> tuple[str, ...] | None:
    return tuple(str(k) for k in range(case.outputs)) if case.classes else None


def _values(outputs: int) -> tuple[str, ...]:
    return ("value",) if outputs == 1 else tuple(f"value_{k + 1}" for k in range(outputs))


def _npz(case: Case, folder: Path, rng: np.random.Generator, sizes: dict[str, int]) -> Sample:
    """Numbers in double precision, with a time stamp where features are standardized, and one that never varies."""
    teacher, x, y, dataset = rng.normal(size=(5, case.outputs)), {}, {}, {"type": "npz"}
    for split, size in sizes.items():
        draws = rng.normal(size=(size, 5))
        y[split] = _answers(case, draws, rng, teacher)
        x[split] = _with_stamp(draws, case, split)
        np.savez(folder / f"{split}.npz", x=x[split], y=y[split][:, 0] if y[split].shape[1:] == (1,) else y[split])
        np.save(folder / f"{split}.npy", x[split])
        dataset[split] = f"{split}.npz"
    inputs = {"whole": [folder / "test.npz"], "array alone": [folder / "test.npy"]}
    return Sample(x, y, _numbered(case), _values(case.outputs), dataset, inputs)


def _with_stamp(draws: np.ndarray, case: Case, split: str) -> np.ndarray:
    """One feature counts seconds around a moment in 2020; the last one varies outside the training split only."""
    x = np.concatenate([draws, np.full((len(draws), 1), 2.0 if split == "train" else 2.5)], axis=1)
    if case.standardize:
        x[:, 4] = np.round(STAMP + 20 * draws[:, 4])
    return x


def _npy(case: Case, folder: Path, rng: np.random.Generator, sizes: dict[str, int]) -> Sample:
    """Pairs of .npy files with grey pixels; the test split as an IDX file too."""
    x, y = _pixels(case, rng, sizes, (1, *PIXELS))
    dataset: dict[str, Any] = {"type": "npz"}
    for split in sizes:
        np.save(folder / f"{split}.npy", x[split][:, 0])
        np.save(folder / f"{split}-y.npy", y[split])
        dataset[split] = {"x": f"{split}.npy", "y": f"{split}-y.npy"}
    (folder / "test-images-idx3-ubyte").write_bytes(idx_bytes(x["test"][:, 0]))
    inputs = {"whole": [folder / "test.npy"], "idx": [folder / "test-images-idx3-ubyte"]}
    return Sample(x, y, _numbered(case), _values(case.outputs), dataset, inputs)


def _idx(case: Case, folder: Path, rng: np.random.Generator, sizes: dict[str, int]) -> Sample:
    """MNIST's four files, for a data set that no digest proves once it is on disk."""
    x, y = _pixels(case, rng, sizes, (1, *IDX_PIXELS))
    position = folder / "data" / "fashion_mnist"
    position.mkdir(parents=True)
    for split, part in (("train", "train"), ("test", "t10k")):
        (position / f"{part}-images-idx3-ubyte").write_bytes(idx_bytes(x[split][:, 0]))
        (position / f"{part}-labels-idx1-ubyte").write_bytes(idx_bytes(y[split].astype(np.uint8)))
    np.save(folder / "test.npy", x["test"])
    inputs = {"whole": [position / "t10k-images-idx3-ubyte"], "array alone": [folder / "test.npy"]}
    names = "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot"
    return Sample(x, y, tuple(names.split(",")), (), {"type": "fashion_mnist", "validation": 0}, inputs)


def _images(case: Case, folder: Path, rng: np.random.Generator, sizes: dict[str, int]) -> Sample:
    """Folders of pictures, grey for two classes and in colours for ten; a split takes one of each class in turn."""
    channels, classes = 1 if case.outputs == 2 else 3, WORDS[: case.outputs]
    x, y = _pixels(case, rng, sizes, (channels, *PIXELS))
    files: dict[str, list[Path]] = {}
    for split in sizes:
        of_class = [np.flatnonzero(y[split] == k) for k in range(case.outputs)]
        order = [row for turn in zip_longest(*of_class) for row in turn if row is not None]
        x[split], y[split] = x[split][order], y[split][order]
        files[split] = [folder / split / classes[k] / f"{row:04}.png" for row, k in enumerate(y[split])]
        for path, pixels in zip(files[split], x[split], strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels.transpose(1, 2, 0).squeeze()).save(path, compress_level=1)
    np.save(folder / "test.npy", x["test"])
    dataset = {"type": "images", **{split: split for split in sizes}, "size": list(PIXELS), "channels": channels}
    inputs = {"whole": files["test"], "files": files["test"], "array": [folder / "test.npy"]}
    return Sample(x, y, classes, (), dataset, inputs)


def _csv(case: Case, folder: Path, rng: np.random.Generator, sizes: dict[str, int]) -> Sample:
    """Tables split by semicolons, with columns of words, dates and missing numbers; those of each file come in another
    order, and the one of 45 words comes first, though its features come last."""
    targets = ("kind",) if case.classes else TARGETS[: case.outputs]
    teacher, x, y, dataset = rng.normal(size=(5, case.outputs)), {}, {}, {"type": "csv", "delimiter": ";"}
    for split, size in sizes.items():
        draws = rng.normal(size=(size, 5))
        y[split] = _answers(case, draws, rng, teacher)
        cells, x[split] = _features(case, split, draws, rng, sizes["train"])
        cells |= _target_cells(case, targets, y[split])
        order = ["town", "f0", "f1", "colour", "f2", "day", "f3", "f4", "sex", "f5"]
        order[3:3] = sorted(targets)
        order = order if split == "train" else [order[k] for k in rng.permutation(len(order))]
        _write_table(folder / f"{split}.csv", {name: cells[name] for name in order})
        dataset[split] = f"{split}.csv"
    dataset["target"] = list(targets) if len(targets) > 1 else targets[0]
    inputs: dict[str, list[Path | str]] = {"whole": [folder / "test.csv"], "standard input": ["-"]}
    classes = tuple(sorted(WORDS[: case.outputs])) if case.classes else None
    head = (folder / "test.csv").read_text()
    plain, embedded = (2, 3, 4, 7, 8, 9, 10, 12, 14, 15), ("town",)
    if sizes["train"] == 1:
        plain, embedded = (0, 3, 6, 7, 8, 9, 12), ()
    return Sample(x, y, classes, targets, dataset, inputs, head, plain, embedded)


def _features(
    case: Case, split: str, draws: np.ndarray, rng: np.random.Generator, rows: int
) -> tuple[dict, np.ndarray]:
    """The cells of each column, and the features that they mean: of one row all, else f5, which never varies, is left
    out, and f3 has missing cells."""
    numbers, size = _with_stamp(draws, case, split), len(draws)
    colours, towns, sexes = (np.resize(np.arange(count), size) for count in (3, TOWNS, 2))
    since = rng.integers(18_985, 19_685, size) if case.standardize else rng.integers(-1, 3, size)
    missing = np.arange(size) % 7 == 3
    cells: dict[str, list] = {f"f{k}": numbers[:, k].tolist() for k in range(6)}
    cells["f3"] = ["NA" if gone else cell for gone, cell in zip(missing, cells["f3"], strict=True)]
    cells["colour"] = [COLOURS[k] for k in colours]
    cells["town"] = [f"town {k:02}" for k in towns]
    cells["day"] = [str(np.datetime64("1970-01-01") + int(k)) for k in since]
    cells["sex"] = [("f", "m")[k] for k in sexes]
    year, week = 2 * np.pi * since / 365.2425, 2 * np.pi * since / 7
    date = [since, np.sin(year), np.cos(year), np.sin(week), np.cos(week)]
    numbers[missing, 3] = np.nan
    f0, f1, f2, f3, f4, f5 = numbers.T
    if rows == 1:
        one = np.ones(size)
        return cells, np.stack([one, f0, f1, one, f2, *date, f3, f4, one, f5], axis=1)
    return cells, np.stack([f0, f1, *np.eye(3)[colours].T, f2, *date, f3, missing, f4, sexes, 1 + towns], axis=1)


def _target_cells(case: Case, targets: Sequence[str], y: np.ndarray) -> dict[str, list]:
    if case.classes:
        return {"kind": [sorted(WORDS[: case.outputs])[k] for k in y]}
    return {name: y[:, k].tolist() for k, name in enumerate(targets)}


def _write_table(path: Path, columns: dict[str, list]) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


WRITERS = {"npz": _npz, "npy": _npy, "csv": _csv, "images": _images, "idx": _idx}
