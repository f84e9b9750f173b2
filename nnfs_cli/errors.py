"""Errors that people can fix: one kind for each exit code.

Every other exception that reaches the command line is a bug and shows its traceback.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


class NnfsError(Exception):
    """Something a user can fix; the text says what happened, where, and how to fix it.

    Args:
        lines: the text; each may hold words of a file, so a line end within one is none.
    """

    exit_code = 1

    def __init__(self, *lines: str):
        self.lines = lines
        super().__init__("\n".join(lines))


class ConfigError(NnfsError):
    """A mistake on the command line, in a configuration, or in an argument of a constructor.

    Args:
        problems: one line for each mistake; all of them are shown.
    """

    exit_code = 2

    def __init__(self, *problems: str):
        self.problems = problems
        super().__init__(*problems)


class ShapeError(ConfigError):
    """A layer cannot take what the layer before it gives.

    Args:
        sentence: what is wrong, without its place.
        path: to the layer, such as "layers[3].layers[0]", once those around it have added it.
        type_name: of the layer.
    """

    def __init__(self, sentence: str, path: str = "", type_name: str = ""):
        self.sentence, self.path, self.type_name = sentence, path, type_name
        super().__init__(f"{path} ({type_name}): {sentence}" if path else sentence)

    def at(self, part: str, type_name: str = "") -> ShapeError:
        """The same error seen from outside: `part` comes before the path.

        Args:
            type_name: of the layer, where the path begins with it.
        """
        return ShapeError(self.sentence, part + self.path, self.type_name or type_name)


class DataError(NnfsError):
    """A data set or an input that is missing, damaged or of the wrong kind."""

    exit_code = 3


def all_told(attempts: Iterable[Callable[[], T]]) -> list[T]:
    """What each attempt gives.

    Raises:
        DataError: some of them raised one; the lines of all.
    """
    done, lines = list[T](), list[str]()
    for attempt in attempts:
        try:
            done.append(attempt())
        except DataError as error:
            lines += error.lines
    if lines:
        raise DataError(*lines)
    return done


class CheckpointError(NnfsError):
    """A checkpoint that is missing, damaged or of another network."""

    exit_code = 4


class DivergedError(NnfsError):
    """The training left the finite numbers."""

    exit_code = 5


class MachineError(NnfsError):
    """The environment failed: disk, permissions, memory, a worker process."""

    exit_code = 6


LACKS = ("cannot allocate memory", "failed to map segment", "out of memory", "bad_alloc", "start new thread")


def lacks_memory(error: BaseException) -> bool:
    """Whether an error, of whatever library, means that there is no memory left.

    A library that cannot be loaded says so in an ImportError, a mapping in an OSError, compiled code as it pleases.
    """
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    if isinstance(error, NnfsError | KeyboardInterrupt | SystemExit):
        return False
    return any(words in str(error).lower() for words in LACKS)
