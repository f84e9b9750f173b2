"""The smoke test of the whole: from a table of a few rows to answers, in seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnfs_cli.cli.main import run

TABLE = "length,colour,kind\n" + "".join(f"{k},{'red' if k % 2 else 'blue'},{'ab'[k % 2]}\n" for k in range(12))
CONFIG = """\
dataset: {type: csv, train: table.csv, target: kind, test: 0.25, validation: 0.25}
model: {layers: [{type: dense, units: 4}, relu, {type: dense, units: 2}]}
loss: cross_entropy
optimizer: adam
scheduler: {type: one_cycle, max_lr: 0.1}
training: {epochs: 20, batch_size: 4}
"""


@pytest.fixture
def answer(tmp_path, monkeypatch, capsys):
    """Run a command that must end well, and return what it answers."""
    monkeypatch.chdir(tmp_path)
    Path("table.csv").write_text(TABLE)
    Path("tiny.yaml").write_text(CONFIG)

    def command(*arguments: str) -> str:
        assert run(list(arguments)) == 0
        return capsys.readouterr().out

    return command


def test_from_a_table_to_answers(answer):
    assert "tiny.yaml: valid" in answer("check", "tiny.yaml")
    assert 0 < float(answer("lr-find", "tiny.yaml", "--steps", "40")) < 10
    directory = answer("train", "tiny.yaml").strip()
    assert "accuracy 100.00 %, loss " in answer("evaluate", directory)
    rows = answer("predict", directory, "table.csv").splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == ["a", "b"] * 6
    pictures = {"curves.png", "confusion-test.png", "roc-test.png", "calibration-test.png"}
    assert {path.name for path in Path(directory).glob("*.png")} == pictures
