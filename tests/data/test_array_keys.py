"""Which arrays of a .npz file are the examples: what is understood, what was taken, and what is asked."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.cli.main import run
from nnfs_cli.config import DataSettings
from nnfs_cli.data.preparation import measured
from nnfs_cli.data.splits.division import divide
from nnfs_cli.errors import DataError
from nnfs_cli.registry import SOURCES
from tests.cli.conftest import quick_pictures

__all__ = ["quick_pictures"]

CONFIG = """\
dataset: {type: npz, train: data.npz, validation: 0.2MORE}
model: {layers: [{type: dense, units: 3}]}
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 2, batch_size: 8, workers: 1}
"""
USUAL = [("x", "y"), ("X", "y"), ("X", "Y"), ("images", "labels"), ("data", "target"), ("features", "labels")]


def arrays(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 3
    return rng.normal(size=(count, 5)) + y[:, None], y


def save(path: Path, **splits: int) -> None:
    """A file in which names such as "x y" or "x_train y_train" give arrays of so many examples."""
    path.parent.mkdir(parents=True, exist_ok=True)
    named = {}
    for names, (seed, count) in zip(splits, enumerate(splits.values()), strict=True):
        named |= dict(zip(names.split(), arrays(count, seed), strict=True))
    np.savez(path, **named)


@pytest.fixture
def nnfs(tmp_path, monkeypatch, capsys):
    """A command in an empty directory; what it wrote to standard output, error and the exit code."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str):
        code = run(list(arguments))
        return (code, *capsys.readouterr())

    def configured(more: str = "") -> str:
        Path("c.yaml").write_text(CONFIG.replace("MORE", more))
        return "c.yaml"

    command.configured = configured
    return command


@pytest.mark.parametrize(("x", "y"), USUAL)
def test_usual_pairs(locator, x, y):
    save(locator.data_dir / "data.npz", **{f"{x} {y}": 12}, **{"weights ids": 4})
    source, said = SOURCES["npz"]("data.npz"), []
    loaded = source.load(dataclasses.replace(locator, say=said.append))
    assert source.spec(locator) == loaded.spec
    np.testing.assert_array_equal(loaded.splits["train"].y, arrays(12)[1])
    taken = f"{locator.data_dir / 'data.npz'}: {x} and {y} are taken for the train split"
    assert said == ([] if (x, y) == ("x", "y") else [taken])


@pytest.mark.parametrize("form", ["{0}_{1}", "{1}_{0}"])
@pytest.mark.parametrize(("x", "y"), USUAL)
def test_test_data_in_the_training_file(locator, form, x, y):
    parts = {part: " ".join(form.format(name, part) for name in (x, y)) for part in ("train", "test")}
    save(locator.data_dir / "data.npz", **{parts["train"]: 12, parts["test"]: 6})
    source, said = SOURCES["npz"]("data.npz"), []
    loaded = source.load(dataclasses.replace(locator, say=said.append))
    assert {name: len(split) for name, split in loaded.splits.items()} == {"train": 12, "test": 6}
    assert source.sizes(locator, loaded.spec).examples == {"train": 12, "test": 6}
    assert (len(said), loaded.spec.notes) == (2, ())
    known = measured(loaded.spec, loaded.splits["train"], standardize=True, transform="none")
    (only,) = source.load(locator, known=known, only="test").splits.values()
    np.testing.assert_array_equal(only.x, arrays(6, 1)[0])


def test_a_run_from_an_archive_of_keras(nnfs):
    save(Path("data.npz"), **{"x_train y_train": 60, "x_test y_test": 12})
    code, out, err = nnfs("train", nnfs.configured(), "--name", "one", "--runs-dir", "runs")
    assert (code, out) == (0, "runs/one\n")
    assert "warning" not in err
    assert err.count("data.npz: x_train and y_train are taken for the train split") == 1
    assert err.count("data.npz: x_test and y_test are taken for the test split") == 1
    assert "data: data.npz (train, validation, test)" in err
    code, out, err = nnfs("evaluate", "runs/one", "--json")
    report = json.loads(out)
    assert (code, report["examples"], report["data"], err) == (0, 12, "data.npz", "")
    save(Path("new.npz"), **{"x_test y_test": 4})
    code, out, err = nnfs("predict", "runs/one", "new.npz")
    assert (code, len(out.splitlines())) == (0, 5)
    assert "new.npz: x_test is taken for the examples" in err
    np.savez("alone.npz", x=arrays(12, 1)[0], y=arrays(12, 1)[1])
    _, out, _ = nnfs("evaluate", "runs/one", "--set", "dataset.test=alone.npz", "--json")
    assert json.loads(out)["loss"] == report["loss"]
    assert nnfs("train", "--resume", "runs/one", "--set", "training.epochs=3")[0] == 0


def test_keys_that_are_given(nnfs):
    save(Path("data.npz"), **{"first second": 30, "third fourth": 9})
    code, _, err = nnfs("check", nnfs.configured())
    assert (code, err) == (
        3,
        "data.npz: which arrays are the examples, and which the answers? It holds first (30, 5), second (30,), "
        "third (9, 5), fourth (9,). Say it with dataset.keys: {x: ..., y: ...}.\n",
    )
    config = nnfs.configured(", keys: {x: first, y: second}")
    code, _, err = nnfs("train", config, "--name", "one")
    assert (code, "taken for" in err) == (0, False)
    assert nnfs("evaluate", "one", "--split", "validation")[0] == 0
    save(Path("march.npz"), **{"first second": 6})
    assert "6 test examples" in nnfs("evaluate", "one", "--set", "dataset.test=march.npz")[1]
    assert "6 test examples of data.npz" not in nnfs("evaluate", "one")[1]
    code, _, err = nnfs("check", nnfs.configured(", keys: {x: frist, y: second}"))
    assert err.startswith("data.npz: has no array frist. It holds first (30, 5), ")
    assert err.endswith("Correct dataset.keys.\n")


def test_keys_of_training_arrays_stand_for_those_of_testing(locator):
    save(locator.data_dir / "data.npz", **{"a_train b_train": 12, "a_test b_test": 6, "a_val b_val": 3})
    keys = {"x": "a_train", "y": "b_train"}
    source = SOURCES["npz"]("data.npz", keys=keys, validation="data.npz")
    splits = source.load(locator).splits
    assert {name: len(split) for name, split in splits.items()} == {"train": 12, "validation": 3, "test": 6}


@pytest.mark.parametrize("pairs", list(itertools.combinations([*USUAL[1:], ("x_train", "y_train")], 2)))
def test_two_pairs_are_asked_about(locator, pairs):
    if pairs[0][1] == pairs[1][1]:
        pairs = (pairs[0], (pairs[1][0], pairs[0][1]))
    save(locator.data_dir / "data.npz", **{" ".join(pair): 12 for pair in pairs})
    with pytest.raises(DataError, match=r"which arrays are the examples.*Say it with dataset\.keys: \{x"):
        SOURCES["npz"]("data.npz").spec(locator)


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        ("a", "a"),
        ("x a", "x"),
        ("x_test y_test", "x_test"),
        ("x_train x_test", "x_test"),
        ("X ids", "X"),
        ("images labels", "images"),
        ("images features", None),
        ("a b", None),
        ("X_train y_train", "X_train"),
    ],
)
def test_the_array_to_predict(nnfs, names, taken):
    np.savez("data.npz", **dict(zip(("x", "y"), arrays(30), strict=True)))
    nnfs("train", nnfs.configured(), "--name", "one")
    x = arrays(3)[0]
    np.savez("new.npz", **{name: x if name == taken or taken is None else x[:, :1] for name in names.split()})
    code, out, err = nnfs("predict", "one", "new.npz")
    if taken is None:
        assert (code, "new.npz: which array holds the examples? It holds" in err) == (3, True)
    else:
        assert (code, len(out.splitlines())) == (0, 4)
        assert (f"new.npz: {taken} is taken for the examples" in err) == (taken not in ("a", "x"))


def test_a_share_is_held_out_for_testing(nnfs):
    save(Path("data.npz"), **{"x y": 60})
    code, _, err = nnfs("train", nnfs.configured(", test: 0.25"), "--name", "one")
    assert (code, "36 training examples" in err) == (0, True)
    code, out, _ = nnfs("evaluate", "one", "--json")
    report = json.loads(out)
    assert (report["examples"], [row["examples"] for row in report["classes"]]) == (15, [5, 5, 5])
    nnfs("train", "c.yaml", "--name", "two", "--seed", "7")
    assert json.loads(nnfs("evaluate", "two", "--json")[1])["sha256"] == report["sha256"]
    save(Path("data.npz"), **{"x y": 66})
    code, _, err = nnfs("evaluate", "one")
    assert (code, "the test split was drawn from this file, and comes out differently" in err) == (3, True)


def test_a_share_of_pairs(locator):
    locator.data_dir.mkdir()
    for name, array in zip(("x", "y"), arrays(20), strict=True):
        np.save(locator.data_dir / f"{name}.npy", array)
    source = SOURCES["npz"]({"x": "x.npy", "y": "y.npy"}, test=0.3)
    loaded = source.load(locator)
    splits = divide(loaded.splits, 0.3, DataSettings(validation=0), seed=0)
    counts = {name: len(split) for name, split in splits.items()}
    assert counts == source.sizes(locator, loaded.spec).examples == {"train": 14, "test": 6}
    rows = np.concatenate([splits[name].x for name in counts])
    assert {row.tobytes() for row in rows} == {row.tobytes() for row in arrays(20)[0].astype(rows.dtype)}


def test_arrays_elsewhere_are_found_again(nnfs, tmp_path):
    save(tmp_path / "data.npz", **{"x_train y_train": 60, "x_test y_test": 12})
    nnfs("train", nnfs.configured(), "--name", "one")
    (tmp_path / "elsewhere").mkdir()
    with contextlib.chdir("elsewhere"):
        assert "12 test examples" in nnfs("evaluate", str(tmp_path / "runs" / "one"))[1]


@pytest.mark.parametrize(
    ("trained", "names", "taken"),
    [
        ("bilder arten", "bilder arten", "bilder"),
        ("bilder arten", "nummern bilder", "bilder"),
        ("bilder arten", "x bilder", "bilder"),
        ("a_train b_train", "a_train b_train a_test b_test", "a_test"),
        ("a_train b_train", "a_train b_train", "a_train"),
        ("a_train b_train", "x y", "x"),
        ("bilder arten", "ids other", None),
    ],
)
def test_the_array_to_predict_has_the_name_of_the_training(nnfs, trained, names, taken):
    save(Path("data.npz"), **{trained: 30})
    x, y = trained.split()
    nnfs("train", nnfs.configured(f", keys: {{x: {x}, y: {y}}}"), "--name", "one")
    np.savez("new.npz", **{name: arrays(3)[0] if name in (taken, "ids") else arrays(3)[1] for name in names.split()})
    code, out, err = nnfs("predict", "one", "new.npz")
    assert (code, len(out.splitlines())) == ((0, 4) if taken else (3, 2))
    assert ("is taken for the examples" in err) == (taken not in (None, x, "x"))
    if taken is None:
        assert f"Save that one alone, or as {x}." in err


@pytest.mark.parametrize("form", ["x_{0} y_{0}", "{0}_images {0}_labels", "X_{0} Y_{0}"])
@pytest.mark.parametrize("word", ["val", "valid", "validation"])
def test_validation_data_in_the_training_file(nnfs, form, word):
    save(Path("data.npz"), **{form.format("train"): 60, form.format(word): 9, form.format("test"): 6})
    Path("c.yaml").write_text(CONFIG.replace(", validation: 0.2MORE", ""))
    x, y = form.format(word).split()
    code, _, err = nnfs("train", "c.yaml", "--name", "one")
    assert (code, f"data.npz: {x} and {y} are taken for the validation split\n" in err) == (0, True)
    assert "60 training examples" in err
    assert "warning" not in err
    for split, count in {"train": 60, "validation": 9, "test": 6}.items():
        code, out, err = nnfs("evaluate", "one", "--split", split)
        assert (code, f"{count} {split} examples" in out, err) == (0, True, "")
    assert nnfs("train", "runs/one/config.yaml", "--name", "two")[0] == 0
    assert "9 validation examples" in nnfs("evaluate", "two", "--split", "validation")[1]
    assert nnfs("train", "--resume", "runs/one", "--set", "training.epochs=3")[0] == 0
    assert nnfs("train", "c.yaml", "--name", "three", "--set", "dataset.limit=20")[0] == 0
    assert "20 train examples" in nnfs("evaluate", "three", "--split", "train")[1]


@pytest.mark.parametrize("held", ["0.2", "0", "val.npz", "data.npz"])
def test_validation_that_is_set_leaves_those_arrays(nnfs, held):
    save(Path("data.npz"), **{"x_train y_train": 60, "x_val y_val": 9})
    save(Path("val.npz"), **{"x y": 12})
    code, _, err = nnfs("train", nnfs.configured(), "--name", "one", "--set", f"dataset.validation={held}")
    assert code == 0
    unused = "warning: data.npz: x_val and y_val are not used, dataset.validation is set\n"
    assert (unused in err) == (held != "data.npz")
    count = {"0.2": 12, "val.npz": 12, "data.npz": 9}
    if held in count:
        code, out, err = nnfs("evaluate", "one", "--split", "validation")
        assert (code, f"{count[held]} validation examples" in out, err) == (0, True, "")


def test_half_of_a_pair_is_told_of(nnfs):
    save(Path("data.npz"), **{"x_train y_train": 60, "x_test other": 9, "other2 y_val": 4})
    config = nnfs.configured()
    Path(config).write_text(CONFIG.replace(", validation: 0.2MORE", ""))
    code, _, err = nnfs("check", config)
    assert code == 0
    assert "warning: data.npz: x_test is not used: there is no y_test\n" in err
    assert "warning: data.npz: y_val is not used: there is no x_val\n" in err
    with np.load("data.npz") as archive:
        arrays = dict(archive)
    np.savez("data.npz", **arrays, y_test=arrays["other"])
    assert nnfs("train", config, "--name", "one")[0] == 0
    assert "9 test examples" in nnfs("evaluate", "one")[1]


def test_data_of_other_splits_beside_arrays_that_are_named(locator):
    save(locator.data_dir / "data.npz", **{"x y": 12, "x_test y_test": 6, "val_x val_y": 5, "faces names": 8})
    source, said = SOURCES["npz"]("data.npz", keys={"x": "x", "y": "y"}), []
    loaded = source.load(dataclasses.replace(locator, say=said.append))
    assert {name: len(split) for name, split in loaded.splits.items()} == {"train": 12, "validation": 5, "test": 6}
    assert len(said) == 2
    other = SOURCES["npz"]("data.npz", keys={"x": "faces", "y": "names"})
    assert list(other.load(locator).splits) == ["train"]
