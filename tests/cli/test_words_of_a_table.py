"""A model of a table with words: arrays whose numbers are no words, forged checkpoints, and rows without a header."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli import SGD, Model
from nnfs_cli.errors import DataError
from nnfs_cli.runs import checkpoint
from nnfs_cli.saved.predictor import load_predictor

TOWNS = 42
CONFIG = """\
dataset: {type: csv, train: t.csv, target: TARGET, validation: 0, keep: [name]}
model: {layers: [{type: dense, units: UNITS}]}
loss: LOSS
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 1, workers: 1}
"""


def write_table() -> None:
    """45 towns, sizes of which some are missing, dates, classes and values."""
    rows = [
        f"t{k % TOWNS:02},n{k},{'' if k % 5 == 3 else k % 9},2024-01-{1 + k % 28:02},{('no', 'yes')[k % 2]},{k % 7}.5"
        for k in range(90)
    ]
    Path("t.csv").write_text("\n".join(["town,name,size,day,kind,price", *rows, ""]))


@pytest.fixture
def model(nnfs) -> Path:
    """The checkpoint of classes."""
    write_table()
    Path("c.yaml").write_text(CONFIG.replace("TARGET", "kind").replace("UNITS", "2").replace("LOSS", "cross_entropy"))
    assert nnfs("train", "c.yaml", "--quiet", "--name", "r", "--set", "dataset.drop=[price]").code == 0
    return Path("runs/r/checkpoints/best.safetensors")


@pytest.fixture
def prices(nnfs) -> Path:
    """The checkpoint of values."""
    write_table()
    Path("c.yaml").write_text(CONFIG.replace("TARGET", "price").replace("UNITS", "1").replace("LOSS", "mse"))
    assert nnfs("train", "c.yaml", "--quiet", "--name", "r", "--set", "dataset.drop=[kind]").code == 0
    return Path("runs/r/checkpoints/best.safetensors")


def circles(days: int) -> list[float]:
    return [turn(2 * np.pi * days / period) for period in (365.2425, 7) for turn in (np.sin, np.cos)]


GOOD = [3.0, 0, 19_723, *circles(19_723), 5]
"""size, whether it is missing, five numbers of a date, the row of a town."""


def test_numbers_of_words_in_arrays(nnfs, model):
    rows = np.array([GOOD] * 4501)
    rows[1, 7], rows[2, 7], rows[4500, 7], rows[3, 0] = TOWNS + 1, 0.5, -1, np.nan
    np.save("x.npy", rows)
    done = nnfs("predict", "r", "x.npy")
    said = f"column 'town': expected the number of a word, a whole number from 0 to {TOWNS}, got"
    lines = done.out.splitlines()
    assert (done.code, len(lines)) == (3, 4502)
    for row, got in ((1, TOWNS + 1), (2, 0.5), (4500, -1)):
        assert lines[row + 1].endswith(f'"x.npy[{row}]: {said} {got}. Give rows of the table as .csv."')
    assert lines[4].endswith("x.npy[3]: column 'size': expected a finite number, got nan.\"")
    assert sum(",yes," in line or ",no," in line for line in lines) == 4497
    assert done.err.startswith("4 of 4,501 examples could not be answered, the first: x.npy[1]: column 'town'")
    np.save("x.npy", np.delete(rows, [1, 2, 3, 4500], axis=0))
    assert nnfs("predict", "r", "x.npy", "--strict").code == 0
    Path("x.csv").write_text("town,size,day\nt04,3,2024-01-01\n")
    by_name = nnfs("predict", "r", "x.csv", "--format", "jsonl").out
    whole = load_predictor(checkpoint.read(model)).predict(np.array([GOOD]))
    assert json.loads(by_name)["probability"] == pytest.approx(whole.max(), abs=1e-6)


@pytest.mark.parametrize("wrong", [TOWNS + 1, 1.5, -1, np.nan])
def test_numbers_of_words_in_python(model, wrong):
    x = np.array([GOOD] * 5)
    x[3, 7] = wrong
    said = rf"example 3, feature 7, column 'town': expected the number of a word, .* got {wrong:g}\. Correct them\."
    predictor, loaded = load_predictor(checkpoint.read(model)), Model.load(model)
    assert loaded.predict(x[:3]).shape == (3, 2)
    for ask in (predictor.scores, predictor.predict, loaded.predict):
        with pytest.raises(DataError, match=said):
            ask(x)
    y = np.arange(5) % 2
    if not np.isnan(wrong):
        with pytest.raises(DataError, match=f"^test: {said}"):
            loaded.evaluate(x, y)
        with pytest.raises(DataError, match=f"^train: {said}"):
            loaded.fit(x, y, epochs=1, optimizer=SGD(0.1))
    assert loaded.evaluate(x[:3], y[:3])["loss"] > 0
    assert len(loaded.fit(x[:3], y[:3], epochs=1, optimizer=SGD(0.1))) == 1


def forged(path: Path, change: Callable[[dict[str, Any], dict[str, np.ndarray]], None]) -> None:
    """Write a checkpoint whose description or tensors were changed, with a right digest."""
    saved = checkpoint.read(path)
    state, tensors = copy.deepcopy(dict(saved.state)), dict(saved.tensors)
    change(state, tensors)
    checkpoint.write(path, tensors, state)


def column(state: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in state["data"]["columns"] if one["name"] == name)


def put(place: str, value: Any) -> Callable:
    """A change of one value, by its dotted path."""

    def change(state: dict[str, Any], _: dict[str, np.ndarray]) -> None:
        *way, last = place.split(".")
        for key in way:
            state = state[int(key)] if key.isdecimal() else state[key]
        state[last] = value

    return change


NOT_FINITE = base64.b64encode(np.full(8, np.nan).tobytes()).decode()
FORGED = {
    "fewer columns": lambda state, _: state["data"]["columns"].pop(),
    "more columns": lambda state, _: state["data"]["columns"].append({"type": "number", "name": "z"}),
    "two columns of one name": lambda state, _: column(state, "day").update(name="size"),
    "another indicator": lambda state, _: column(state, "size").update(indicator=False),
    "fewer words": lambda state, _: column(state, "town")["categories"].pop(),
    "another encoding": lambda state, _: column(state, "town").update(encoding="binary"),
    "another embedding": lambda state, _: state["network"]["embeddings"][0].update(name="city"),
    "no embedding": put("network.embeddings", []),
    "two embeddings of a column": lambda state, _: state["network"]["embeddings"].append(
        state["network"]["embeddings"][0]
    ),
    "more rows": lambda state, _: state["network"]["embeddings"][0].update(rows=TOWNS + 2),
    "rows without end": lambda state, _: state["network"]["embeddings"][0].update(rows=10**9),
    "no fill": put("data.fill", None),
    "a shorter fill": put("data.fill", [0.0]),
    "a fill that is not finite": put(
        "data.fill", {"shape": [8], "float64": base64.b64encode(np.full(8, np.nan).tobytes()).decode()}
    ),
    "a fill of words": put("data.fill", ["a"] * 8),
    "no columns": put("data.columns", None),
    "answers of classes": put("data.answers", [{"type": "number", "name": "kind"}]),
    "a column of no kind": lambda state, _: column(state, "size").update(type="os.system"),
    "a form that is none": lambda state, _: column(state, "day").update(form=5),
    "a fill of a column that is not finite": lambda state, _: column(state, "size").update(fill=1e300),
    "words that are none": lambda state, _: column(state, "town").update(categories=[1, 2]),
    "another table": lambda _, tensors: tensors.update({"embedding.town.weight": np.zeros((TOWNS + 1, 7), np.float32)}),
    "no table": lambda _, tensors: tensors.pop("embedding.town.weight"),
    "a table that is not finite": lambda _, tensors: tensors.update(
        {"embedding.town.weight": np.full((TOWNS + 1, 8), np.inf, np.float32)}
    ),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_forged_checkpoints_are_refused(nnfs, model, forgery):
    Path("x.csv").write_text("town,size,day\nt04,3,2024-01-01\nt99,,\n")
    assert nnfs("predict", "r", "x.csv").code == 0
    forged(model, FORGED[forgery])
    done = nnfs("predict", "r", "x.csv")
    assert (done.code, done.out) == (4, ""), done.err
    assert done.err.startswith(f"{model}: ")
    assert nnfs("evaluate", "r", "--split", "train").code == 4


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [{"type": "number", "name": "z"}],
        [{"type": "category", "name": "price", "categories": ["a"]}],
        [{}],
        "price",
    ],
)
def test_forged_answers_are_refused(nnfs, prices, answers):
    assert nnfs("evaluate", "r", "--split", "train").code == 0
    forged(prices, put("data.answers", answers))
    done = nnfs("evaluate", "r", "--split", "train")
    assert (done.code, done.out) == (4, ""), done.err


def test_rows_without_a_header_come_in_the_order_of_the_training_table(nnfs, model):
    """The column of an embedding comes first in the file, though its feature comes last."""
    Path("named.csv").write_text("day,town,size\n2024-01-05,t07,4\n2024-01-09,t11,\n")
    Path("plain.csv").write_text("t07,4,2024-01-05\nt11,,2024-01-09\n")
    named, plain = (nnfs("predict", "r", f"{name}.csv") for name in ("named", "plain"))
    assert (named.code, plain.code) == (0, 0)
    assert plain.out.replace("plain", "named") == named.out
    warning = "has no column name, named in dataset.keep: empty in the answers\n"
    assert (named.err, plain.err) == (f"warning: named.csv: {warning}", f"warning: plain.csv: {warning}")


def test_what_is_kept_comes_along_from_every_input(nnfs, model):
    Path("a.csv").write_text("town,size,day,order_id,name\nt01,1,2024-01-01,7,Ann\n")
    Path("b.csv").write_text("name,town,size,day\nBob,t01,1,2024-01-01\n,t01,1,2024-01-01\n")
    Path("c.csv").write_text("town,size,day\nt01,1,2024-01-01\n")
    np.save("d.npy", np.array([GOOD]))
    done = nnfs("predict", "r", "a.csv", "b.csv", "c.csv", "d.npy")
    head, *rows = [line.split(",") for line in done.out.splitlines()]
    assert head == ["source", "label", "probability", "name", "order_id", "note", "error"]
    assert [row[3:5] for row in rows] == [["Ann", "7"], ["Bob", ""], ["", ""], ["", ""], ["", ""]]
    assert done.err == "warning: c.csv: has no column name, named in dataset.keep: empty in the answers\n"
    first, second, *_ = map(json.loads, nnfs("predict", "r", "a.csv", "b.csv", "--format", "jsonl").out.splitlines())
    assert list(first) == ["source", "label", "probability", "order_id", "name"]
    assert (first["order_id"], second["name"], "order_id" in second) == ("7", "Bob", False)
    turned = nnfs("predict", "r", "d.npy", "a.csv").out.splitlines()
    assert turned[0] == "source,label,probability,name,note,error"
    assert turned[2].split(",")[3] == "Ann"
