"""The golden checkpoint: what this format's first version wrote is read by every later one, with the same answers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.runs import checkpoint
from tests.resilience.golden.make import STOPPED_IN, TABLE, answers, finish

HERE = Path(__file__).parent / "golden"
GOLDEN = HERE / "format-1.safetensors"
EXPECTED = json.loads((HERE / "format-1.json").read_text())
DIGITS = {"rtol": 1e-4, "atol": 1e-6}
"""Another processor rounds otherwise, and sixteen steps carry that on."""


def test_it_is_small_and_says_its_format():
    assert GOLDEN.stat().st_size < 8192
    saved = checkpoint.read(GOLDEN)
    assert (saved.state["format"], saved.state["training"]["step"]) == (1, STOPPED_IN)


def test_its_answers_are_the_same():
    np.testing.assert_allclose(answers(GOLDEN), EXPECTED["answers"], **DIGITS)


def test_training_goes_on_from_it_to_the_same_end(tmp_path):
    found, expected = finish(GOLDEN, tmp_path / "finished"), EXPECTED["finished"]
    assert found["status"] == expected["status"] == "completed"
    np.testing.assert_allclose(found["losses"], expected["losses"], **DIGITS)
    np.testing.assert_allclose(found["answers"], expected["answers"], **DIGITS)


def test_the_commands_read_it(nnfs):
    shutil.copy(TABLE, ".")
    done = nnfs("evaluate", GOLDEN, "--split", "validation", "--data-dir", ".", "--json")
    assert done.code == 0
    assert json.loads(done.out)["examples"] == 8
    Path("rows.csv").write_text("colour,size\nred,0\ngreen,3\n")
    done = nnfs("predict", GOLDEN, "rows.csv")
    assert (done.code, len(done.out.splitlines())) == (0, 1 + 2)
    done = nnfs("train", "--resume", GOLDEN, "--data-dir", ".")
    assert (done.code, done.err.count("start one with --init-from")) == (4, 1)


@pytest.mark.parametrize("number", [2, 0, "1", None])
def test_another_format_is_refused(nnfs, number):
    saved = checkpoint.read(GOLDEN)
    checkpoint.write(Path("new.safetensors"), saved.tensors, {**saved.state, "format": number})
    for command in (("evaluate", "new.safetensors"), ("predict", "new.safetensors", "rows.csv")):
        done = nnfs(*command)
        message = f"new.safetensors: has format {number!r}, this version of nnfs reads format 1. Upgrade nnfs.\n"
        assert (done.code, done.out, done.err) == (4, "", message)
