"""Plan: what each fold is trained on and with, how many at once, and what people should know before."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator

import numpy as np

from nnfs_cli.build import Parts, build_parts, footprint_of, refuse_beyond_memory
from nnfs_cli.config import Config
from nnfs_cli.data.prepare import prepare
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.choose import physical_cores
from nnfs_cli.runs.available import available_memory
from nnfs_cli.text import counted, shown

ALONE = 1
"""Processes that share a batch, where nothing is said: they change the bits of results, and the cores have folds."""


def of_all_folds(config: Config) -> Config:
    """The configuration without a test split of its own, and with so many workers as each fold gets."""
    training, arguments = config.training, config.dataset.arguments
    workers = ALONE if training.workers == "auto" else training.workers
    kept = {**arguments, **({"test": None} if "test" in arguments else {})}
    return dataclasses.replace(
        config,
        dataset=dataclasses.replace(config.dataset, arguments=kept),
        data=dataclasses.replace(config.data, fold=None, folds=None),
        training=dataclasses.replace(training, workers=workers),
    )


def of_fold(config: Config, fold: int, folds: int) -> Config:
    """The configuration that holds out one of the folds, counted from 1."""
    return dataclasses.replace(config, data=dataclasses.replace(config.data, fold=fold, folds=folds))


def folds_at_once(parts: Parts, folds: int) -> int:
    """How many are trained side by side: never more processes than cores, nor more than there is memory for."""
    training = parts.recipe.training
    each = training.threads * (ALONE if training.workers == "auto" else training.workers)
    memory = (available_memory() or sys.maxsize) // max(1, footprint_of(parts).total)
    return max(1, min(folds, physical_cores() // each, memory))


def examine(config: Config, folds: int, locator: Locator) -> tuple[Parts, tuple[str, ...]]:
    """See, before anything is written, that the data can be had and divided; what people should know of that.

    Args:
        config: as people wrote it.

    Raises:
        NnfsError: of the kind that fits.
    """
    if config.data.reconstructs:
        said = "reconstruction has no answers for a table of folds. Leave --folds out."
        raise ConfigError(f"{config.location('dataset.task')}: {said}")
    first = of_fold(of_all_folds(config), 1, folds)
    parts = build_parts(first, locator)
    refuse_beyond_memory(parts)
    dataset = prepare(parts.source, parts.locator, first.data, seed=config.seed)
    own = parts.source.has_own("validation", parts.locator)
    y = np.concatenate([split.y for name, split in dataset.splits.items() if not (own and name == "validation")])
    rare = _rare(dataset.spec.classes, y, folds) if config.data.limit is None else ()
    return parts, (*_test_left_out(config, parts, folds), *dataset.notes, *rare)


def _test_left_out(config: Config, parts: Parts, folds: int) -> Iterator[str]:
    """A word on the test split that is not used."""
    instead = f"each of the {folds} folds is tested on the examples that it holds out"
    if config.dataset.arguments.get("test") is not None:
        yield f"dataset.test is left out: {instead}"
    elif parts.source.has_own("test", parts.locator) or (parts.size is not None and "test" in parts.size.examples):
        yield f"the test split of {parts.source.type_name} is left out: {instead}"


def _rare(classes: tuple[str, ...] | None, y: Array, folds: int) -> Iterator[str]:
    """A word on classes that not every fold is tested on."""
    few = [] if classes is None else np.flatnonzero(np.bincount(y, minlength=len(classes)) < folds).tolist()
    if classes is not None and few:
        names = ", ".join(f"'{shown(classes[number])}'" for number in few[:3]) + (", ..." if len(few) > 3 else "")
        yield f"{counted(len(few), 'class')} of fewer than {folds} examples, so that some folds test none: {names}"
