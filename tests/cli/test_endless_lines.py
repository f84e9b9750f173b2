"""A line without an end costs bounded memory, and a file of settings in the working directory means nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.cli.program import MAIN, start

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sparse files and limits of memory")
LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_AS, (3 << 29, 3 << 29)); " + MAIN
CONFIG = "dataset: {type: csv, train: big.csv, target: y}\nmodel: {layers: [{type: dense, units: 1}]}\n"


PREDICT = ("predict", "prices", "big.csv")


@pytest.mark.parametrize(
    ("command", "text"),
    [(("check", "c.yaml"), ""), (("train", "c.yaml"), "a,y\n1,2\n"), (PREDICT, ""), (PREDICT, "a,y\n1,2\n")],
)
def test_a_table_that_is_one_endless_line(runs, command, text):
    Path("big.csv").write_text(text)
    os.truncate("big.csv", 1 << 33)
    Path("c.yaml").write_text(f"{CONFIG}loss: mse\noptimizer: {{type: sgd, lr: 0.1}}\ntraining: {{epochs: 1}}\n")
    process = start(*command, main=LIMITED)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 3
    no_header = "big.csv: expected a header that names the columns, or rows of just 3 cells (size, colour, kind), got 2"
    assert "big.csv: has a line of over 16,777,216 characters. Is it a table?" in said or no_header in said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_settings_of_matplotlib_in_the_working_directory_are_not_read(runs):
    os.mkfifo("matplotlibrc")
    process = start("evaluate", "tiny", main=MAIN)
    out, said = process.communicate(timeout=300)
    assert (process.returncode, said) == (0, "")
    assert "accuracy" in out
    assert Path("runs/tiny/confusion-test.png").stat().st_size > 1000
