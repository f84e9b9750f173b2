"""Array keys: which arrays of a `.npz` file are the examples and which the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from nnfs_cli.data.arrays import array_names, read_shape
from nnfs_cli.errors import DataError
from nnfs_cli.text import MOST, listed, shown

PAIRS = (("x", "y"), ("X", "y"), ("images", "labels"), ("data", "target"), ("features", "labels"))
WORDS = {"train": ("train",), "validation": ("val", "valid", "validation"), "test": ("test",)}


class Keys(NamedTuple):
    """The names of the arrays with the examples and with the answers."""

    x: str
    y: str


def keys_of(path: Path, split: str, given: Mapping[str, str] | None = None) -> Keys:
    """The arrays of a file that a split is read from: x and y, else the only pair with usual names.

    Args:
        given: the names that a configuration gives; of x_train and y_train, a test split takes x_test and y_test.

    Raises:
        DataError: there are none, or several, or not those that are given; all arrays are listed.
    """
    names = array_names(path)
    found = _given(names, split, Keys(**given)) if given else _usual(names, split)
    if len(found) == 1:
        return found[0]
    missing = [name for name in Keys(**given) if name not in names] if given else []
    told = f"has no array {listed(missing)}." if missing else "which arrays are the examples, and which the answers?"
    fix = "Correct dataset.keys." if given else "Say it with dataset.keys: {x: ..., y: ...}."
    raise DataError(f"{path}: {told} It holds {_content(path, names)}. {fix}")


def keys_beside(path: Path, given: Mapping[str, str] | None = None) -> Keys | None:
    """The arrays for testing in a file of training data, such as x_test and y_test; None if there are none."""
    names = array_names(path)
    if given:
        found = [keys for keys in _renamed(Keys(**given), "test") if set(keys) <= set(names)]
    else:
        found = _worded(names, "test")
    return found[0] if len(found) == 1 else None


def examples_in(path: Path, trained: str | None = None) -> str:
    """The array of a file that is to be predicted: its only one, the one of the training, x, else a usual name.

    Args:
        trained: what the array of the training was called; of x_train, x_test comes first.

    Raises:
        DataError: there is none, or there are several; all arrays are listed.
    """
    names = array_names(path)
    if len(names) == 1:
        return names[0]
    first = list(dict.fromkeys(x for x, _ in PAIRS))
    known = [] if trained is None else [trained]
    others = [keys.x for name in known for keys in _renamed(Keys(name, name), "test")]
    tiers = [others, known, ["x"], _with(first, "test"), first, _with(first, "validation"), _with(first, "train")]
    for tier in tiers:
        found = [name for name in tier if name in names]
        if len(found) == 1:
            return found[0]
        if found:
            break
    raise DataError(
        f"{path}: which array holds the examples? It holds {_content(path, names)}. "
        f"Save that one alone, or as {shown(trained or 'x')}."
    )


def _usual(names: Sequence[str], split: str) -> list[Keys]:
    """The pairs of usual names that are there; x and y leave no question."""
    plain = [Keys(*pair) for pair in PAIRS if set(pair) <= set(names)]
    return plain[:1] if Keys("x", "y") in plain else [*_worded(names, split), *plain]


def _worded(names: Sequence[str], split: str) -> list[Keys]:
    """The pairs that are there with the name of the split in them, such as x_train and y_train."""
    pairs = (Keys(*pair) for x, y in PAIRS for pair in zip(_with([x], split), _with([y], split), strict=True))
    return [keys for keys in pairs if set(keys) <= set(names)]


def _with(names: Sequence[str], split: str) -> list[str]:
    """Names before and behind the words for a split: x_test and test_x."""
    return [form for name in names for word in WORDS[split] for form in (f"{name}_{word}", f"{word}_{name}")]


def _given(names: Sequence[str], split: str, given: Keys) -> list[Keys]:
    """The arrays with the given names, or with those for this split in place of those for training."""
    return [keys for keys in (*_renamed(given, split), given) if set(keys) <= set(names)][:1]


def _renamed(keys: Keys, split: str) -> Iterator[Keys]:
    """Names for training as they would be for another split."""
    for word in WORDS[split] if split != "train" and all("train" in key for key in keys) else ():
        yield Keys(*(key.replace("train", word) for key in keys))


def _content(path: Path, names: Sequence[str]) -> str:
    """The arrays of a file with their shapes."""
    more = ", ..." if len(names) > MOST else ""
    return (", ".join(_described(path, name) for name in names[:MOST]) or "nothing") + more


def _described(path: Path, name: str) -> str:
    try:
        return f"{shown(name)} {read_shape(path, name)[0]}"
    except DataError:
        return shown(name)
