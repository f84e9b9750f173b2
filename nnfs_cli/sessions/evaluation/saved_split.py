"""SavedSplit: the split that a checkpoint means, read as its training read it."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.build import locator_of, source_of
from nnfs_cli.config import DataSettings
from nnfs_cli.data.checks import check_logarithms, check_split
from nnfs_cli.data.dataset import what_changed
from nnfs_cli.data.inputs.places import places
from nnfs_cli.data.inputs.remarks import Remarks
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.scales import refuse_other_scale
from nnfs_cli.data.sources.base import Loaded, Locator, Source
from nnfs_cli.data.spec import Examples, Size
from nnfs_cli.data.splits.division import divide
from nnfs_cli.errors import DataError
from nnfs_cli.footprint import Footprint, program, refuse_if_too_large
from nnfs_cli.nn.shapes import Array
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.saved.config import saved_config

LONGEST_STEM = 50


@dataclass(frozen=True, eq=False)
class SavedSplit:
    """Examples to measure a network on.

    Attributes:
        file: where they come from.
        name: what a result on them is called: the split, and the stem of a file that is not the training's.
        fingerprint: their number and SHA-256.
        notes: what people should know of them.
        sources: what `nnfs predict` calls the examples at some places among these, where that is asked.
    """

    examples: Examples
    file: str
    name: str
    fingerprint: Mapping[str, Any]
    notes: tuple[str, ...]
    sources: Callable[[Array], list[str]]


def saved_split(
    saved: Checkpoint, known: Preparation, locator: Locator, split: str, overrides: Sequence[str]
) -> SavedSplit:
    """A split of the data of a checkpoint.

    A split that was drawn from the training file must come out as it did then: otherwise examples that were trained on
    would be measured. A split with a file of its own is measured whatever that file holds now.

    Args:
        known: how examples were read and prepared in the training.
        overrides: "dataset.key=value" options, to measure on another file.

    Raises:
        DataError: there is no such split, it cannot be read, or it was drawn and came out differently.
        MachineError: there is not enough memory for it.
    """
    config = saved_config(saved, overrides)
    source, before, locator = source_of(config), _fingerprint(saved, split), locator_of(config, locator)
    folded = split == "test" and config.data.fold is not None
    own, settings = source.has_own(split, locator) and not folded, config.data
    if (split == "train" or not own) and source.has_own("validation", locator):
        settings = dataclasses.replace(settings, validation=0)
    own = own and not (split == "train" and _is_divided(settings, source))
    if before is None and not own:
        raise DataError(_missing(source, split, saved.state.get("digests")))
    wanted = split if own else "train"
    refuse_beyond_memory(source.size_of(wanted, locator, known.spec), source.origin(wanted))
    loaded = source.load(locator, known=known, only=wanted)
    loaded = _numbered(loaded.reconstructed() if known.spec.reconstruction else loaded)
    splits = loaded.splits if own else divide(loaded.splits, getattr(source, "test", None), settings, config.seed)
    if split not in splits:
        raise DataError(_missing(source, split, splits))
    file = source.file(split, locator)
    examples = dataclasses.replace(splits[split], x=known.filled(splits[split].x), place=None)
    check_split(source.origin(split), examples, known.spec)
    if known.transform.log:
        check_logarithms(source.origin(split), examples)
    if "white" not in loaded.format:
        refuse_other_scale(file, examples.x, known)
    now = examples.fingerprint()
    changed = what_changed(now, before)
    if changed and not own:
        raise DataError(
            f"{file}: the {split} split was drawn from this file, and comes out differently: {changed}. Examples that "
            "were trained on would be measured. Put the old file back, or measure another one with "
            "--set dataset.test=FILE."
        )
    trained = saved_config(saved).dataset.make() if overrides else source
    same = getattr(trained, split, None) == getattr(source, split, None)
    notes = (f"{file}: is not the {split} data of the training: {changed}",) if changed and same and before else ()
    notes += (*loaded.spec.notes, *Remarks(file, known, None if own else split).on(examples.x, 0))
    files = split if split in loaded.splits and not folded else "train"
    count = len(loaded.splits[files])
    named = functools.partial(_sources, source, locator, known, files, count, splits[split].place)
    name = split if same or not own else f"{split}-{_stem(file)}"
    return SavedSplit(examples, file, name, now, notes, named)


def _numbered(loaded: Loaded) -> Loaded:
    """The same examples, each with its place."""
    numbered = {name: dataclasses.replace(split, place=np.arange(len(split))) for name, split in loaded.splits.items()}
    return dataclasses.replace(loaded, splits=numbered)


def _sources(
    source: Source, locator: Locator, known: Preparation, files: str, count: int, place: Array, rows: Array
) -> list[str]:
    """What `nnfs predict` calls some examples.

    Args:
        files: the split whose files they stand in.
        count: how many examples these hold.
        place: of each example of the split that is measured.
        rows: which of these are asked for.

    Raises:
        DataError: the files are not what they were.
    """
    where = places(source, locator, known, count, files)
    if len(where) != count:
        raise DataError(f"{source.file(files, locator)}: was changed while it was read. Put the old file back.")
    name_of = source.names(locator, known.spec, files)
    return [name_of(int(where[number])) for number in place[rows]]


def refuse_beyond_memory(size: Size | None, what: str) -> None:
    """Say no to examples that the machine has no memory for, before it is asked for.

    Raises:
        MachineError: there is not enough.
    """
    if size is not None:
        data = sum(map(size.bytes_of, size.examples.values())) + size.reading
        fix = "Measure a smaller folder with --set dataset.test=FOLDER."
        refuse_if_too_large(Footprint(program(), data), f"{what}: reading", fix)


def _stem(file: str) -> str:
    """The name of a file without its folder and ending, short enough to be a part of another name."""
    return Path(file.partition(", ")[0]).stem[:LONGEST_STEM]


def _is_divided(settings: DataSettings, source: Source) -> bool:
    """Whether only a part of the training file was trained on."""
    drawn = settings.validation or settings.fold or isinstance(getattr(source, "test", None), float)
    return bool(drawn) or settings.limit is not None


def _fingerprint(saved: Checkpoint, split: str) -> Mapping[str, Any] | None:
    digests = saved.state.get("digests")
    found = digests.get(split) if isinstance(digests, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _missing(source: Source, split: str, splits: Any) -> str:
    has = ", ".join(splits) if isinstance(splits, Mapping) else ""
    return f"{source.type_name}: has no {split} split. It has: {has or 'train'}. Choose one with --split."
