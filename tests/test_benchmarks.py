"""The benchmarks count right and render what they measure; nothing is timed here."""

from __future__ import annotations

import importlib
import json
import os
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import __main__ as runner
from benchmarks import recording
from benchmarks.environment import openblas_variables, without_openblas_variables
from benchmarks.footprint import footprint
from benchmarks.kernels import kernels
from benchmarks.limit import Rate, multiply_adds
from benchmarks.plan import Plan, Skipped, need_mnist
from benchmarks.report import machine_lines, spread
from benchmarks.stopwatch import Stopwatch
from benchmarks.workloads import WORKLOADS, by_letter

README = (Path(__file__).parents[1] / "benchmarks" / "README.md").read_text()
CONTENDER = {
    "name": "nnfs",
    "description": "made up",
    "rates": [1.0, 3.0],
    "median": 2.0,
    "ratio": spread([1.0, 1.0]),
    "peak_mib": 100.0,
}
ENTRIES = {
    "rows": {"row": "A", "title": "a title", "contenders": [CONTENDER] * 2, "share_of_limit": 0.25},
    "startup": {"command": "nnfs --help", "target": 0.15, **spread([0.1, 0.2, 0.4])},
    "memory": {"workers": 2, "early": 60.0, "late": 61.5, "growth": 1.5},
    "announced": {"title": "mnist_cnn.yaml", "workers": 2, "announced": 110.0, "taken": 100.0},
    "checkpoints": {"part": "checkpoints", "seconds": 0.5, "share": 0.05, "training_seconds": 10.0},
    "accuracy": {
        "config": "mnist_fast.yaml",
        "target": 0.98,
        "seed": 0,
        "training_seconds": 2.0,
        "wall_seconds": 4.0,
        "accuracy": 0.9812,
    },
    "scaling": {
        "width": 512,
        "batch": 128,
        "all": "2",
        "rates": {"1": [200.0, 200.0], "2": [150.0, 170.0], "auto": [160.0]},
        "auto_chose": 2,
    },
    "signals": {"workers": 2, "seconds": [0.5] * 98 + [0.9, 0.6], "resumable": 100},
}
EXPECTED = {
    "rows": "| nnfs (made up) | 2 | 1.00 (1.00 to 1.00) | 100 MiB |",
    "startup": "| nnfs --help | 0.20 | 0.10 | 0.40 | 0.15 |",
    "memory": "| workers: 2 | 60.0 | 61.5 | 1.5 |",
    "announced": "| mnist_cnn.yaml | 2 | 110 | 100 | 1.10 |",
    "checkpoints": "| checkpoints | 0.500 | 5.00 % |",
    "accuracy": "| mnist_fast.yaml | 0 | 2.00 | 4.00 | 98.12 % | 98 % |",
    "scaling": "| width 512, batch 128 | 200 | 160 | 0.80 | 2 | 80 % |",
    "signals": "| workers: 2 | 100 | 0.50 | 0.60 | 0.90 | 2.00 | 100 of 100 |",
}


def section(name):
    return importlib.import_module(f"benchmarks.sections.{name}")


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.letter)
def test_every_workload_is_a_network_with_work_to_do(workload):
    assert multiply_adds(workload) > 0


def test_multiply_adds_of_a_dense_network():
    first, second = 784 * 128, 128 * 10
    assert multiply_adds(by_letter("B")) == 2 * first + 3 * second


def test_multiply_adds_of_a_convolutional_network():
    first, second = 8 * 25 * 24 * 24, 16 * 8 * 25 * 8 * 8
    dense = 16 * 4 * 4 * 128 + 128 * 10
    assert multiply_adds(by_letter("D")) == 2 * first + 3 * (second + dense)


@pytest.mark.parametrize("name", runner.SECTIONS)
def test_a_section_renders_what_it_measures(name):
    text = f"{section(name).HEAD}\n{section(name).lines(ENTRIES[name])}"
    assert EXPECTED[name] in text.splitlines()
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert re.fullmatch(r"\|---\|(---:\|)+", table[1])


@pytest.mark.parametrize("name", runner.SECTIONS)
def test_the_readme_names_every_section(name):
    assert f"| `{name}` |" in README


def test_a_row_without_its_data_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("NNFS_DATA_DIR", str(tmp_path))
    with pytest.raises(Skipped, match="MNIST is not in"):
        need_mnist()
    entry = {"row": "A", "title": "a title", "skipped": "MNIST is not in data"}
    assert section("rows").lines(entry).endswith("skipped: MNIST is not in data")
    entries = []
    runner.measure(section("accuracy"), Plan(1, 2, "", (), "python"), entries, save=lambda: None)
    assert entries[0]["skipped"].startswith("MNIST is not in")
    assert "skipped: MNIST is not in" in capsys.readouterr().out


def test_every_entry_is_saved_as_soon_as_it_is_measured(capsys):
    def measure_two(plan):
        yield {"value": 1}
        assert saved == [1]
        yield {"value": 2}

    saved, entries = [], []
    made_up = SimpleNamespace(TITLE="Title", HEAD="Head", measure=measure_two, lines=lambda entry: f"{entry['value']}")
    runner.measure(made_up, Plan(1, 2, "", (), "python"), entries, save=lambda: saved.append(len(entries)))
    assert saved == [1, 2]
    assert capsys.readouterr().out == "\n## Title\n\nHead\n1\n2\n"


def test_the_machine_is_described_with_kernels_threads_and_variables(monkeypatch):
    for name in openblas_variables():
        monkeypatch.delenv(name)
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    text = "\n".join(machine_lines([Rate(100e9, "SkylakeX", 1), Rate(50e9, "Haswell", 1)], workers=2))
    assert "workers at most 2, BLAS threads of each 1" in text
    assert "OPENBLAS_* unset: SkylakeX kernels, matrix products of one thread 200 GFLOP/s" in text
    assert "OPENBLAS_CORETYPE=Haswell: Haswell kernels, matrix products of one thread 100 GFLOP/s" in text
    assert kernels()


def test_openblas_variables_are_left_out(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    assert openblas_variables()["OPENBLAS_CORETYPE"] == "Haswell"
    assert "OPENBLAS_NUM_THREADS" not in openblas_variables()
    assert not [name for name in without_openblas_variables() if name.startswith("OPENBLAS_")]


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell")
def test_the_footprint_counts_what_forked_processes_own_and_not_twice_what_they_share():
    shared = np.ones(2**23)
    before = footprint(os.getpid())
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        owned = np.ones(2**22)
        os.write(ready[1], b"x")
        os.read(go[0], 1)
        os._exit(int(owned.sum() + shared.sum()) == 0)
    os.read(ready[0], 1)
    during = footprint(os.getpid())
    os.write(go[1], b"x")
    os.waitpid(child, 0)
    assert 32 <= during - before < 64


def test_a_stopwatch_counts_seconds_once():
    ticks = iter((0, 1, 4, 10))
    watch = Stopwatch(lambda: next(ticks))
    with watch.timed("outer"), watch.timed("inner"):
        pass
    assert watch.seconds == {"outer": 7, "inner": 3}


def test_a_timed_recording_knows_all_kinds_of_files():
    overrides = ("training.epochs=1", "model.layers.2.units=8", "dataset.limit=100")
    figures = recording.measure("digits_dense.yaml", 1, overrides)
    assert figures["parts"].keys() == {*recording.RECORDING, recording.CURVES}
    assert json.loads(json.dumps(figures)) == figures
