"""Source: a place that examples come from."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, ClassVar

from annotated_types import Gt, Lt

from nnfs_cli.data.formats.files import EMBEDDED
from nnfs_cli.data.locator import Locator, recorded
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.errors import all_told
from nnfs_cli.parameters import Means, NonNegativeInt, ProperFraction

Validation = Annotated[
    NonNegativeInt | ProperFraction | str, Means("a share such as 0.1, a count such as 5000, or a path")
]
TestShare = Annotated[float, Gt(0), Lt(1)]
Test = Annotated[str | TestShare | None, Means("a path, a share between 0 and 1, or null")]


@dataclass(frozen=True, eq=False)
class Loaded:
    """What a source gives.

    Attributes:
        splits: those that were asked for, or "train" and perhaps "validation" and "test".
        format: what `Preparation` keeps of the format of the files: columns and delimiter of a table, for example;
            "white" where the source itself brings every file to one scale.
    """

    spec: DataSpec
    splits: Mapping[str, Examples]
    format: Mapping[str, Any] = field(default_factory=dict)

    def reconstructed(self) -> Loaded:
        """The same examples, each its own answer."""
        splits = {name: split.unanswered() for name, split in self.splits.items()}
        return dataclasses.replace(self, spec=self.spec.reconstructed(), splits=splits)


class Source(ABC):
    """One `dataset.type`; the parameters of its constructor are the keys of its YAML."""

    type_name: ClassVar[str] = "data"

    @abstractmethod
    def spec(self, locator: Locator) -> DataSpec:
        """The shape of an example and the classes, read from headers and names at most where the format allows it.

        Raises:
            DataError: a file that is needed for this is missing or damaged.
        """

    @abstractmethod
    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """All examples.

        Args:
            known: read them as a training did that is over: its columns, its classes, its kind of target.
            only: the one split that is wanted, which has files of its own.

        Raises:
            DataUnavailable: the data are neither on disk nor downloadable.
            DataError: a file is missing or damaged.
        """

    def as_classes(self) -> Source | None:
        """The same source with answers taken for classes that could be values as well; None if it cannot be told so."""
        return None

    def examine(self, locator: Locator) -> None:
        """Look at files that `spec` does not read and that are quickly read, after it.

        Raises:
            DataError: examples of them cannot be used; all that is wrong.
        """

    def sizes(self, locator: Locator, spec: DataSpec) -> Size | None:
        """How many examples there are and the memory they take, from headers and names at most; None if unknown.

        Raises:
            DataError: a file that is needed for this is missing or damaged.
        """
        return None

    def size_of(self, split: str, locator: Locator, spec: DataSpec) -> Size | None:
        """As `sizes`, of one split that has files of its own; None if that is known no sooner than they are read.

        Raises:
            DataError: a file that is needed for this is missing or damaged.
        """
        return None

    def has_own(self, split: str, locator: Locator) -> bool:
        """Whether a split has files of its own, rather than a share of the training files."""
        return split == "train" or isinstance(getattr(self, split, None), str | dict)

    def file(self, split: str, locator: Locator) -> str:
        """Where a split is read from: its files as `locator` finds them, else the type of the data."""
        paths = _texts(getattr(self, split, None)) or _texts(getattr(self, "train", None))
        return ", ".join(str(locator.find(path)) for path in paths) or self.type_name

    def names(self, locator: Locator, spec: DataSpec, split: str = "train") -> Callable[[int], str]:
        """What `nnfs predict` calls an example of the files of a split, by its place in them, counted from 0."""
        named = getattr(self, split, None)
        path = named["x"] if isinstance(named, dict) else named
        of_split = "" if split == "train" else f": {split}"
        file = locator.find(path) if isinstance(path, str) else f"{self.file(split, locator)}{of_split}"
        return lambda place: f"{file}[{place}]"

    def found(self, locator: Locator) -> dict[str, str]:
        """Where the paths of the configuration lead, absolute, so that they are found from any directory again.

        Raises:
            DataError: one of them leads nowhere.
        """
        return recorded({path: locator.find(path) for path in self._paths_named() if not path.startswith(EMBEDDED)})

    def refuse_absent(self, locator: Locator) -> None:
        """See that the paths of the configuration lead somewhere.

        Raises:
            DataError: some lead nowhere; all of them are told.
        """
        all_told(partial(locator.find, path) for path in self._paths_named())

    def _paths_named(self) -> list[str]:
        return [path for split in ("train", "validation", "test") for path in _texts(getattr(self, split, None))]

    def origin(self, split: str) -> str:
        """What an error calls a split: the files that the configuration names for it, else the type of the data."""
        match getattr(self, split, None):
            case str(path):
                return f"{path}: {split}"
            case {"x": x, "y": y}:
                return f"{x}, {y}: {split}"
            case _:
                return f"{self.type_name}: {split}"


def _texts(paths: Any) -> list[str]:
    """The paths that a configuration names for a split."""
    return [paths] if isinstance(paths, str) else list(paths.values()) if isinstance(paths, dict) else []


def wanted(paths: Mapping[str, Any], only: str | None) -> dict[str, Any]:
    """The splits that a source has to read, with the files that a configuration names for them."""
    named = {split: path for split, path in paths.items() if isinstance(path, str | dict)}
    return named if only is None else {only: named[only]}


def counts_with_test_share(examples: Mapping[str, int], test: Any) -> dict[str, int]:
    """How many examples each split has once a test share is held out of the training examples."""
    if not isinstance(test, float):
        return dict(examples)
    held = max(1, round(test * examples["train"]))
    return {**examples, "train": examples["train"] - held, "test": held}
