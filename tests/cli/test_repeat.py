"""A repeat trains to the very bytes of its layers written out, is kept as such, and is told by its own line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.program import TINY

START, END = TINY.index("    - {type: dense, units: 16}"), TINY.index("    - {type: dense, units: 10}")
BLOCK = "{type: residual, layers: [{type: dense, units: 64}, relu]}"
REPEATED = f"    - repeat: {{times: 3, layers: [{BLOCK}, {{type: dropout, rate: 0.1}}]}}\n"
WRITTEN_OUT = f"    - {BLOCK}\n    - {{type: dropout, rate: 0.1}}\n" * 3


def write(name: str, layers: str) -> Path:
    path = Path(f"{name}.yaml")
    path.write_text(TINY[:START] + layers + TINY[END:])
    return path


@pytest.mark.parametrize("workers", [1, 2])
def test_it_trains_as_the_list_written_out(nnfs, workers):
    options = ("--quiet", "--set", f"training.workers={workers}")
    runs = [Path(nnfs("train", write(*of), *options).out.strip()) for of in (("a", REPEATED), ("b", WRITTEN_OUT))]
    first, second = ((run / "metrics.csv").read_text().splitlines() for run in runs)
    assert [row.split(",")[:6] for row in first] == [row.split(",")[:6] for row in second]
    first, second = ((run / "config.yaml").read_text().partition("\n")[2] for run in runs)
    assert first.replace("runs/a-1", "runs/b-1") == second
    assert "repeat" not in first
    assert first.count("residual") == 3


def test_a_run_goes_on(nnfs):
    path = write("a", REPEATED)
    whole = nnfs("train", path, "--json", "--quiet")
    half = nnfs("train", path, "--json", "--quiet", "--set", "training.epochs=1").out
    assert nnfs("train", "--resume", json.loads(half)["run"], "--set", "model.layers.1.rate=0.2", "--quiet").code == 2
    assert nnfs("evaluate", json.loads(whole.out)["run"]).code == 0
    layers = json.loads(nnfs("check", path, "--json").out)["layers"]
    names = ["1", "1.layers.0", "1.layers.1", "2", "3", "3.layers.0"]
    assert [layer["name"] for layer in layers[1:7]] == names


def test_a_shape_is_told_where_it_was_written(nnfs):
    layers = "[relu, {type: dense, units: 9}, {type: conv1d, filters: 2, kernel_size: 3}]"
    path = write("a", f"    - repeat: {{times: 2, layers: {layers}}}\n")
    where = "a.yaml:8: model.layers[1].repeat.layers[2] (conv1d), written out model.layers[3]: takes sequences"
    assert nnfs("check", path).err.startswith(where)
