"""Dataset: the examples of a run, split by their use, and what is known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Source
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.text import counted


@dataclass(frozen=True, eq=False)
class Dataset:
    """Everything a session needs from its data.

    Attributes:
        splits: "train" always, "validation" and "test" when there are any, in this order.
        preparation: measured on the training split alone.
        files: where each split was read from.
        notes: warnings for people.
        source: where the arrays really came from, the fallback included.
        found: where its relative paths led, absolute.
    """

    splits: Mapping[str, Examples]
    preparation: Preparation
    files: Mapping[str, str]
    notes: tuple[str, ...]
    source: Source
    found: Mapping[str, str]

    @property
    def spec(self) -> DataSpec:
        """What a network needs to know before it sees an example."""
        return self.preparation.spec

    @cached_property
    def digests(self) -> dict[str, dict[str, Any]]:
        """What tells whether a split is the same one again: its number of examples and a SHA-256 of its arrays."""
        return {name: split.fingerprint() for name, split in self.splits.items()}


def what_changed(now: Mapping[str, Any] | None, before: Any) -> str | None:
    """How a split differs from the one of a training, by their fingerprints; None if it is the same."""
    if now == before:
        return None
    known = before.get("examples") if isinstance(before, Mapping) else None
    if now is None or known is None:
        return "it was not there" if now is not None else "it is not there"
    if now["examples"] != known:
        return f"{counted(now['examples'], 'example')} now, {known} then"
    return "other examples, or the same ones in another order"
