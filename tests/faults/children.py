"""Children: work in a process of its own, which may vanish at any moment, and what it told before."""

from __future__ import annotations

import gc
import json
import os
import signal
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from nnfs_cli.errors import NnfsError

Tell = Callable[[Any], None]
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Ended:
    """How a child ended.

    Attributes:
        code: its exit code; `KILLED` if it vanished.
        told: what it told before, in order.
        error: the message or the traceback of what it raised.
    """

    code: int
    told: tuple[Any, ...]
    error: str


class Child:
    """A forked process; leaving it kills it.

    Args:
        work: what it does; it is given a function that tells the parent something.
    """

    def __init__(self, work: Callable[[Tell], None]):
        self._reading, writing = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            _live(work, writing)
        os.close(writing)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *error: object) -> None:
        if self.pid:
            self.kill()
            self.end()

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> Ended:
        """Wait until it is gone."""
        with open(self._reading, "rb") as pipe:
            words = [json.loads(line) for line in pipe]
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        told = tuple(word["told"] for word in words if "told" in word)
        error = "".join(word["error"] for word in words if "error" in word)
        return Ended(os.waitstatus_to_exitcode(status), told, error)


def in_child(work: Callable[[Tell], None]) -> Ended:
    """Let a child do its work to whatever end."""
    with Child(work) as child:
        return child.end()


def _live(work: Callable[[Tell], None], writing: int) -> NoReturn:
    """The life of a child: it never returns into the tests that it was forked from."""

    def say(word: dict[str, Any]) -> None:
        os.write(writing, json.dumps(word).encode() + b"\n")

    gc.disable()
    code = 1
    try:
        work(lambda word: say({"told": word}))
        code = 0
    except NnfsError as error:
        say({"error": str(error)})
        code = error.exit_code
    except BaseException:
        say({"error": traceback.format_exc()})
    finally:
        os._exit(code)
