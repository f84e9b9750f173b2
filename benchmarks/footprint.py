"""Footprint: the memory of a process and of all that it has started, counting once what they share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
SECONDS_BETWEEN_LOOKS = 0.05


def footprint(process: int) -> float | None:
    """MiB of a process and its descendants, None where the system does not tell.

    Heap and shared memory are added up as proportional set sizes, which split a page among the processes that have it;
    libraries count as in the process alone, since the processes of other programs may have them too. For a process
    without children this is its resident memory.
    """
    try:
        owned = sum(_kib(one, "smaps_rollup", "Pss_Anon", "Pss_Shmem") for one in _family(process))
        return (owned + _kib(process, "status", "RssFile")) / 1024
    except (OSError, KeyError):
        return None


class Watch:
    """Looks at a process while something goes on in a `with` block; `peak_mib` is the most that was seen.

    Args:
        process: its id.
    """

    def __init__(self, process: int):
        self.process, self.peak_mib = process, 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_LOOKS):
            self.peak_mib = max(self.peak_mib, footprint(self.process) or 0.0)


def _family(process: int) -> Iterator[int]:
    yield process
    for file in (PROC / str(process) / "task").glob("*/children"):
        for child in file.read_text().split():
            yield from _family(int(child))


def _kib(process: int, file: str, *keys: str) -> int:
    values = dict(line.split(":", 1) for line in (PROC / str(process) / file).read_text().splitlines() if ":" in line)
    return sum(int(values[key].split()[0]) for key in keys)
