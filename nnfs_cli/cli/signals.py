"""Signals: Ctrl-C, SIGTERM and SIGHUP end a training after its step, once it trains; a second one ends it at once."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType

from nnfs_cli.cli import terminal
from nnfs_cli.system import temporary

SECONDS_TOGETHER = 0.1
"""Signals that come closer than this are one: timeout(1) sends two, and so do wrappers that pass Ctrl-C on."""

HANG_UP = getattr(signal, "SIGHUP", None)


def end_tidily() -> None:
    """Let SIGTERM and SIGHUP remove temporary files before they end the program, as Ctrl-C does anyway."""
    for number in (signal.SIGTERM, HANG_UP):
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    """End as if nobody had listened: an exception could be lost in the middle of an import."""
    temporary.remove_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


class Signals:
    """While entered, remembers the signal that asked to stop.

    Until `train_on` is called there is nothing to save, so the first signal already ends the program. A hang-up that
    was ignored when the program began, as nohup(1) has it, stays ignored.

    Args:
        interject: says what people should know of it at once, whatever is being shown.
    """

    def __init__(self, interject: Callable[[str], None] = terminal.interject) -> None:
        self._interject = interject
        self.received: int | None = None
        self._training = False

    def __enter__(self) -> Signals:
        numbers = [signal.SIGINT, signal.SIGTERM]
        if HANG_UP is not None and signal.getsignal(HANG_UP) != signal.SIG_IGN:
            numbers.append(HANG_UP)
        self._before = {number: signal.signal(number, self._handle) for number in numbers}
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def train_on(self) -> None:
        """From now on a first signal only asks to stop."""
        self._training = True

    def asked_to_stop(self) -> bool:
        """Whether a signal has come."""
        return self.received is not None

    @property
    def skip_plots(self) -> bool:
        """Whether there is no time for a picture: a batch system soon kills, and who hung up does not look at it."""
        return self.received == signal.SIGTERM or self.hung_up

    @property
    def hung_up(self) -> bool:
        """Whether the terminal was closed, so that nobody reads what is written to it."""
        return self.received is not None and self.received == HANG_UP

    @property
    def exit_code(self) -> int:
        """0, or 128 + the number of the signal."""
        return 0 if self.received is None else 128 + self.received

    def _handle(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.received is not None:
            if now - self._first > SECONDS_TOGETHER:
                temporary.remove_all()
                os._exit(128 + number)
            return
        self.received, self._first = number, now
        if not self._training:
            raise SystemExit(128 + number)
        with contextlib.suppress(RuntimeError):  # the signal came while a line was being written
            self._interject("stopping after this step and saving; press Ctrl-C again to stop at once")
