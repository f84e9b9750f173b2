"""World: sound data, configurations and runs of every kind, made once, which the cases copy and change."""

from __future__ import annotations

import contextlib
import copy
import functools
import io
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from nnfs_cli.cli.main import run
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.checkpoint import Checkpoint
from tests.data.samples import idx_bytes, write_pictures

ROWS = 40
TINY = {"type": "dense", "units": 3}
HEADER = ("size", "colour", "price", "weight", "kind")


@dataclass(frozen=True, eq=False)
class Base:
    """A sound training.

    Attributes:
        config: its configuration.
        files: the data that it needs.
        inputs: what its network may be asked.
    """

    name: str
    config: dict[str, Any]
    files: tuple[str, ...]
    inputs: tuple[str, ...]


def base(name: str, dataset: dict[str, Any], layers: list[Any], files: str, inputs: str, **sections: Any) -> Base:
    """One with a short training, and sections in the place of the usual ones."""
    config = {
        "seed": 1,
        "dataset": dataset,
        "model": {"layers": layers},
        "loss": "cross_entropy",
        "optimizer": {"type": "sgd", "lr": 0.05, "momentum": 0.9},
        "training": {"epochs": 2, "batch_size": 16, "workers": 1},
    }
    return Base(name, config | sections, tuple(files.split()), tuple(inputs.split()))


CONVOLUTION = {"type": "conv2d", "filters": 2, "kernel_size": 3, "padding": "same"}
ADAM = {"optimizer": {"type": "adam", "lr": 0.01}}
BASES = (
    base("arrays", {"type": "npz", "train": "flowers.npz", "test": "flowers.npz"},
         [{"type": "dense", "units": 6}, "relu", TINY], "flowers.npz", "flowers.npz flowers.npy"),
    base("grids", {"type": "npz", "train": {"x": "grids.npy", "y": "labels.npy"}, "validation": 8},
         [CONVOLUTION, "relu", {"type": "max_pool2d"}, {"type": "dropout", "rate": 0.2}, "flatten", TINY],
         "grids.npy labels.npy", "grids.npy grids-ubyte one.png", **ADAM,
         scheduler={"type": "one_cycle", "max_lr": 0.02}),
    base("kinds", {"type": "csv", "train": "table.csv", "target": "kind", "test": 0.25}, [TINY],
         "table.csv", "table.csv -", scheduler={"type": "cosine", "max_lr": 0.1}),
    base("values", {"type": "csv", "train": "table.csv", "target": ["price", "weight"], "drop": ["colour"]},
         [{"type": "dense", "units": 4}, "relu", {"type": "dense", "units": 2}], "table.csv", "table.csv -",
         loss="mse", **ADAM),
    base("pictures", {"type": "images", "train": "pictures", "test": "pictures", "size": 6, "channels": 1},
         ["flatten", {"type": "dense", "units": 2}], "pictures", "pictures one.png"),
    base("digits", {"type": "digits", "limit": 60}, ["flatten", {"type": "dense", "units": 10}], "",
         "one.png grids.npy", scheduler={"type": "step", "max_lr": 0.1, "step_size": 1}),
)  # fmt: skip


class World:
    """The folder with all of it, in which no case may change anything.

    Args:
        folder: an empty one.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        write_data(folder)
        for sound in BASES:
            self._train(sound)

    def run_of(self, sound: Base) -> Path:
        """The directory of its run."""
        return self.folder / "runs" / sound.name

    def config(self, sound: Base) -> dict[str, Any]:
        """Its configuration, to be changed."""
        return copy.deepcopy(sound.config)

    @functools.cache  # noqa: B019
    def saved(self, sound: Base) -> Checkpoint:
        """Its last checkpoint."""
        return checkpoint.read(self.run_of(sound) / "checkpoints" / "last.safetensors")

    def data(self, sound: Base, folder: Path) -> None:
        """Links to its data, and to what it may be asked, in a folder; the data itself stays sound."""
        for name in {*sound.files, *sound.inputs} - {"-"}:
            os.symlink(self.folder / name, folder / name)

    def _train(self, sound: Base) -> None:
        path = self.folder / f"{sound.name}.yaml"
        path.write_text(yaml.safe_dump(sound.config))
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), contextlib.chdir(self.folder):
            code = run(["train", path.name, "--name", sound.name])
        assert code == 0, said.getvalue()


def rows() -> list[list[str]]:
    """The rows of the sound table, without their header."""
    kinds, colours = ("mug", "cup", "jar"), ("red", "blue")
    return [[f"{k}", colours[k % 2], f"{k * 1.5}", f"{300 - k}", kinds[k // 2 % 3]] for k in range(ROWS)]


def write_data(folder: Path) -> None:
    """Arrays, IDX files, a table and pictures."""
    from PIL import Image

    rng = np.random.default_rng(0)
    labels = np.arange(ROWS) % 3
    flowers = rng.standard_normal((ROWS, 4)).astype(np.float32)
    grids = rng.integers(0, 256, (ROWS, 1, 6, 6), np.uint8)
    np.savez(folder / "flowers.npz", x=flowers, y=labels)
    for name, array in {"flowers": flowers, "grids": grids, "labels": labels}.items():
        np.save(folder / f"{name}.npy", array)
    (folder / "grids-ubyte").write_bytes(idx_bytes(grids[:, 0]))
    (folder / "table.csv").write_text("".join(",".join(row) + "\n" for row in [list(HEADER), *rows()]))
    Image.fromarray(grids[0, 0]).save(folder / "one.png")
    write_pictures(folder / "pictures", 8)


def listing(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every file below a folder, with its size, kind and time."""
    found = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        found[str(path)] = (status.st_size, status.st_mode, status.st_mtime_ns if path.is_file() else 0)
    return found


def as_text(tree: Any) -> str:
    """A configuration as a file: JSON, which is YAML too."""
    return json.dumps(tree)
