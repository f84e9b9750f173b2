"""Predictor: the same answers after a checkpoint, and nothing but an error from one that somebody forged."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnfs_cli.build import build
from nnfs_cli.data.columns.category import Category
from nnfs_cli.data.columns.number import Number
from nnfs_cli.errors import CheckpointError, DataError
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.saved.predictor import Predictor, load_predictor
from nnfs_cli.sessions.recorder import predictor_of
from tests.sessions.trainings import configured, start

TABLE = "colour,size,weight,kind\n" + "".join(
    f"{('red', 'green', 'blue')[row % 3]},{row / 7},{row % 5},{('cat', 'dog')[row % 2]}\n" for row in range(40)
)
CASES = {
    "digits": {
        "dataset": {"type": "digits", "limit": 60},
        "model": {"layers": ["flatten", {"type": "dense", "units": 10}]},
    },
    "images": {
        "dataset": {"type": "digits", "limit": 60},
        "model": {
            "layers": [
                {"type": "conv2d", "filters": 2, "kernel_size": [3, 2], "padding": "same"},
                "relu",
                {"type": "max_pool2d", "size": 2},
                "flatten",
                {"type": "dropout", "rate": 0.5},
                {"type": "dense", "units": 10, "bias": False},
            ]
        },
        "loss": {"type": "cross_entropy", "label_smoothing": 0.1},
    },
    "words": {
        "dataset": {"type": "csv", "train": "table.csv", "target": "kind"},
        "model": {"layers": [{"type": "dense", "units": 2}]},
    },
    "regression": {
        "dataset": {"type": "csv", "train": "table.csv", "target": ["size", "weight"], "drop": ["kind"]},
        "model": {"layers": [{"type": "dense", "units": 2}]},
        "loss": "mse",
    },
}


@pytest.fixture
def predictor(locator):
    """Makes the predictor of a case, its weights still random, and gives some examples too."""
    (locator.data_dir / "table.csv").write_text(TABLE)

    def make(case: str, *overrides: str) -> tuple[Predictor, np.ndarray]:
        task = build(configured(*overrides, **CASES[case]), locator)
        return predictor_of(task), task.dataset.splits["train"].x[:5]

    return make


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_the_same_answers_after_a_checkpoint(predictor, tmp_path, case, dtype):
    made, x = predictor(case, f"training.dtype={dtype}")
    path = tmp_path / "model.safetensors"
    checkpoint.write(path, made.tensors(), made.state())
    loaded = load_predictor(checkpoint.read(path))
    assert loaded.predict(x).tobytes() == made.predict(x).tobytes()
    assert (loaded.spec, loaded.preparation.columns) == (made.spec, made.preparation.columns)
    assert json.dumps(loaded.state()) == json.dumps(made.state())


def test_facts_of_a_table_with_words(predictor):
    made, _ = predictor("words")
    assert made.spec.classes == ("cat", "dog")
    assert made.preparation.columns == (
        Category("colour", ("blue", "green", "red")),
        Number("size"),
        Number("weight"),
    )


def test_answers_are_batch_first_and_add_up_to_one(predictor):
    made, x = predictor("images")
    answers = made.predict(x)
    assert answers.shape == (5, 10)
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-6)
    assert made.predict(x[:0]).shape == (0, 10)
    np.testing.assert_allclose(made.predict(np.concatenate([x] * 100))[-5:], answers, rtol=1e-5)


def test_examples_of_another_shape(predictor):
    made, x = predictor("images")
    with pytest.raises(DataError) as refused:
        made.predict(x[:, :, :7])
    assert str(refused.value) == "the model expects examples of shape (1, 8, 8), got (1, 7, 8)."


def test_every_mistake_of_a_description_has_a_line(predictor, tmp_path):
    made, _ = predictor("digits")
    state, path = made.state(), tmp_path / "model.safetensors"
    wrong = {"units": 0, "bias": "x"}, {"type": "max_pool2d", "size": 9}
    said = []
    for layer in wrong:
        state["network"]["layers"] = [{"type": "dense"} | layer]
        checkpoint.write(path, made.tensors(), state)
        with pytest.raises(CheckpointError) as refused:
            load_predictor(checkpoint.read(path))
        said += refused.value.lines
    assert len(said) == 3
    sound = f"{path}: its description of the network is not valid: "
    assert all(line.startswith(sound) and line.endswith(".") and not line.endswith("..") for line in said)
    assert "\n" not in "".join(said)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_refused(locator, tmp_path, bad):
    saved = checkpoint.read(RunDirectory(start(locator).run).last)
    tensors = {name: array.copy() for name, array in saved.tensors.items()}
    tensors["model.0.weight"][1, 2] = bad
    checkpoint.write(tmp_path / "bad.safetensors", tensors, saved.state)
    with pytest.raises(
        CheckpointError, match=r"model\.0\.weight holds something else than finite numbers\. Use another"
    ):
        load_predictor(checkpoint.read(tmp_path / "bad.safetensors"))


def test_weights_that_are_no_floating_point_numbers_are_refused(locator, tmp_path):
    saved = checkpoint.read(RunDirectory(start(locator).run).last)
    tensors = {**saved.tensors, "model.0.bias": np.zeros(saved.tensors["model.0.bias"].shape, np.int64)}
    checkpoint.write(tmp_path / "bad.safetensors", tensors, saved.state)
    with pytest.raises(CheckpointError, match=r"model\.0\.bias holds something else than finite numbers"):
        load_predictor(checkpoint.read(tmp_path / "bad.safetensors"))
