"""Class folders: which pictures a folder of class folders holds, and what in it is left out."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from nnfs_cli.data.formats.folders import Entry, entries_below, entries_in, is_file, is_folder, left_out
from nnfs_cli.data.pictures.folder_levels import Below, folders_below, level_note
from nnfs_cli.data.pictures.picture import SUFFIXES, is_picture
from nnfs_cli.errors import DataError
from nnfs_cli.text import counted, listed, shown

PHONE = (".heic", ".heif", ".avif")
"""Endings of pictures that are not read."""


@dataclass(frozen=True)
class ClassFolders:
    """A folder of class folders.

    Attributes:
        pictures: the files of each class, in alphabetical order; those in folders below are among them.
        empty: a sentence on each class folder without a picture, by the name of the class.
        below: the folders in each class folder that holds its pictures in folders only.
        notes: warnings on what is left out.
    """

    folder: Path
    pictures: dict[str, list[Entry]]
    empty: dict[str, str]
    below: Below
    notes: tuple[str, ...]

    @property
    def files(self) -> list[Entry]:
        """The pictures of all classes."""
        return [entry for entries in self.pictures.values() for entry in entries]

    def in_turns(self, classes: tuple[str, ...]) -> list[tuple[Entry, int]]:
        """Every picture with the number of its class: the first of each class, then the second of each, and so on.

        Raises:
            DataError: a folder is of none of these classes.
        """
        numbers = {composed(name): number for number, name in enumerate(classes)}
        if extra := sorted(set(self.pictures) - set(numbers)):
            raise DataError(
                f"{self.folder}: has classes that the training folder lacks: {listed(extra)}. "
                f"Expected {listed(classes)}."
            )
        columns = [[(entry, numbers[name]) for entry in entries] for name, entries in self.pictures.items()]
        return [file for turn in zip_longest(*columns) for file in turn if file is not None]


def composed(name: str) -> str:
    """A name with its accents in the letters (NFC): macOS writes the same name with accents beside them."""
    return unicodedata.normalize("NFC", name)


def survey(folder: Path) -> ClassFolders:
    """Look through a folder of class folders without opening a file.

    Raises:
        DataError: it is no folder, or holds no class folders, or no pictures, or a folder whose name cannot be shown.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: is not a folder. Expected one folder of pictures for each class in it.")
    folders, beside = _parted(entries_in(folder), is_folder)
    stray, others = _divided(beside)
    pictures, empty = dict[str, list[Entry]](), dict[str, str]()
    for name, spellings in _classes(folder, folders).items():
        read, rest = _divided([file for entry in spellings for file in entries_below(entry.path)])
        if read:
            pictures[name] = read
            others += rest
        else:
            empty[name] = _without_pictures(folder / name, [entry.name for entry in rest])
    if not pictures:
        raise DataError(*empty.values())
    below = folders_below(folder, pictures)
    notes = (
        *left_out(folder, [entry.path for entry in stray], "beside the class folders, so of no class"),
        *left_out(folder, [entry.path for entry in others], "that are no pictures"),
        *level_note(folder, below),
    )
    return ClassFolders(folder, pictures, empty, below, notes)


def _without_pictures(folder: Path, others: list[str]) -> str:
    """What is wrong with an empty class folder, and what to do about it."""
    if phone := [name for name in others if name.lower().endswith(PHONE)]:
        held = f"{counted(len(phone), 'file')} such as {shown(phone[0])}"
        return f"{folder}: holds no pictures that are read, but {held}. Save them as PNG or JPEG, or remove the folder."
    got = f", got such as {shown(others[0])}" if others else ""
    ends = f"Expected files that end in {', '.join(SUFFIXES)}{got}."
    return f"{folder}: holds no pictures. {ends} Put some there or remove the folder."


def _divided(entries: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The pictures, and all else."""
    return _parted(entries, lambda entry: is_picture(entry.name) and is_file(entry))


def _parted(entries: list[Entry], wanted: Callable[[Entry], bool]) -> tuple[list[Entry], list[Entry]]:
    """Those that are wanted, and the others."""
    found: tuple[list[Entry], list[Entry]] = [], []
    for entry in entries:
        found[not wanted(entry)].append(entry)
    return found


def _classes(folder: Path, folders: list[Entry]) -> dict[str, list[Entry]]:
    """The folders of each class, in the order of their names; two spellings of a name are one class."""
    if not folders:
        raise DataError(f"{folder}: holds no folders. Expected one folder of pictures for each class in it.")
    strange = [entry.name for entry in folders if not entry.name.isprintable()]
    if strange:
        bad = shown(strange[0])
        raise DataError(f"{folder}: the folder '{bad}' is called after no class. Rename it in plain letters.")
    found: dict[str, list[Entry]] = {name: [] for name in sorted({composed(entry.name) for entry in folders})}
    for entry in folders:
        found[composed(entry.name)].append(entry)
    return found
