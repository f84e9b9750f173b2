"""Power: what a disk may hold after the power failed, by what it was told to keep.

Bytes last once their file was synced, names once their directory was. What was not synced may last or not, each change
of a name by itself: the model is harsher than any file system.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator

from tests.faults.disk import Operation

Files = dict[str, bytes]
Change = dict[str, int | None]
"""Names that change together, and the file that each of them stands for from then on."""

DIRECTORY = -1


class Platter:
    """A disk that holds one empty directory at first.

    Args:
        root: that directory.
        operations: what the disk was asked, in order.
    """

    def __init__(self, root: str, operations: Iterable[Operation]):
        self._root = root
        self._written: list[bytes] = []
        self._synced: list[bytes] = []
        self._seen: dict[str, int] = {}
        self._lasting: dict[str, int] = {}
        self._pending: list[tuple[str, Change]] = []
        for operation in operations:
            self._carry_out(operation)

    def outcomes(self) -> Iterator[Files]:
        """All that may be found afterwards, each once; the least of it comes first."""
        seen = set()
        for files in self._outcomes():
            key = frozenset(files.items())
            if key not in seen:
                seen.add(key)
                yield files

    def least(self) -> Files:
        """What is found if nothing lasts that was not synced."""
        return next(self._outcomes())

    def _outcomes(self) -> Iterator[Files]:
        for chosen in itertools.product((False, True), repeat=len(self._pending)):
            names = dict(self._lasting)
            for _, change in itertools.compress(self._pending, chosen):
                _rename(names, change)
            files = {path: file for path, file in names.items() if file != DIRECTORY and self._found(path, names)}
            for contents in self._contents():
                yield {path: contents[file] for path, file in files.items()}

    def _found(self, path: str, names: dict[str, int]) -> bool:
        """Whether all directories above a file last."""
        above = os.path.dirname(path)
        return above == self._root or (above in names and self._found(above, names))

    def _contents(self) -> Iterator[list[bytes]]:
        """The bytes of all files: without what was not synced, with half of it, with all of it."""
        pairs = list(zip(self._synced, self._written, strict=True))
        yield self._synced
        yield [written[: (len(synced) + len(written)) // 2] for synced, written in pairs]
        yield self._written

    def _carry_out(self, operation: Operation) -> None:
        path, other = operation.path, operation.other
        match operation.name:
            case "open" if path not in self._seen:
                self._change({path: self._new_file()})
            case "mkdir":
                self._change({path: DIRECTORY})
            case "write":
                self._written[self._seen[path]] += operation.data
            case "sync":
                self._synced[self._seen[path]] = self._written[self._seen[path]]
            case "link":
                self._change({other: self._seen[path]})
            case "rename":
                self._change({other: self._seen[path], path: None})
            case "unlink":
                self._change({path: None})
            case "sync directory":
                self._keep_names(path)

    def _new_file(self) -> int:
        self._written.append(b"")
        self._synced.append(b"")
        return len(self._written) - 1

    def _change(self, change: Change) -> None:
        _rename(self._seen, change)
        self._pending.append((os.path.dirname(next(iter(change))), change))

    def _keep_names(self, directory: str) -> None:
        for _, change in (pair for pair in self._pending if pair[0] == directory):
            _rename(self._lasting, change)
        self._pending = [pair for pair in self._pending if pair[0] != directory]


def _rename(names: dict[str, int], change: Change) -> None:
    for path, file in change.items():
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file
