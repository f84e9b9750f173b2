"""Files: where a path of a configuration leads, and the sentence for a file that cannot be read."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from nnfs_cli.data.embedded import embedded
from nnfs_cli.errors import DataError, MachineError, NnfsError, lacks_memory
from nnfs_cli.paths import UnknownVariable, expanded
from nnfs_cli.system.temporary import temporary

LARGEST_RATIO = 200
SMALL = 16 << 20
EMBEDDED = "embedded:"


def locate(path: str, folders: Sequence[Path], *, first: Sequence[Path] = (), last: Sequence[Path] = ()) -> Path:
    """The file or folder called `path` in one of the folders; "embedded:x" comes with nnfs.

    What is called so literally comes before what ~ and $VARIABLES in the path stand for. A file that is in two of these
    places is called as the folder calls it.

    Args:
        first, last: files that are taken if they exist, before and after all others.

    Raises:
        DataError: it is in none of these places; all of them are listed. Or a variable is not set.
    """
    for places in _places(path, folders, first, last):
        there = [place for place in places if os.path.exists(place)]
        in_folders = [place for place in there if place not in first]
        if there:
            return next(place for place in (*in_folders, *there) if os.path.samefile(place, there[0]))
    tried, own = ", ".join(str(place) for place in dict.fromkeys(places)), EMBEDDED + path
    hint = f" Did you mean {own}, which comes with nnfs?" if os.path.exists(embedded(path)) else ""
    raise DataError(
        f"{path}: there is no such file.{hint} Looked for: {tried}. Correct the path or the data directory."
    )


def _places(
    path: str, folders: Sequence[Path], first: Sequence[Path], last: Sequence[Path]
) -> Iterator[Sequence[Path]]:
    """Where a path may lead, in the order in which it is looked for: as it is written, then with what it stands for."""
    if path.startswith(EMBEDDED):
        yield [embedded(path.removeprefix(EMBEDDED))]
        return
    yield [*first, *(folder / path for folder in folders)]
    try:
        meant = expanded(path)
    except UnknownVariable as error:
        if not any(map(os.path.exists, last)):
            raise DataError(f"{path}: {error}") from None
        meant = path
    yield [*first, *(folder / meant for folder in folders), *last]


@contextlib.contextmanager
def opening(path: Path | str) -> Iterator[None]:
    """Turn the refusal of a file by the system into a DataError that names it.

    Raises:
        DataError: it cannot be read, or is a pipe or a device, which may have no end.
    """
    try:
        _refuse_endless(path)
        yield
    except OSError as error:
        if error.errno is None or lacks_memory(error):
            raise
        raise DataError(f"{path}: cannot be read: {error.strerror}. Correct the path or its permissions.") from error


def _refuse_endless(path: Path | str) -> None:
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise DataError(f"{path}: is a pipe or a device, expected a file. Copy its content into one.")


@contextlib.contextmanager
def reading(path: Path | str, kind: str, why: Callable[[Path | str], str] | None = None) -> Iterator[None]:
    """Turn whatever a damaged file makes a library raise into a DataError that names the file.

    Readers of malformed files raise more than a dozen kinds of exceptions, so all but a lack of memory are meant.

    Args:
        why: says what is wrong with the file, in place of the words of the library.
    """
    try:
        with opening(path):
            yield
    except NnfsError:
        raise
    except Exception as error:
        if lacks_memory(error):
            raise
        reason = why(path) if why else str(error) or type(error).__name__
        raise DataError(f"{path}: is damaged or not {kind}: {reason}. Get a fresh copy.") from error


def md5(path: Path) -> str:
    """The MD5 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def refuse_bomb(path: Path | str, size: int, stored: int, advice: str = "") -> None:
    """Refuse to unpack what is suspiciously larger than its file.

    Args:
        size: bytes once unpacked, as declared.
        stored: bytes in the file.
        advice: what may be the matter instead.

    Raises:
        DataError: over 16 MiB and over 200 times what is stored.
    """
    if size > SMALL and size > LARGEST_RATIO * stored:
        raise DataError(
            f"{path}: claims {size:,} bytes in {stored:,}, over {LARGEST_RATIO} times as many. "
            f"{advice}Store it uncompressed if it is what you expect."
        )


@contextlib.contextmanager
def published(path: Path, *, mode: int = 0o644, advice: str = "") -> Iterator[Path]:
    """A temporary file in the same folder that becomes `path` at the end, or vanishes on any error.

    Raises:
        MachineError: the folder cannot be written.
    """
    with temporary(path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")) as new:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise MachineError(f"{path.parent}: cannot be written ({error.strerror}). {advice}".rstrip()) from error
        try:
            yield new
            new.chmod(mode)
            os.replace(new, path)
        finally:
            new.unlink(missing_ok=True)
