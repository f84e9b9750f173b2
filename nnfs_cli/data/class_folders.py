"""Class folders: which pictures a folder of class folders holds, and what in it is left out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from nnfs_cli.data.files import opening
from nnfs_cli.data.folders import files_below, is_meant, left_out
from nnfs_cli.data.pictures import SUFFIXES, is_picture
from nnfs_cli.errors import DataError
from nnfs_cli.text import listed, shown


@dataclass(frozen=True)
class ClassFolders:
    """A folder of class folders.

    Attributes:
        pictures: the files of each class, in alphabetical order; those in folders below are among them.
        notes: warnings on what is left out.
    """

    folder: Path
    pictures: dict[str, list[Path]]
    notes: tuple[str, ...]

    def in_turns(self, classes: tuple[str, ...]) -> list[tuple[Path, int]]:
        """Every picture with the number of its class: the first of each class, then the second of each, and so on.

        Raises:
            DataError: a folder is of none of these classes, or holds no picture.
        """
        if extra := sorted(set(self.pictures) - set(classes)):
            raise DataError(
                f"{self.folder}: has classes that the training folder lacks: {listed(extra)}. "
                f"Expected {listed(classes)}."
            )
        for name, paths in self.pictures.items():
            if not paths:
                raise DataError(
                    f"{self.folder / name}: holds no pictures. Expected files that end in {', '.join(SUFFIXES)}. "
                    "Put some there or remove the folder."
                )
        columns = [[(path, classes.index(name)) for path in paths] for name, paths in self.pictures.items()]
        return [file for turn in zip_longest(*columns) for file in turn if file is not None]


def survey(folder: Path) -> ClassFolders:
    """Look through a folder of class folders without opening a file.

    Raises:
        DataError: it is no folder, or holds no class folders, or one with a name that cannot be shown.
    """
    names = _class_names(folder)
    with opening(folder):
        beside = sorted(path for path in folder.iterdir() if is_meant(path.name) and not path.is_dir())
    stray = [path for path in beside if _is_read(path)]
    others = [path for path in beside if not _is_read(path)]
    pictures = dict[str, list[Path]]()
    for name in names:
        found = files_below(folder / name)
        pictures[name] = [path for path in found if _is_read(path)]
        if len(pictures[name]) < len(found):
            others.extend(path for path in found if not _is_read(path))
    notes = (
        *left_out(folder, stray, "beside the class folders, so of no class"),
        *left_out(folder, others, "that are no pictures"),
    )
    return ClassFolders(folder, pictures, notes)


def _is_read(path: Path) -> bool:
    return is_picture(path) and path.is_file()


def _class_names(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        raise DataError(f"{folder}: is not a folder. Expected one folder of pictures for each class in it.")
    with opening(folder):
        names = tuple(sorted(entry.name for entry in folder.iterdir() if is_meant(entry.name) and entry.is_dir()))
    if not names:
        raise DataError(f"{folder}: holds no folders. Expected one folder of pictures for each class in it.")
    strange = [name for name in names if not name.isprintable()]
    if strange:
        bad = shown(strange[0])
        raise DataError(f"{folder}: the folder '{bad}' is called after no class. Rename it in plain letters.")
    return names
