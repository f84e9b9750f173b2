"""Available: how much memory this process may have, by the system, its control groups and its own limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

ROOT = Path("/")
"""Where `proc` and the control groups are; tests put another folder here."""


class Files(NamedTuple):
    """The files of a control group: its limits and what it holds; in its statistics, cached and mapped files."""

    limits: tuple[str, ...]
    usage: str
    cache: str
    mapped: str


VERSION_1 = Files(("memory.limit_in_bytes",), "memory.usage_in_bytes", "total_inactive_file", "total_mapped_file")
VERSION_2 = Files(("memory.max", "memory.high"), "memory.current", "inactive_file", "file_mapped")


def available_memory() -> int | None:
    """Bytes that this process may have in all, with those that it has; None where the system does not tell."""
    own = _table("proc/self/status")
    resident = own.get("VmRSS", 0)
    found = [left + resident for left in (*_left_in_system(), *_left_of_limits(own))] + [*_in_groups(own)]
    return max(resident, min(found)) if found else None


def resident_memory() -> int | None:
    """Bytes that this process has in memory, where the system tells."""
    return _table("proc/self/status").get("VmRSS")


def _left_in_system() -> Iterator[int]:
    memory = _table("proc/meminfo")
    if "MemAvailable" in memory:
        yield memory["MemAvailable"]


def _left_of_limits(own: dict[str, int]) -> Iterator[int]:
    """What `ulimit -v` and `ulimit -d` leave of addresses and of data."""
    for name, used in (("RLIMIT_AS", "VmSize"), ("RLIMIT_DATA", "VmData")):
        limit = resource.getrlimit(getattr(resource, name))[0] if hasattr(resource, name) else -1
        if limit >= 0 and used in own:
            yield limit - own[used]


def _in_groups(own: dict[str, int]) -> Iterator[int]:
    """What each limit of a group leaves, with what this process has of it: libraries may count for another group.

    Cached files are taken back by the system before it refuses.
    """
    for folder, files in _groups():
        usage, counts = _number(folder / files.usage), _statistics(folder)
        libraries = min(own.get("RssFile", 0), counts.get(files.mapped, 0))
        has = own.get("RssAnon", 0) + own.get("RssShmem", 0) + libraries + counts.get(files.cache, 0)
        limits = (_number(folder / name) for name in files.limits)
        yield from (limit - usage + has for limit in limits if limit is not None and usage is not None)


def _groups() -> Iterator[tuple[Path, Files]]:
    """The control groups of this process that may limit its memory: its own and all above it, as far as they show."""
    mounts = list(_mounts())
    for line in filter(lambda line: line.count(":") > 1, _lines("proc/self/cgroup")):
        _, controllers, path = line.split(":", 2)
        files = VERSION_2 if not controllers else VERSION_1 if "memory" in controllers.split(",") else None
        for top, point in (mount[:2] for mount in mounts if mount[2] is files and files is not None):
            yield from ((folder, files) for folder in _folders(ROOT / point.lstrip("/"), top, path))  # type: ignore[misc]


def _mounts() -> Iterator[tuple[str, str, Files]]:
    """Where control groups are shown: the group at the top, the folder, and the kind."""
    for line in _lines("proc/self/mountinfo"):
        before, _, after = line.partition(" - ")
        kind, _, options = [*after.split(" ", 2), "", ""][:3]
        fields = before.split(" ")
        if len(fields) > 4 and kind == "cgroup2":
            yield fields[3], fields[4], VERSION_2
        elif len(fields) > 4 and kind == "cgroup" and "memory" in options.split(","):
            yield fields[3], fields[4], VERSION_1


def _folders(point: Path, top: str, path: str) -> Iterator[Path]:
    """The folders of a group and of those above it. A container may show its own group at the top."""
    group = PurePosixPath(path)
    inside = group.relative_to(top) if group.is_relative_to(top) and ".." not in group.parts else PurePosixPath()
    folder = point / inside
    yield folder
    yield from (above for above in folder.parents if above.is_relative_to(point))


def _statistics(folder: Path) -> dict[str, int]:
    words = (line.split() for line in _read(folder / "memory.stat"))
    return {pair[0]: int(pair[1]) for pair in words if len(pair) == 2 and pair[1].isdecimal()}


def _number(path: Path) -> int | None:
    """The number in a file; None if it says "max" or is not there."""
    text = "".join(_read(path)).strip()
    return int(text) if text.isdecimal() else None


def _table(name: str) -> dict[str, int]:
    """The lines "name: number kB" of a file of the system, in bytes."""
    words = (line.split() for line in _lines(name))
    return {found[0].rstrip(":"): int(found[1]) * 1024 for found in words if found[2:] == ["kB"]}


def _lines(name: str) -> list[str]:
    return _read(ROOT / name)


def _read(path: Path) -> list[str]:
    """The lines of a file, none if it cannot be read."""
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []
