"""Source: a place that examples come from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from nnfs_cli.data.columns import Column
from nnfs_cli.data.dataset import Facts, Size, Split
from nnfs_cli.parameters import Means, NonNegativeInt, ProperFraction

Validation = Annotated[
    NonNegativeInt | ProperFraction | str, Means("a share such as 0.1, a count such as 5000, or a path")
]


@dataclass(frozen=True)
class Place:
    """Where files are looked for, and how the wait for a download is shown.

    Attributes:
        data_dir: the folder of data sets.
        progress: makes a progress bar, with pooch's interface, from the address of a file; None: none is shown.
    """

    data_dir: Path
    progress: Callable[[str], Any] | None = None


@dataclass(frozen=True, eq=False)
class Loaded:
    """What a source gives: its facts, "train" and perhaps "validation" and "test", and the columns of a table."""

    facts: Facts
    splits: Mapping[str, Split]
    columns: tuple[Column, ...] | None = None


class Source(ABC):
    """One `dataset.type`; the parameters of its constructor are the keys of its YAML."""

    type_name: ClassVar[str] = "data"

    @abstractmethod
    def facts(self, place: Place) -> Facts:
        """The shape of an example and the classes, read from headers and names at most where the format allows it.

        Raises:
            DataError: a file that is needed for this is missing or damaged.
        """

    @abstractmethod
    def load(self, place: Place) -> Loaded:
        """All examples.

        Raises:
            DataUnavailable: the data are neither on disk nor downloadable.
            DataError: a file is missing or damaged.
        """

    def sizes(self, place: Place, facts: Facts) -> Size | None:
        """How many examples there are and the memory they take, from headers and names at most; None if unknown.

        Raises:
            DataError: a file that is needed for this is missing or damaged.
        """
        return None

    def origin(self, split: str) -> str:
        """What an error calls a split: the files that the configuration names for it, else the type of the data."""
        match getattr(self, split, None):
            case str(path):
                return f"{path}: {split}"
            case {"x": x, "y": y}:
                return f"{x}, {y}: {split}"
            case _:
                return f"{self.type_name}: {split}"
