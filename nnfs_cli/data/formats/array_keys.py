"""Array keys: which arrays of a `.npz` file are the examples and which the answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from nnfs_cli.data.formats.array_guesses import PAIRS, Keys, guessed, pair_of
from nnfs_cli.data.formats.arrays import array_names, is_single_array, read_shapes
from nnfs_cli.errors import DataError
from nnfs_cli.text import MOST, listed, shown

WORDS = {"train": ("train",), "validation": ("val", "valid", "validation"), "test": ("test",)}


class UnknownKeys(DataError):
    """Nothing says which arrays of a file are meant.

    Args:
        guess: the only two that can be.
    """

    def __init__(self, text: str, guess: Keys | None):
        self.guess = guess
        super().__init__(text)


def keys_of(path: Path, split: str, given: Mapping[str, str] | None = None) -> Keys:
    """The arrays of a file that a split is read from: x and y, else the only pair with usual names.

    Args:
        given: the names that a configuration gives; of x_train and y_train, a test split takes x_test and y_test.

    Raises:
        UnknownKeys: there are none, or several, or not those that are given; all arrays are listed.
        DataError: the file is damaged, or holds one array without a name.
    """
    names = _names(path, split)
    found = _given(names, split, Keys(**given)) if given else _usual(names, split)
    if len(found) == 1:
        return found[0]
    missing = [name for name in Keys(**given) if name not in names] if given else []
    told = f"has no array {listed(missing)}." if missing else "which arrays are the examples, and which the answers?"
    guess = guessed(path, [name for name in names if not _is_of_another(name, split)])
    keys = f"{{x: {shown(guess.x)}, y: {shown(guess.y)}}}" if guess else "{x: ..., y: ...}"
    fix = f"Say it with dataset.keys: {keys}." if guess or not given else "Correct dataset.keys."
    raise UnknownKeys(f"{path}: {told} It holds {_content(path, names)}. {fix}", guess)


def keys_beside(path: Path, split: str, given: Mapping[str, str] | None = None) -> Keys | None:
    """The arrays for another split in a file of training data, such as x_test and y_test; None if there are none."""
    names = _names(path, "train")
    found = [keys for keys in _beside(split, given) if set(keys) <= set(names)]
    return found[0] if len(found) == 1 else None


def half_beside(path: Path, split: str, given: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """The one of two such arrays that is there, and the one that is not; None where that is not so."""
    names = _names(path, "train")
    for keys in _beside(split, given):
        there = [name for name in keys if name in names]
        if len(there) == 1:
            return there[0], next(name for name in keys if name not in names)
    return None


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
    others = [form for name in known for form in _as_of(name, "test")]
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


def examples_of(path: Path, split: str, given: str | None = None) -> str:
    """The array of a file whose examples a split takes, without answers: x, the only one, else one with a usual name.

    Args:
        given: its name in the configuration; of x_train, a test split takes x_test.

    Raises:
        DataError: there is none, or there are several; all arrays are listed.
    """
    names = array_names(path)
    if given:
        tiers = [[form] for form in (*_as_of(given, split), given)]
    else:
        pairs, first = [keys.x for keys in _usual(names, split)], [x for x, _ in PAIRS]
        tiers = [["x"], names[: len(names) == 1], pairs, _with(first, split), first]
    there = ([name for name in dict.fromkeys(tier) if name in names] for tier in tiers)
    found = next(filter(None, there), [])
    if len(found) == 1:
        return found[0]
    told, fix = "which array holds the examples?", "Say it with dataset.keys: {x: ...}."
    if given:
        told, fix = f"has no array {shown(given)}.", "Correct dataset.keys."
    raise DataError(f"{path}: {told} It holds {_content(path, names)}. {fix}")


def examples_beside(path: Path, split: str, given: str | None = None) -> str | None:
    """The examples for another split in a file of training data, such as x_test; None if there are none, or several."""
    names = array_names(path)
    pair = None if given else keys_beside(path, split)
    forms = _worded_as(given, split) if given else _with(dict.fromkeys(x for x, _ in PAIRS), split)
    found = [pair.x] if pair else [name for name in forms if name in names]
    return found[0] if len(found) == 1 else None


def _names(path: Path, split: str) -> list[str]:
    """The names in a file, which is no single array."""
    if is_single_array(path):
        x, y = pair_of(path)
        raise DataError(
            f"{path}: is one array, expected the examples and their answers. Give both: {split}: {{x: {x}, y: {y}}}."
        )
    return array_names(path)


def _is_of_another(name: str, split: str) -> bool:
    """Whether the name of an array speaks of another split."""
    words = re.split(r"[\W_]+", name.lower())
    return any(word in words for other in WORDS if other != split for word in WORDS[other])


def _usual(names: Sequence[str], split: str) -> list[Keys]:
    """The pairs of usual names that are there; x and y leave no question."""
    plain = [Keys(*pair) for pair in PAIRS if set(pair) <= set(names)]
    return plain[:1] if Keys("x", "y") in plain else [*_worded(names, split), *plain]


def _worded(names: Sequence[str], split: str) -> list[Keys]:
    """The pairs that are there with the name of the split in them, such as x_train and y_train."""
    return [keys for keys in _usual_words(split) if set(keys) <= set(names)]


def _usual_words(split: str) -> Iterator[Keys]:
    """All pairs of usual names with the name of a split in them."""
    for x, y in PAIRS:
        yield from map(Keys, _with([x], split), _with([y], split))


def _beside(split: str, given: Mapping[str, str] | None) -> Iterator[Keys]:
    """What the arrays of a split may be called in a file of training data: for x_train and x, x_test and x_test."""
    yield from map(Keys, *(_worded_as(given[array], split) for array in ("x", "y"))) if given else _usual_words(split)


def _with(names: Iterable[str], split: str) -> list[str]:
    """Names before and behind the words for a split: x_test and test_x."""
    return [form for name in names for word in WORDS[split] for form in (f"{name}_{word}", f"{word}_{name}")]


def _given(names: Sequence[str], split: str, given: Keys) -> list[Keys]:
    """The arrays with the given names, or with those for this split in place of those for training."""
    return [keys for keys in (*_renamed(given, split), given) if set(keys) <= set(names)][:1]


def _renamed(keys: Keys, split: str) -> Iterator[Keys]:
    """Names for training as they would be for another split."""
    yield from map(Keys, _as_of(keys.x, split), _as_of(keys.y, split))


def _as_of(name: str, split: str) -> list[str]:
    """What an array for training would be called for another split; nothing if its name does not say train."""
    return [name.replace("train", word) for word in WORDS[split]] if split != "train" and "train" in name else []


def _worded_as(name: str, split: str) -> list[str]:
    """What an array of another split may be called, in the file of an array of the training."""
    return _as_of(name, split) or _with([name], split)


def _content(path: Path, names: Sequence[str]) -> str:
    """The arrays of a file with their shapes."""
    more = ", ..." if len(names) > MOST else ""
    shapes = read_shapes(path, names[:MOST])
    described = (shown(name) if shape is None else f"{shown(name)} {shape}" for name, shape in shapes.items())
    return (", ".join(described) or "nothing") + more
