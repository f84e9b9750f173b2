"""Limits of memory: a command that meets one ends with 6 and one line, or does its work."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli import footprint
from nnfs_cli.runs import available, checkpoint
from tests.cli.program import MAIN, ROOT

MIB = 1 << 20
WIDE = """
dataset: {type: digits, limit: 120}
model: {layers: [flatten, {type: dense, units: 3000}, relu, {type: dense, units: 3000}, relu, {type: dense, units: 10}]}
optimizer: {type: adam, lr: 1e-3}
training: {epochs: 1, batch_size: 100, workers: WORKERS}
"""
"""9.2 million parameters: four vectors of 35 MiB."""

LIMITED = f"import resource; resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))\n{MAIN}"
UNSEEN = f"from nnfs_cli import footprint; footprint.available_memory = lambda: None\n{LIMITED}"
"""The program that does not look at its limit, so that it meets it in the middle of its work."""


def limited(main: str, mib: int, *arguments: str) -> subprocess.CompletedProcess:
    """Run the program with so many MiB of addresses."""
    command = [sys.executable, "-c", main.replace("BYTES", str(mib * MIB)), *arguments]
    variables = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=300)


def one_line(done: subprocess.CompletedProcess) -> str:
    """What a command says that ends for lack of memory."""
    assert (done.returncode, done.stdout) == (6, ""), done.stderr
    last = done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert len(last) < 300
    return last


@pytest.fixture
def wide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("wide.yaml").write_text(WIDE.replace("WORKERS", "1"))
    Path("wide2.yaml").write_text(WIDE.replace("WORKERS", "2"))


@pytest.mark.usefixtures("wide")
def test_a_limit_of_addresses_is_seen():
    said = one_line(limited(LIMITED, 270, "train", "wide.yaml", "--quiet"))
    assert "wide.yaml: model: training needs " in said
    assert "MiB available. Make its layers or training.batch_size smaller." in said
    assert not list(Path("runs").iterdir())


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize(("config", "mib"), [("wide.yaml", 310), ("wide.yaml", 390), ("wide2.yaml", 420)])
def test_a_limit_that_is_met_in_the_middle(config, mib):
    done = limited(UNSEEN, mib, "train", config, "--quiet")
    if done.returncode:
        assert "emory" in one_line(done)


class Group:
    """A control group of its own, as version 2 shows it."""

    def __init__(self, root: Path, limit: int):
        rss = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
        for name, text in {
            "proc/self/cgroup": "0::/job",
            "proc/self/mountinfo": "41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
            "proc/self/status": rss + rss.replace("VmRSS", "\nRssAnon"),
            "proc/meminfo": "MemAvailable: 99999999 kB",
            "sys/fs/cgroup/job/memory.max": str(limit),
            "sys/fs/cgroup/job/memory.current": str(int(rss.split()[1]) * 1024),
        }.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(f"{text}\n")


@pytest.mark.parametrize(("share", "code"), [(0.9, 6), (1.1, 0)])
def test_a_control_group(nnfs, monkeypatch, tmp_path, share, code):
    monkeypatch.setattr(resource, "getrlimit", lambda limit: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    announced = json.loads(nnfs("check", "tiny.yaml", "--json").out)["memory_bytes"]
    Group(tmp_path / "root", int(share * announced))
    monkeypatch.setattr(available, "ROOT", tmp_path / "root")
    done = nnfs("train", "tiny.yaml")
    assert done.code == code
    assert code == 0 or " available. Make its layers or training.batch_size smaller.\n" in done.err


def test_a_forged_checkpoint_of_a_few_kib_that_asks_for_gibibytes(nnfs, runs, monkeypatch):
    """A layer that learns nothing before the others: 16,000 x 16,000 pixels to 8 x 8."""
    monkeypatch.setattr(footprint, "available_memory", lambda: 1 << 30)
    saved = checkpoint.read(Path("runs/tiny/checkpoints/best.safetensors"))
    state = json.loads(json.dumps({key: value for key, value in saved.state.items() if key != "format"}))
    state["network"]["layers"][0] = {"type": "max_pool2d", "size": 2000}
    state["network"]["layers"].insert(1, {"type": "flatten"})
    state["network"]["input_shape"] = [1, 16_000, 16_000]
    np.save("x.npy", np.zeros((1, 64)))
    checkpoint.write(Path("forged.safetensors"), {_behind(name): array for name, array in saved.tensors.items()}, state)
    assert Path("forged.safetensors").stat().st_size < 30_000
    for command in (("predict", "forged.safetensors", "x.npy"), ("evaluate", "forged.safetensors")):
        done = nnfs(*command)
        assert (done.code, done.out) == (6, "")
        assert done.err.startswith("forged.safetensors: its network needs ")
        assert done.err.endswith(" GiB, 1.0 GiB available. Use it on a machine with more memory.\n")


def _behind(name: str) -> str:
    """The name of a tensor in a network with one layer more in front."""
    before, number, last = name.rsplit(".", 2)
    return f"{before}.{int(number) + 1}.{last}"


@pytest.mark.usefixtures("wide")
def test_lr_find_needs_the_memory_of_one_worker(nnfs, monkeypatch):
    """It takes one, however many the configuration has."""
    announced = [json.loads(nnfs("check", name, "--json").out)["memory_bytes"] for name in ("wide.yaml", "wide2.yaml")]
    between = sum(announced) // 2
    assert announced[0] < between < announced[1]
    monkeypatch.setattr(footprint, "available_memory", lambda: between)
    assert nnfs("train", "wide2.yaml").code == 6
    assert nnfs("lr-find", "wide2.yaml", "--steps", "20", "--set", "training.batch_size=1").code in (0, 5)
