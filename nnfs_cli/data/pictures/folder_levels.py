"""Folder levels: a folder that is no folder of class folders, but lies above one or several of them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from nnfs_cli.data.formats.folders import Entry
from nnfs_cli.errors import DataError
from nnfs_cli.text import listed, shown

SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
Below = dict[str, tuple[str, ...]]


def folders_below(folder: Path, pictures: Mapping[str, list[Entry]]) -> Below:
    """The folders in each class folder, where all its pictures lie in those; nothing where some lie beside them."""
    return {name: _only_below(os.path.join(folder, ""), entries) for name, entries in pictures.items()}


def refuse_other_level(path: str, key: str, below: Below, empty: list[str]) -> None:
    """Say no to a folder whose folders are splits, or which holds the folder that is meant.

    Args:
        path: of the folder as the configuration writes it.
        key: of the configuration, "train", "validation" or "test".
        below: of `folders_below`.
        empty: class folders without a picture.

    Raises:
        DataError: it is one of these.
    """
    splits = {split: name for name in (*below, *empty) if (split := _split(name))}
    all_are_splits = len(splits) == len(below) + len(empty)
    if all_are_splits and (len(splits) > 1 or any(below.values())):
        names, fix = listed([*splits.values()]), _fix(path, key, splits, below)
        raise DataError(f"{path}: holds {names}: {'splits' if len(splits) > 1 else 'a split'}, not classes. {fix}")
    if len(below) == 1 and not empty and all(below.values()):
        ((name, inner),) = below.items()
        raise DataError(
            f"{path}: holds one folder, {shown(name)}, with folders of pictures in it ({listed(inner)}), expected the "
            f"folder of class folders. Set {key}: {shown(os.path.join(path, name))}."
        )


def level_note(folder: Path, below: Below) -> tuple[str, ...]:
    """What people should know where every class folder holds folders only: those may be the classes that are meant."""
    if len(below) < 2 or not all(below.values()):
        return ()
    first, inner = next(iter(below.items()))
    one, above = shown(os.path.join(first, inner[0])), shown(os.path.join(folder, first))
    return (
        f"{folder}: its class folders hold folders only. The pictures of {one} are taken for class '{shown(first)}'. "
        f"Set train: {above} if its folders are the classes",
    )


def _only_below(start: str, entries: list[Entry]) -> tuple[str, ...]:
    found = dict[str, None]()
    for entry in entries:
        _, *inner = os.path.dirname(entry.path.removeprefix(start)).split(os.sep)
        if not inner:
            return ()
        found[inner[0]] = None
    return tuple(found)


def _split(name: str) -> str | None:
    """The split that the name of a folder speaks of: train, or seg_train."""
    found = {SPLITS[word] for word in re.split(r"[\W_]+", name.lower()) if word in SPLITS}
    return found.pop() if len(found) == 1 else None


def _fix(path: str, key: str, splits: Mapping[str, str], below: Below) -> str:
    """Which folder to set for which key; a split without class folders has none yet."""
    wanted = [split for split in SPLITS.values() if split in splits and below.get(splits[split])]
    keys = dict.fromkeys(wanted if key == "train" else [split for split in wanted if split == key])
    if not keys:
        return "Put the pictures of each class into a folder of its own, and give the folder of those."
    return f"Set {' and '.join(f'{split}: {shown(os.path.join(path, splits[split]))}' for split in keys)}."
