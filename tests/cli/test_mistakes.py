"""nnfs evaluate: the examples that a network is wrong about, or furthest from, and where they stand."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.data.embedded import embedded
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.digits import Digits
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.sessions.evaluation import mistakes
from nnfs_cli.sessions.evaluation.evaluate import evaluate
from nnfs_cli.sessions.evaluation.saved_split import SavedSplit

RIGHT = """\
dataset: {type: npz, train: right.npz, test: right.npz}
model: {layers: [{type: dense, units: 2}]}
optimizer: {type: adam, lr: 0.5}
training: {epochs: 20}
"""


def table(path: str = "runs/tiny/mistakes-test.csv") -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_the_surest_come_first_and_of_equal_ones_the_first():
    p = np.array([[0.2, 0.7, 0.7, 0.9, 0.7], [0.8, 0.3, 0.3, 0.1, 0.3]])
    y = np.array([0, 1, 0, 1, 1])
    split = SavedSplit(Examples(np.zeros((5, 3)), y), "", "", {}, (), lambda rows: [f"row {k}" for k in rows])
    known = Preparation.untrained(DataSpec((3,), ("cup", "mug"), (2,)))
    found = mistakes.of_classes(split, known, Outputs(np.log(p), lambda scores: np.exp(scores)), 3)
    assert found.count == 4
    assert found.rows.tolist() == [3, 0, 1]
    assert found.sources() == ["row 3", "row 0", "row 1"]
    assert [cells[:2] for cells in found.cells] == [("cup", "mug"), ("mug", "cup"), ("cup", "mug")]
    np.testing.assert_allclose([cells[2] for cells in found.cells], [0.9, 0.8, 0.7])


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_every_split_names_its_examples(nnfs, runs, split):
    """Of 1,437 digits to train on and 360 to test, as their file has them."""
    nnfs("evaluate", "tiny", "--split", split, "--mistakes", "1000")
    rows = table(f"runs/tiny/mistakes-{split}.csv")
    numbers = [int(row["source"].partition("[")[2].removesuffix("]")) for row in rows]
    assert {row["source"].partition("[")[0] for row in rows} == {"digits: test" if split == "test" else "digits"}
    (everything,) = _digits()
    assert [row["true"] for row in rows] == [str(everything[k + (1437 if split == "test" else 0)]) for k in numbers]
    report = json.loads(Path(f"runs/tiny/evaluation-{split}.json").read_text())
    assert len(rows) == len(set(numbers)) == round(report["examples"] * (1 - report["accuracy"]))
    assert all(row["label"] != row["true"] for row in rows)


def _digits() -> list[np.ndarray]:
    with gzip.open(embedded("digits.csv.gz"), "rt") as file:
        return [np.loadtxt(file, np.int64, delimiter=",")[:, -1]]


@pytest.mark.parametrize("most", [0, 3, 10_000])
def test_how_many_are_listed(nnfs, runs, most):
    done = nnfs("evaluate", "tiny", "--mistakes", most)
    report = json.loads(Path("runs/tiny/evaluation-test.json").read_text())
    wrong = round(360 * (1 - report["accuracy"]))
    assert len(table()) == min(most, wrong)
    assert Path("runs/tiny/mistakes-test.png").exists() == (most > 0)
    assert f"\n{wrong} of 360 examples taken for another class" in done.out
    assert nnfs("evaluate", "tiny", "--mistakes", "-1").code == 2


def test_no_mistakes(nnfs):
    """A header, no picture, and not the one of before either."""
    x = np.concatenate([np.zeros((20, 1, 4, 4)), np.full((20, 1, 4, 4), 9.0)])
    np.savez("right.npz", x=x, y=np.arange(40) // 20)
    Path("right.yaml").write_text(RIGHT.replace("[{", "[flatten, {"))
    nnfs("train", "right.yaml", "--name", "right", "--quiet")
    Path("runs/right/mistakes-test.png").write_bytes(b"of before")
    done = nnfs("evaluate", "right")
    assert (done.code, done.err) == (0, "")
    assert "\nnone of 40 examples is taken for another class\n" in done.out
    assert Path("runs/right/mistakes-test.csv").read_text() == "source,label,true,probability\n"
    assert not Path("runs/right/mistakes-test.png").exists()


def test_rows_of_a_table_without_an_answer_are_counted(nnfs, runs):
    Path("held.csv").write_text("kind,price,colour,size\nmug,4.5,red,3\n,1,red,1\ncup,9,blue,6\nmug,7.5,blue,5\n")
    nnfs("evaluate", "kinds", "--set", "dataset.test=held.csv")
    said = {
        row["source"]: row["label"] for row in csv.DictReader(nnfs("predict", "kinds", "held.csv").out.splitlines())
    }
    true = {"held.csv[0]": "mug", "held.csv[2]": "cup", "held.csv[3]": "mug"}
    rows = table("runs/kinds/mistakes-test-held.csv")
    wrong = {source for source, kind in true.items() if said[source] != kind}
    assert {row["source"] for row in rows} == wrong
    assert wrong


def test_a_table_with_tabs_where_the_training_had_commas(nnfs, runs):
    Path("held.tsv").write_text("kind\tprice\tcolour\tsize\nmug\t4.5\tred\t3\ncup\t9\tblue\t6\n")
    done = nnfs("evaluate", "kinds", "--set", "dataset.test=held.tsv")
    assert (done.code, done.err) == (0, "")
    assert all(row["source"].startswith("held.tsv[") for row in table("runs/kinds/mistakes-test-held.csv"))


def test_values_that_are_furthest_off(nnfs, runs):
    """Of a share of a table: their rows in the whole file."""
    nnfs("evaluate", "prices", "--mistakes", 4)
    rows = table("runs/prices/mistakes-test.csv")
    assert list(rows[0]) == ["source", "price", "true_price", "error"]
    predicted = {row["source"]: row for row in csv.DictReader(nnfs("predict", "prices", "table.csv").out.splitlines())}
    true = {f"table.csv[{k}]": 1.5 * k for k in range(24)}
    for row in rows:
        source = Path(row["source"]).name
        assert float(row["true_price"]) == true[source]
        assert float(row["price"]) == pytest.approx(float(predicted[source]["price"]), rel=1e-5)
        assert float(row["error"]) == pytest.approx(float(row["price"]) - true[source], rel=1e-9)
    errors = [abs(float(row["error"])) for row in rows]
    assert errors == sorted(errors, reverse=True)


def test_pictures_are_those_that_were_mistaken(nnfs, runs):
    """As bytes, with what was said of each."""
    found = evaluate(Path("runs/tiny/checkpoints/best.safetensors"), Locator(Path()))
    nnfs("evaluate", "tiny")
    _, things = found.drawings()["mistakes"]
    assert len(things) == min(24, found.mistakes.count)
    json.dumps(things)
    test = Digits().load(Locator(Path())).splits["test"].x
    for thing, row in zip(things, table(), strict=False):
        number = int(row["source"].partition("[")[2].removesuffix("]"))
        np.testing.assert_array_equal(np.array(thing["pixels"])[:, :, 0], test[number, 0])
        assert [thing[key] for key in ("label", "true")] == [row["label"], row["true"]]
        assert thing["probability"] == float(row["probability"])


def test_formulas_are_made_harmless_for_a_spreadsheet(nnfs):
    x = np.random.default_rng(0).normal(size=(40, 3))
    np.savez("right.npz", x=x, y=np.array(["=1+1", "@x"])[np.arange(40) % 2])
    Path("right.yaml").write_text(RIGHT)
    nnfs("train", "right.yaml", "--name", "right", "--quiet", "--set", "training.epochs=1")
    nnfs("evaluate", "right", "--spreadsheet")
    assert {row["label"] for row in table("runs/right/mistakes-test.csv")} <= {"'=1+1", "'@x"}


def test_one_answer_to_everything_is_told(nnfs):
    """Not of few examples, nor where hardly any is of another class."""
    x = 1e-6 * np.random.default_rng(0).normal(size=(60, 3))
    for name, y in (("right", np.arange(60) % 3 == 0), ("few", np.arange(60) % 3 == 0), ("rare", np.arange(60) < 4)):
        keep = slice(18 if name == "few" else None)
        np.savez(f"{name}.npz", x=x[keep], y=y[keep].astype(int))
    Path("right.yaml").write_text(RIGHT)
    options = ("--set", "training.epochs=1", "--set", "optimizer.lr=0.01", "--set", "dataset.validation=0")
    still = ("--set", "model.layers.0.init=zeros", "--set", "dataset.standardize=false")
    nnfs("train", "right.yaml", "--name", "right", "--quiet", *options, *still)
    (told,) = nnfs("evaluate", "right").err.splitlines()
    assert told == (
        "warning: the network answers '0' to all of the 60 examples, which are of 2 classes. Train longer, try another "
        "learning rate (nnfs lr-find suggests one), look whether the inputs tell the classes apart, or set "
        "loss.class_weights: balanced if one of them is rare."
    )
    for name in ("few", "rare"):
        assert "the network answers" not in nnfs("evaluate", "right", "--set", f"dataset.test={name}.npz").err
