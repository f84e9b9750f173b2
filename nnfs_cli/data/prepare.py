"""Prepare: from a source to the data set of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from nnfs_cli.data.checks import check_classes, check_split
from nnfs_cli.data.dataset import Dataset, Split
from nnfs_cli.data.download import DataUnavailable
from nnfs_cli.data.sources.base import Loaded, Place, Source
from nnfs_cli.data.split import hold_out
from nnfs_cli.data.standardize import Standardizer
from nnfs_cli.errors import ConfigError
from nnfs_cli.registry import SOURCES

_STREAM = 1


def prepare(
    source: Source,
    place: Place,
    *,
    validation: float,
    standardize: bool,
    limit: int | None,
    fallback: str | None,
    seed: int,
) -> Dataset:
    """Load, check, limit, hold out a validation split, and measure the standardizer on what is left to train on.

    Args:
        validation: a share (float) or a count (int) to hold out of the training split, stratified by class; 0 for
            none. Without meaning for a source that brings its own validation split.
        standardize: measure mean and deviation; otherwise pixels are only scaled to 0..1.
        limit: take the first examples of the training split only, before any are held out.
        fallback: "digits" to use the embedded digits where the source cannot be had.
        seed: decides which examples are held out.

    Raises:
        DataError: the data are missing, damaged, or nothing to learn from.
        ConfigError: the fallback does not have the shape of the source.
    """
    source, loaded, notes = _load(source, place, fallback)
    for name, split in loaded.splits.items():
        check_split(source.origin(name), split, loaded.facts)
    digest = _digest(loaded.splits)
    splits = _divide(loaded.splits, validation, limit, seed)
    check_classes(source.origin("train"), splits["train"], loaded.facts)
    measure = Standardizer.fit if standardize else Standardizer.unmeasured
    return Dataset(loaded.facts, splits, measure(splits["train"].x), loaded.columns, digest, notes, source)


def _load(source: Source, place: Place, fallback: str | None) -> tuple[Source, Loaded, tuple[str, ...]]:
    if fallback is None:
        return source, source.load(place), ()
    substitute = _substitute(source, place, fallback)
    try:
        return source, source.load(place), ()
    except DataUnavailable:
        loaded = substitute.load(place)
        return substitute, loaded, (_note(source, place, loaded),)


def _substitute(source: Source, place: Place, fallback: str) -> Source:
    shape = source.facts(place).input_shape
    if len(shape) != 3 or shape[0] != 1 or shape[1] != shape[2]:
        raise ConfigError(
            f"dataset.fallback: {fallback} stands in for square grey images (1, S, S), {source.type_name} has {shape}. "
            "Remove the fallback."
        )
    return SOURCES[fallback](size=shape[1])


def _note(source: Source, place: Place, loaded: Loaded) -> str:
    size = " x ".join(map(str, loaded.facts.input_shape[1:]))
    folder = str(place.data_dir / source.type_name).encode(errors="backslashreplace").decode()
    return (
        f"{source.type_name} is neither in {folder} nor downloadable: training on the "
        f"embedded digits instead, resized to {size} ({len(loaded.splits['train']):,} examples)"
    )


def _divide(splits: Mapping[str, Split], validation: float, limit: int | None, seed: int) -> dict[str, Split]:
    """Train, validation and test, in this order, as far as they exist."""
    train = splits["train"].take(slice(limit))
    if "validation" in splits or not validation:
        return {**splits, "train": train}
    rng = np.random.default_rng(np.random.SeedSequence([seed, _STREAM]))
    kept, held = hold_out(train.y, validation, rng, name="validation")
    rest = {name: split for name, split in splits.items() if name != "train"}
    return {"train": train.take(kept), "validation": train.take(held), **rest}


def _digest(splits: Mapping[str, Split]) -> str:
    """SHA-256 of every array with its name, type and shape."""
    digest = hashlib.sha256()
    for name, split in splits.items():
        for array in (split.x, split.y):
            digest.update(f"{name} {array.dtype.str} {array.shape};".encode())
            digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()
