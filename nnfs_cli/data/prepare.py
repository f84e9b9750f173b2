"""Prepare: from a source to the data set of a run."""

from __future__ import annotations

import dataclasses
from typing import Protocol

from nnfs_cli.data.checks import check_classes, check_logarithms, check_split
from nnfs_cli.data.dataset import Dataset
from nnfs_cli.data.encode.filling import fill_in, fitted
from nnfs_cli.data.formats.download import DataUnavailable
from nnfs_cli.data.preparation import features_of, measured
from nnfs_cli.data.scales import refuse_other_scale
from nnfs_cli.data.sources.base import Loaded, Locator, Source
from nnfs_cli.data.splits.division import Settings as Division
from nnfs_cli.data.splits.division import divide
from nnfs_cli.errors import ConfigError
from nnfs_cli.registry import SOURCES


class Settings(Division, Protocol):
    """What a configuration says of any data set, whatever its source.

    Attributes:
        reconstructs: whether each example is its own answer.
        standardize: measure mean and deviation of the inputs, or if "robust" median and quartiles; False: pixels are
            only scaled to 0..1.
        target_transform: "standardize", "log" or "none", for values to predict.
        fallback: "digits" to use the embedded digits where the source cannot be had.
    """

    standardize: bool | str
    target_transform: str
    fallback: str | None

    @property
    def reconstructs(self) -> bool: ...


def prepare(source: Source, locator: Locator, settings: Settings, *, seed: int) -> Dataset:
    """Load, check, limit, hold out a validation split, and measure the preparation on what is left to train on.

    Args:
        settings: the keys that all sources share.
        seed: decides which examples are held out.

    Raises:
        DataError: the data are missing, damaged, or nothing to learn from.
        ConfigError: the fallback does not have the shape of the source.
    """
    source, loaded, notes = _load(source, locator, settings.fallback)
    loaded = loaded.reconstructed() if settings.reconstructs else loaded
    columns = loaded.format.get("columns")
    for name, split in loaded.splits.items():
        check_split(source.origin(name), split, loaded.spec, finite=columns is None)
        if settings.target_transform == "log" and loaded.spec.classes is None:
            check_logarithms(source.origin(name), split)
    more_classes = _more_classes(source, loaded, settings)
    splits = divide(loaded.splits, getattr(source, "test", None), settings, seed)
    check_classes(source.origin("train"), splits["train"], loaded.spec, more_classes)
    fill = None if columns is None else fitted(splits["train"].x, features_of(columns))
    if fill is not None:
        splits = {name: dataclasses.replace(split, x=fill_in(split.x, fill)) for name, split in splits.items()}
    preparation = measured(
        loaded.spec,
        splits["train"],
        standardize=settings.standardize,
        transform=settings.target_transform,
        fill=fill,
        **loaded.format,
    )
    for name, split in splits.items():
        if name != "train" and "white" not in loaded.format:
            refuse_other_scale(source.origin(name), split.x, preparation)
    files = {name: source.file(name, locator) for name in splits}
    return Dataset(splits, preparation, files, (*notes, *loaded.spec.notes), source, source.found(locator))


def _more_classes(source: Source, loaded: Loaded, settings: Settings) -> str:
    """What to do if the examples that are left to train on are of one class only: where the other classes are."""
    y = loaded.splits["train"].y
    limited = y[: settings.limit]
    if "validation" not in loaded.splits and settings.validation and (limited != limited[:1]).any():
        return f"dataset.validation: {settings.validation} holds out all others. Make it smaller."
    if len(limited) < len(y) and (y != y[:1]).any():
        return f"dataset.limit: {settings.limit} leaves out all others. Raise it, or mix the examples."
    return "Add others" + (
        ", or make dataset.test smaller." if isinstance(getattr(source, "test", None), float) else "."
    )


def _load(source: Source, locator: Locator, fallback: str | None) -> tuple[Source, Loaded, tuple[str, ...]]:
    if fallback is None:
        return source, source.load(locator), ()
    substitute = _substitute(source, locator, fallback)
    try:
        return source, source.load(locator), ()
    except DataUnavailable as error:
        loaded = substitute.load(locator)
        return substitute, loaded, (_note(source, locator, loaded, error),)


def _substitute(source: Source, locator: Locator, fallback: str) -> Source:
    shape = source.spec(locator).input_shape
    if len(shape) != 3 or shape[0] != 1 or shape[1] != shape[2]:
        raise ConfigError(
            f"dataset.fallback: {fallback} stands in for square grey images (1, S, S), {source.type_name} has {shape}. "
            "Remove the fallback."
        )
    return SOURCES[fallback](size=shape[1])


def _note(source: Source, locator: Locator, loaded: Loaded, missing: DataUnavailable) -> str:
    """What is trained on instead, why, and what to do about it."""
    size = " x ".join(map(str, loaded.spec.input_shape[1:]))
    folder = str(locator.data_dir / source.type_name).encode(errors="backslashreplace").decode()
    return (
        f"{source.type_name} is neither in {folder} nor downloadable ({missing.reason}): training on the "
        f"embedded digits instead, resized to {size} ({len(loaded.splits['train']):,} examples). "
        f"Put {missing.names} there to train on {source.type_name}"
    )
