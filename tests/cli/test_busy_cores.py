"""Workers on a machine whose cores are busy: that is told, and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.mark.parametrize(("load", "warnings"), [(0.0, 0), (64.0, 1)])
def test_busy_cores_are_told_of_and_change_nothing(nnfs, monkeypatch, load, warnings):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("os.getloadavg", lambda: (load, load, load), raising=False)
    monkeypatch.setattr("nnfs_cli.parallel.choose.physical_cores", lambda: 2)
    monkeypatch.setattr("nnfs_cli.parallel.choose.others_run", lambda: True)
    done = nnfs("train", "tiny.yaml", "--quiet", "--set", "model.layers.1.units=2000", "--set", "training.max_steps=2")
    assert (done.code, done.err.count("try --workers 1, which may be faster")) == (0, warnings)
    assert json.loads(Path("runs/tiny-1/summary.json").read_text())["workers"] == 2
