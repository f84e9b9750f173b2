"""What is given in place of a checkpoint, and weights of other classes: the message says so and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnfs_cli.runs import checkpoint
from tests.cli.program import ROWS

NO_CHECKPOINT = (
    "is not a checkpoint: it is no safetensors file. "
    "Give a run, by its directory or its name, or a .safetensors file of a run.\n"
)
COMMANDS = [
    ("evaluate", "FILE"),
    ("predict", "FILE", "x.npy"),
    ("train", "tiny.yaml", "--init-from", "FILE"),
    ("train", "--resume", "FILE"),
]


def given(nnfs, command: tuple[str, ...], file: str):
    done = nnfs(*(file if word == "FILE" else word for word in command))
    assert (done.code, done.out) == (4, "")
    return done.err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_configuration(nnfs, command):
    assert given(nnfs, command, "tiny.yaml") == (
        "tiny.yaml: is not a checkpoint: it is a configuration. "
        "Give the run that nnfs train tiny.yaml prints, or a .safetensors file of a run.\n"
    )
    assert nnfs("evaluate", nnfs("train", "tiny.yaml", "--quiet").out.strip()).code == 0


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_configuration_of_a_run(nnfs, runs, command):
    said = given(nnfs, command, "runs/tiny/config.yaml")
    assert said.endswith("it is a configuration. Give runs/tiny, or a .safetensors file of a run.\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("file", ["runs/tiny/metrics.csv", "runs/tiny/summary.json", "table.csv"])
def test_another_file(nnfs, runs, file, command):
    assert given(nnfs, command, file) == f"{file}: {NO_CHECKPOINT}"


def begun_with(nnfs, rows: str) -> str:
    """What is said when the weights of `kinds` are the first ones of a training on other rows."""
    Path("table.csv").write_text(rows)
    done = nnfs("train", "kinds.yaml", "--init-from", "kinds", "--quiet")
    assert done.code == 0
    return done.err


def test_weights_of_classes_that_were_renamed(nnfs, runs):
    assert begun_with(nnfs, ROWS) == ""
    assert begun_with(nnfs, ROWS.replace("cup", "pot")) == (
        "warning: runs/kinds/checkpoints/best.safetensors: was trained on other classes: 'cup' instead of 'pot'. "
        "Outputs keep their places: 'cup' becomes 'mug', 'mug' becomes 'pot'\n"
    )


@pytest.mark.parametrize("classes", [["mug", "cup"], [["cup"], 3], "cup", None, {"cup": 1}])
def test_weights_of_classes_in_another_order_or_of_none(nnfs, runs, classes):
    best = Path("runs/kinds/checkpoints/best.safetensors")
    saved = checkpoint.read(best)
    checkpoint.write(best, saved.tensors, {**saved.state, "data": {**saved.state["data"], "classes": classes}})
    said = begun_with(nnfs, ROWS)
    if classes == ["mug", "cup"]:
        assert "was trained on these classes in another order. Outputs keep their places: 'mug' becomes 'cup'" in said


def test_an_evaluation_on_classes_that_were_renamed_names_them_all(nnfs, runs):
    Path("held.csv").write_text(ROWS.replace("cup", "pot"))
    done = nnfs("evaluate", "kinds", "--set", "dataset.test=held.csv")
    assert done.code == 3
    assert done.err.startswith("held.csv:4: column 'kind': expected one of cup, mug, got 'pot', the first of 12")
