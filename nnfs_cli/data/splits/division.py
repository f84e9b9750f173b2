"""Division: the examples of the training file, divided into train, validation and test as a configuration says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import numpy as np

from nnfs_cli.data.spec import Examples
from nnfs_cli.data.splits.holdout import Parts, fold_out, hold_out, hold_out_groups, hold_out_last
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.streams import Stream, same_for_every_seed, stream

ORDER = ("train", "validation", "test")
Split = Literal["random", "ordered", "group"]


class Settings(Protocol):
    """What a configuration says of the splits.

    Attributes:
        validation: a share (float) or a count (int) to hold out of the training split; 0 for none.
        split: which examples are held out: at random by class, the last ones, or whole groups.
        limit: take the first examples of the training split only, before any are held out for validation.
        fold, folds: hold out this fold of so many as the test split, in the place of another one.
    """

    validation: float
    split: Split
    limit: int | None
    fold: int | None
    folds: int | None


def divide(splits: Mapping[str, Examples], test: Any, settings: Settings, seed: int) -> dict[str, Examples]:
    """Train, validation and test, in this order, as far as they exist, limited and held out as in a training.

    What is held out stays in the memory of the training split, whose rows change their places: it is used up.

    Args:
        test: a share (float) to hold out of the training split, the same examples for every seed; or anything else.

    Raises:
        DataError: nothing would be left to train on.
        ConfigError: the examples have no groups.
    """
    splits = {**splits, **_held_out_for_testing(splits["train"], test, settings)}
    train = splits["train"].take(slice(settings.limit))
    splits["train"] = train
    if "validation" not in splits and settings.validation:
        rng = stream(seed, Stream.HOLD_OUT)
        parts = _held(train, settings.validation, settings.split, rng, name="validation")
        splits["train"], splits["validation"] = train.part(*parts)
    return {name: splits[name] for name in ORDER if name in splits}


def _held_out_for_testing(train: Examples, test: Any, settings: Settings) -> dict[str, Examples]:
    """The training split and the test split that is held out of it, if there is one."""
    rng = same_for_every_seed()
    if settings.fold is not None and settings.folds is not None:
        parts = parts_of_fold(train, settings.split, settings.fold, settings.folds)
    elif isinstance(test, float):
        parts = _held(train, test, settings.split, rng, name="test")
    else:
        return {"train": train}
    return dict(zip(("train", "test"), train.part(*parts), strict=True))


def parts_of_fold(train: Examples, split: Split, fold: int, folds: int) -> Parts:
    """The rows of the training file to keep and those to hold out for a fold, the same for every seed.

    Args:
        fold: which one, from 1.

    Raises:
        DataError: there are fewer examples, or groups, than folds.
        ConfigError: the order of the examples tells which are to be held out.
    """
    if split == "ordered":
        raise ConfigError(
            "dataset.split: ordered: of several folds most would be measured with what came after them. "
            "Leave folds out."
        )
    return fold_out(train.y, train.group, fold, folds, same_for_every_seed())


def _held(examples: Examples, amount: float, split: Split, rng: np.random.Generator, *, name: str) -> Parts:
    if split == "ordered":
        return hold_out_last(len(examples), amount, name=name)
    if examples.group is not None:
        return hold_out_groups(examples.group, amount, rng, name=name)
    if split == "group":
        raise ConfigError("dataset.split: group needs dataset.group, the column of a table that tells the groups.")
    return hold_out(examples.y, amount, rng, name=name)
