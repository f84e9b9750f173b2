"""configs/sweeps/learning_rate.sh: a rate that fails does not disturb the others, and the best one is named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import QUICK, ROOT

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("bash", "xargs", "python3")), reason="needs bash, xargs and python3"
)


def sweep(*arguments: str) -> subprocess.CompletedProcess:
    program = Path("nnfs")
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{QUICK}' \"$@\"\n")
    program.chmod(0o755)
    script = ROOT / "configs/sweeps/learning_rate.sh"
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "NNFS": "./nnfs", "KEY": "optimizer.lr"}
    return subprocess.run(
        ["bash", str(script), *arguments], env=variables, capture_output=True, encoding="utf-8", timeout=300
    )


def test_the_best_rate_wins_and_a_failing_one_is_told():
    done = sweep("tiny.yaml", "1e-9", "1e-2", "-1")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "best: 1e-2"
    assert "-1: failed with exit code 2" in done.stderr
    (results,) = Path("runs").glob("sweep-*/results.jsonl")
    answers = [json.loads(line) for line in results.read_text().splitlines()]
    assert sorted(Path(answer["run"]).name for answer in answers) == ["1e-2", "1e-9"]


def test_a_wrong_configuration_is_told_once():
    done = sweep("missing.yaml", "1e-3", "1e-2")
    assert done.returncode != 0
    assert done.stderr.count("missing.yaml: no such file.") == 1
    assert not Path("runs").exists()
