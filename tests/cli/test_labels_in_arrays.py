"""Labels in arrays from the command line: they come back as they were written, whatever form they have."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.runs import checkpoint

CONFIG = """\
dataset: {type: npz, train: data.npz, validation: 0.2}
model: {layers: [{type: dense, units: 3}]}
optimizer: {type: adam, lr: 3e-2}
training: {epochs: 15, batch_size: 16, workers: 1}
"""
NUMBERS = np.random.default_rng(0).permutation(np.arange(4500) % 3)
X = (np.random.default_rng(1).standard_normal((4500, 4)) / 4 + 2 * np.eye(3, 4)[NUMBERS]).astype(np.float32)
FIRST = int(np.argmin(NUMBERS))
WORDS = np.array(["wren", "auk", "Rook"])
FORMS = {
    "from 1": (NUMBERS + 1, ["1", "2", "3"]),
    "from 1 in floats": ((NUMBERS + 1.0)[:, None], ["1", "2", "3"]),
    "words": (WORDS[NUMBERS], ["wren", "auk", "Rook"]),
    "a column of words": (WORDS[NUMBERS][:, None], ["wren", "auk", "Rook"]),
    "bytes": (WORDS.astype("S")[NUMBERS], ["wren", "auk", "Rook"]),
    "words without ASCII": (np.array(["é", "ß", "猫"])[NUMBERS], ["é", "ß", "猫"]),
    "words that are numbers": (np.array(["7", "10", "-2"])[NUMBERS], ["7", "10", "-2"]),
}


@pytest.fixture(autouse=True)
def config():
    Path("c.yaml").write_text(CONFIG)


def saved(y, **arrays) -> None:
    np.savez("data.npz", x_train=X[:400], y_train=y[:400], x_test=X[400:], y_test=y[400:], **arrays)


def trained(nnfs, *options: str) -> str:
    done = nnfs("train", "c.yaml", "--quiet", *(part for option in options for part in ("--set", option)))
    assert done.code == 0, done.err
    return done.out.strip()


@pytest.mark.parametrize("form", FORMS)
def test_labels_come_back_as_they_were_written(nnfs, form):
    y, names = FORMS[form]
    saved(y)
    run = trained(nnfs)
    np.save("x.npy", X[400:])
    answers = list(csv.DictReader(io.StringIO(nnfs("predict", run, "x.npy").out)))
    right = [row["label"] == names[number] for row, number in zip(answers, NUMBERS[400:], strict=True)]
    assert len(right) == 4100
    assert np.mean(right) > 0.99
    report = json.loads(nnfs("evaluate", run, "--json").out)
    assert report["accuracy"] == pytest.approx(np.mean(right))
    assert [row["class"] for row in report["classes"]] == sorted(names)
    assert [row["examples"] for row in report["classes"]] == [
        int((NUMBERS[400:] == names.index(name)).sum()) for name in sorted(names)
    ]
    assert Path(run, "confusion-test.csv").read_text().splitlines()[0].split(",")[1:] == sorted(names)
    resumed = nnfs("train", "--resume", run, "--set", "training.epochs=16")
    assert resumed.code == 0, resumed.err
    assert nnfs("evaluate", run, "--split", "validation").code == 0


def test_truths_are_the_classes_0_and_1(nnfs):
    saved(NUMBERS == 1)
    done = nnfs("check", "c.yaml", "--set", "model.layers.0.units=2")
    assert done.err.endswith("data.npz: its y holds false and true, taken for the classes 0, 1\n")
    report = nnfs("evaluate", trained(nnfs, "model.layers.0.units=2"))
    assert [line.split()[0] for line in report.out.splitlines()[-2:]] == ["0", "1"]


def test_one_hot_rows_of_many_classes_are_told_by_the_first_and_the_last(nnfs):
    saved(np.eye(5)[NUMBERS])
    done = nnfs("check", "c.yaml", "--set", "dataset.task=classification")
    assert (done.code, "has 3 classes" in done.err) == (0, False)
    assert "its y holds one-hot rows (400, 5), taken for the classes 0, 1, 2" in done.err


@pytest.mark.parametrize(
    ("y", "other", "message"),
    [
        (
            NUMBERS + 1,
            NUMBERS,
            f"other.npz: y: row {FIRST}: label 0 is none of the classes: 1, 2, 3. Correct it, or",
        ),
        (NUMBERS + 1, NUMBERS + 2, "label 4 is none of the classes: 1, 2, 3."),
        (WORDS[NUMBERS], np.where(NUMBERS == 0, "owl", "auk"), "label 'owl' is none of the classes: Rook, auk, wren."),
        (WORDS[NUMBERS], NUMBERS, "other.npz: y: holds numbers, expected words: Rook, auk, wren. Save those."),
        (NUMBERS, WORDS[NUMBERS], "is none of the classes: 0, 1, 2."),
    ],
)
def test_labels_of_other_files_that_are_no_classes_are_refused(nnfs, y, other, message):
    saved(y)
    run = trained(nnfs)
    np.savez("other.npz", x=X, y=other)
    for done in (
        nnfs("evaluate", run, "--set", "dataset.test=other.npz"),
        nnfs("train", "c.yaml", "--set", "dataset.test=other.npz"),
    ):
        assert (done.code, done.out) == (3, "")
        assert message in done.err


def test_other_files_may_lack_a_class(nnfs):
    for y in (NUMBERS + 1, WORDS[NUMBERS]):
        saved(y)
        run, most = trained(nnfs), NUMBERS != 0
        np.savez("other.npz", x=X[most], y=y[most])
        report = json.loads(nnfs("evaluate", run, "--json", "--set", "dataset.test=other.npz").out)
        assert report["accuracy"] > 0.99


@pytest.mark.parametrize("code", [0x110000, 0xD800, 0xFFFFFFFF])
@pytest.mark.parametrize("order", "<>")
def test_words_that_are_no_text_are_refused(nnfs, code, order):
    y = np.array(["ab", "cd"], f"{order}U2")[NUMBERS[:400] % 2]
    y.view(f"{order}u4")[3] = code
    np.savez("data.npz", x=X[:400], y=y)
    done = nnfs("train", "c.yaml")
    assert (done.code, done.out) == (3, "")
    assert "data.npz: y: holds words that are no UTF-8 text. Save them as text." in done.err


def test_words_are_no_values(nnfs):
    saved(WORDS[NUMBERS])
    done = nnfs("check", "c.yaml", "--set", "dataset.task=regression", "--set", "loss=mse")
    assert (done.code, "y_train: expected numbers, got text." in done.err) == (3, True)
    done = nnfs("check", "c.yaml", "--set", "loss=mse")
    assert (done.code, "does not fit npz, which has classes. Use cross_entropy." in done.err) == (2, True)


def test_weights_of_classes_take_the_names_of_labels(nnfs):
    saved(NUMBERS + 1)
    trained(nnfs, "loss={type: cross_entropy, class_weights: {3: 2}}")
    done = nnfs("train", "c.yaml", "--set", "loss={type: cross_entropy, class_weights: {0: 2}}")
    assert (done.code, "no class is called '0'" in done.err) == (2, True)


WEIGHT = np.random.default_rng(2).uniform(0, 2, 400)
KEYS = "dataset.keys={x: x_train, y: y_train, weight: WEIGHT}"


def loss_of(run: str) -> list[str]:
    return [line.split(",")[2] for line in Path(run, "steps.csv").read_text().splitlines()]


def test_an_array_may_hold_weights(nnfs):
    """Those of examples that are held out follow them, and the split is known again."""
    saved(NUMBERS, w=WEIGHT)
    run, plain = trained(nnfs, KEYS.replace("WEIGHT", "w"), "dataset.limit=300"), trained(nnfs, "dataset.limit=300")
    assert loss_of(run) != loss_of(plain)
    for split in ("validation", "test"):
        assert nnfs("evaluate", run, "--split", split).code == 0
    digests = [checkpoint.read(Path(one, "checkpoints/last.safetensors")).state["digests"] for one in (run, plain)]
    assert [digests[0][name] == digests[1][name] for name in ("train", "validation", "test")] == [False, False, True]
    assert nnfs("train", "--resume", run, "--set", "training.epochs=16").code == 0
    saved(NUMBERS, w=WEIGHT[::-1])
    done = nnfs("train", "--resume", run, "--set", "training.epochs=17")
    assert (done.code, "train is not the data that this run was trained on" in done.err) == (3, True)


def test_equal_weights_in_a_file_change_nothing(nnfs):
    saved(NUMBERS, w=np.full(400, 3))
    assert loss_of(trained(nnfs, KEYS.replace("WEIGHT", "w"))) == loss_of(trained(nnfs))


def test_weights_may_lie_in_a_file_of_their_own(nnfs):
    for name, array in {"x": X[:400], "y": NUMBERS[:400], "w": WEIGHT[:, None]}.items():
        np.save(f"{name}.npy", array)
    pair = "dataset.train={x: x.npy, y: y.npy"
    run, plain = trained(nnfs, pair + ", weight: w.npy}"), trained(nnfs, pair + "}")
    assert loss_of(run) != loss_of(plain)
    assert "weight: w.npy" in Path(run, "config.yaml").read_text()
    assert nnfs("evaluate", run, "--split", "validation").code == 0


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (
            np.where(np.arange(400) == 7, -1, 1),
            "expected a weight, a finite number of at least 0, got -1.0. Correct it.",
        ),
        (np.full(400, np.nan), "data.npz: train: example 0: expected a weight"),
        (
            np.ones(399),
            "data.npz: w: got shape (399,), expected one weight for each of 400 examples, (400,). Save",
        ),
        (
            np.ones((400, 2)),
            "data.npz: w: got shape (400, 2), expected one weight for each of 400 examples, (400,).",
        ),
        (np.array("w"), "data.npz: w: expected numbers, got text."),
        (np.float64(1), "data.npz: w: got shape (), expected one weight for each of 400 examples"),
        (np.zeros(400), "data.npz: w: the weights of all training examples are 0: nothing can be learned."),
        (None, "data.npz: has no array w. Correct dataset.keys."),
    ],
)
def test_what_cannot_be_weights_is_refused(nnfs, weight, message):
    saved(NUMBERS, **({} if weight is None else {"w": weight}))
    for share in ((), ("--set", "dataset.test=0.2")):
        done = nnfs("train", "c.yaml", "--set", KEYS.replace("WEIGHT", "w"), *share)
        assert (done.code, done.out) == (3, "")
        assert message in done.err


def test_weights_alone_are_no_keys(nnfs):
    saved(NUMBERS, w=WEIGHT)
    done = nnfs("check", "c.yaml", "--set", "dataset.keys={weight: w}")
    assert (done.code, "keys: expected both x and y, got weight." in done.err) == (2, True)
