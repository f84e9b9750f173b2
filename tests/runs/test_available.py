"""Available memory: the least of what the system, the control groups and the limits of the process leave."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from nnfs_cli.runs import available

MIB = 1 << 20
OWN, SIZE, DATA, FILES = 50 * MIB, 300 * MIB, 80 * MIB, 20 * MIB
V1 = "32 31 0:29 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory"
V2 = "41 31 0:38 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate"


class Machine:
    """A folder that looks like a system with 10,000 MiB to spare."""

    def __init__(self, root: Path):
        self.root = root
        status = {"VmSize": SIZE, "VmRSS": OWN, "VmData": DATA, "RssAnon": OWN - FILES - 2 * MIB, "RssFile": FILES}
        status["RssShmem"] = 2 * MIB
        self.put("proc/meminfo", "MemTotal:  1 kB\nMemAvailable:   10240000 kB\nHugePages_Total:       0\n")
        self.put("proc/self/status", "".join(f"{name}:\t{size // 1024} kB\n" for name, size in status.items()))

    def put(self, name: str, text: object) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(f"{text}\n")

    def process(self, group: str, mount: str) -> None:
        self.put("proc/self/cgroup", group)
        self.put("proc/self/mountinfo", f"23 1 0:2 / / rw - ext4 /dev/vda rw\n{mount}")

    def first(self, group: str, limit: object, usage: int, **stat: int) -> None:
        folder = f"sys/fs/cgroup/memory{group}"
        self.put(f"{folder}/memory.limit_in_bytes", limit)
        self.put(f"{folder}/memory.usage_in_bytes", usage)
        stat = {"total_mapped_file": FILES, **stat}
        self.put(f"{folder}/memory.stat", "".join(f"{name} {value}\n" for name, value in stat.items()))

    def second(self, group: str, limit: object, usage: int, high: object = "max", **stat: int) -> None:
        folder = f"sys/fs/cgroup{group}"
        self.put(f"{folder}/memory.max", limit)
        self.put(f"{folder}/memory.high", high)
        self.put(f"{folder}/memory.current", usage)
        stat = {"file_mapped": FILES, **stat}
        self.put(f"{folder}/memory.stat", "".join(f"{name} {value}\n" for name, value in stat.items()))

    @property
    def left(self) -> float:
        """MiB that are available beside what the process has."""
        return (available.available_memory() - OWN) / MIB


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.setattr(available, "ROOT", tmp_path)
    monkeypatch.setattr(resource, "getrlimit", lambda limit: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return Machine(tmp_path)


def test_the_system_alone(machine):
    assert machine.left == 10_000


def test_a_system_that_does_not_tell(machine):
    (machine.root / "proc/meminfo").unlink()
    assert available.available_memory() is None


def test_this_system():
    found = available.available_memory()
    assert found is None or found > MIB


@pytest.mark.parametrize("group", ["/job", "/slice/job", "/"])
def test_version_1(machine, group):
    machine.process(f"5:cpu:/\n4:memory:{group}\n0::/", V1)
    machine.first(
        group, 500 * MIB, 200 * MIB, inactive_file=7 * MIB, total_inactive_file=30 * MIB, total_mapped_file=FILES
    )
    assert machine.left == 500 - 200 + 30


def test_version_1_without_a_limit(machine):
    machine.process("4:memory:/job", V1)
    machine.first("/job", 9223372036854771712, 200 * MIB)
    assert machine.left == 10_000


def test_version_1_beside_other_controllers(machine):
    machine.process("4:cpu,memory:/job", V1.replace("rw,memory", "rw,cpu,memory"))
    machine.first("/job", 500 * MIB, 200 * MIB, total_mapped_file=90 * MIB)
    assert machine.left == 300


@pytest.mark.parametrize(
    ("limit", "high", "left"),
    [(500 * MIB, "max", 340), ("max", 400 * MIB, 240), (500 * MIB, 400 * MIB, 240), ("max", "max", 10_000)],
)
def test_version_2(machine, limit, high, left):
    machine.process("0::/user.slice/job.scope", V2)
    machine.second(
        "/user.slice/job.scope", limit, 200 * MIB, high, anon=170 * MIB, inactive_file=40 * MIB, file_mapped=FILES
    )
    assert machine.left == left


@pytest.mark.parametrize("above", ["/a", "/a/b", "/a/b/c"])
def test_a_group_above_may_leave_less(machine, above):
    machine.process("0::/a/b/c", V2)
    for group in ("/a", "/a/b", "/a/b/c"):
        machine.second(group, (300 if group == above else 900) * MIB, 100 * MIB)
    assert machine.left == 200


@pytest.mark.parametrize(("top", "path"), [("/docker/1", "/docker/1"), ("/docker/1", "/"), ("/", "/../../x")])
def test_a_container_that_shows_its_own_group_at_the_top(machine, top, path):
    machine.process(f"0::{path}", V2.replace("0:38 / ", f"0:38 {top} "))
    machine.second("", 300 * MIB, 100 * MIB)
    assert machine.left == 200


def test_a_group_within_a_container(machine):
    machine.process("0::/docker/1/job", V2.replace("0:38 / ", "0:38 /docker/1 "))
    machine.second("/job", 300 * MIB, 100 * MIB)
    assert machine.left == 200


@pytest.mark.parametrize(("mapped", "left"), [(0, 180), (5 * MIB, 185), (20 * MIB, 200), (90 * MIB, 200)])
def test_libraries_that_count_for_another_group_are_still_to_come(machine, mapped, left):
    machine.process("0::/job", V2)
    machine.second("/job", 300 * MIB, 100 * MIB, file_mapped=mapped)
    assert machine.left == left


def test_a_group_whose_folder_is_not_shown(machine):
    machine.process("4:memory:/hidden/job", V1)
    machine.first("", 300 * MIB, 100 * MIB)
    assert machine.left == 200


def test_a_group_that_is_over_its_limit_leaves_what_the_process_has(machine):
    machine.process("0::/job", V2)
    machine.second("/job", 100 * MIB, 200 * MIB)
    assert available.available_memory() == OWN


def test_files_of_other_forms_count_for_nothing(machine):
    machine.process("nonsense:x:y", "1 2 3\n - cgroup2")
    machine.put("proc/self/cgroup", "0::/job")
    machine.put("sys/fs/cgroup/job/memory.max", "much")
    assert machine.left == 10_000


@pytest.mark.parametrize(("name", "left"), [("RLIMIT_AS", 1000 - 300), ("RLIMIT_DATA", 1000 - 80)])
def test_limits_of_the_process(machine, monkeypatch, name, left):
    limits = {getattr(resource, name): 1000 * MIB}
    monkeypatch.setattr(resource, "getrlimit", lambda limit: (limits.get(limit, resource.RLIM_INFINITY), 0))
    assert machine.left == left
