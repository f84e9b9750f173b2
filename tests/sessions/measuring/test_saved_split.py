"""Evaluate by the checkpoint: read as the training read, whatever today's files and options say."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.errors import DataError
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.saved.predictor import load_predictor
from nnfs_cli.sessions.evaluation.evaluate import evaluate
from nnfs_cli.sessions.evaluation.saved_split import saved_split
from tests.sessions.trainings import flowers, start

LAYERS = {"layers": [{"type": "dense", "units": 2}]}
HEAD = ["size", "colour", "kind"]
TABLE = [[str(k % 11), ("red", "blue", "green")[k % 3], ("mug", "cup")[k % 11 < 5]] for k in range(60)]
SHARED = {"type": "csv", "train": "table.csv", "target": "kind", "test": 0.25}


def write(path: Path, rows, order=(0, 1, 2)) -> None:
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([row[position] for position in order] for row in [HEAD, *rows])


@pytest.fixture
def trained(locator):
    """Trains on a table, with a test share of it unless told otherwise."""
    write(locator.data_dir / "table.csv", TABLE)

    def train(**changes) -> Path:
        sections = {"dataset": {**SHARED, **changes}, "model": LAYERS}
        return RunDirectory(start(locator, **sections).run).last

    return train


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 0, 2)])
@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_columns_in_another_order_change_nothing(trained, locator, order, split):
    path = trained()
    before = evaluate(path, locator, split=split)
    write(locator.data_dir / "table.csv", TABLE, order)
    assert evaluate(path, locator, split=split).report == before.report
    assert before.notes == ()


def test_words_and_classes_are_those_of_the_training(trained, locator):
    """A test file with half of the words and one class, in another order, read by itself would mean other numbers."""
    path = trained()
    rows = [row for row in TABLE if row[1] != "blue" and row[2] == "mug"]
    write(locator.data_dir / "some.csv", rows, (1, 2, 0))
    found = evaluate(path, locator, overrides=["dataset.test=some.csv"])
    assert found.classes == ("cup", "mug")
    assert found.confusion.examples.tolist() == [0, len(rows)]


@pytest.mark.parametrize("split", ["train", "validation", "test"])
@pytest.mark.parametrize(
    ("rows", "changed"),
    [(sorted(TABLE), "other examples, or the same ones in another order"), (TABLE + TABLE[:20], "examples now")],
    ids=["sorted", "grown"],
)
def test_a_split_that_was_drawn_from_a_file_that_changed_is_refused(trained, locator, split, rows, changed):
    path = trained()
    write(locator.data_dir / "table.csv", rows)
    with pytest.raises(DataError) as refused:
        evaluate(path, locator, split=split)
    assert str(refused.value).startswith(
        f"{locator.data_dir / 'table.csv'}: the {split} split was drawn from this file, and comes out differently: "
    )
    assert changed in str(refused.value)
    assert str(refused.value).endswith("Put the old file back, or measure another one with --set dataset.test=FILE.")


@pytest.mark.parametrize("override", ["dataset.limit=30", "dataset.validation=7", "dataset.validation=0"])
def test_a_split_that_options_draw_otherwise_is_refused(trained, locator, override):
    with pytest.raises(DataError, match="the train split was drawn from this file, and comes out differently"):
        evaluate(trained(), locator, split="train", overrides=[override])


@pytest.mark.parametrize("override", ["dataset.limit=30", "dataset.validation=7"])
def test_options_of_the_training_split_leave_a_share_for_testing_alone(trained, locator, override):
    path = trained()
    assert evaluate(path, locator, overrides=[override]).report == evaluate(path, locator).report


def test_a_test_file_and_the_checkpoint_are_enough(trained, locator):
    write(locator.data_dir / "held.csv", TABLE[:20])
    path = trained(test="held.csv")
    before = evaluate(path, locator)
    (locator.data_dir / "table.csv").unlink()
    assert evaluate(path, locator).report == before.report
    with pytest.raises(DataError, match=r"table\.csv: there is no such file"):
        evaluate(path, locator, split="train")


@pytest.mark.parametrize("task", ["classification", "reconstruction"])
@pytest.mark.parametrize("validation", [None, 0, 0.2])
def test_arrays_for_the_test_and_the_checkpoint_are_enough(locator, task, validation):
    x = np.random.default_rng(0).random((40, 2))
    for name, rows in {"train": x[:30], "held": x[30:], "march": x[33:]}.items():
        np.savez(locator.data_dir / f"{name}.npz", x=rows, y=np.arange(len(rows)) % 2)
    dataset = {"type": "npz", "train": "train.npz", "test": "held.npz", "validation": validation, "task": task}
    loss = "mse" if task == "reconstruction" else "cross_entropy"
    path = RunDirectory(start(locator, dataset=dataset, model=LAYERS, loss=loss).run).last
    before = evaluate(path, locator)
    (locator.data_dir / "train.npz").unlink()
    assert evaluate(path, locator).report == before.report
    assert evaluate(path, locator, overrides=["dataset.test=march.npz"]).report["examples"] == 7
    with pytest.raises(DataError, match=r"train\.npz: there is no such file"):
        evaluate(path, locator, split="train")


def test_a_result_names_what_was_measured(trained, locator):
    write(locator.data_dir / "held.csv", TABLE[:20])
    report = evaluate(trained(test="held.csv"), locator).report
    assert (report["data"], report["examples"]) == (str(locator.data_dir / "held.csv"), 20)
    assert len(report["sha256"]) == 64
    write(locator.data_dir / "held.csv", TABLE[:21])
    assert evaluate(trained(test="held.csv"), locator).report["sha256"] != report["sha256"]


def test_a_test_file_that_changed_is_measured_and_told_of(trained, locator):
    write(locator.data_dir / "held.csv", TABLE[:20])
    path = trained(test="held.csv")
    write(locator.data_dir / "held.csv", TABLE[:23])
    found = evaluate(path, locator)
    assert (found.report["examples"], found.name) == (23, "test")
    file = locator.data_dir / "held.csv"
    assert found.notes == (f"{file}: is not the test data of the training: 23 examples now, 20 then",)


@pytest.mark.parametrize("test", ["held.csv", 0.25, None])
def test_another_file_has_a_result_of_its_own(trained, locator, test):
    write(locator.data_dir / "held.csv", TABLE[:20])
    write(locator.data_dir / "march.csv", TABLE[:9])
    found = evaluate(trained(test=test), locator, overrides=["dataset.test=march.csv"])
    assert (found.name, found.split, found.report["examples"], found.notes) == ("test-march", "test", 9, ())


def test_a_training_file_that_is_all_trained_on_is_a_file_of_its_own(trained, locator):
    path = trained(test=None, validation=0)
    write(locator.data_dir / "table.csv", TABLE[:50])
    found = evaluate(path, locator, split="train")
    assert found.report["examples"] == 50
    assert found.notes[0].endswith("is not the train data of the training: 50 examples now, 60 then")


def test_values_far_outside_the_training_are_told_of(trained, locator):
    write(locator.data_dir / "far.csv", [["99", "red", "mug"], ["1", "red", "cup"]])
    (note,) = evaluate(trained(), locator, overrides=["dataset.test=far.csv"]).notes
    assert note.endswith(
        "far.csv[0]: column 'size': 99 is far outside the training data, 0 to 10: do not trust the answer"
    )


@pytest.mark.parametrize("split", ["validation", "test"])
def test_a_row_of_a_split_that_was_drawn_is_not_taken_for_a_row_of_the_file(trained, locator, split):
    path = trained(validation=0.25)
    saved = checkpoint.read(path)
    known = load_predictor(saved).preparation
    known.ranges.low[:], known.ranges.high[:] = 50, 60
    found = saved_split(saved, known, locator, split, [])
    example = re.search(rf"table\.csv: {split} example (\d+): column 'size': (\d+) is far", " ".join(found.notes))
    assert found.examples.x[int(example[1]), 0] == float(example[2])


def test_a_pair_of_arrays_is_called_by_its_first(locator):
    path = RunDirectory(start(locator).run).last
    for name, array in flowers(9, seed=1).items():
        np.save(locator.data_dir / f"march-{name}.npy", array)
    pair = "dataset.test={x: march-x.npy, y: march-y.npy}"
    assert evaluate(path, locator, overrides=[pair]).name == "test-march-x"


def test_a_split_that_never_was(trained, locator):
    path = trained(test=None)
    with pytest.raises(DataError, match=r"^csv: has no test split\. It has: train, validation\. Choose one with --spl"):
        evaluate(path, locator)
    with pytest.raises(DataError, match=r"^csv: has no validation split\. It has: train\. Choose"):
        evaluate(path, locator, split="validation", overrides=["dataset.validation=0"])
