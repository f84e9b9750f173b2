"""nnfs train --folds: what it leaves, held against figures that plain NumPy computes from the table of answers."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.cli.cross_validations import (
    FLOWERS,
    KINDS,
    answers,
    assert_same,
    column,
    read,
    summary,
    weights,
    write_flowers,
)
from tests.cli.program import TINY
from tests.data.samples import write_idx_files, write_pictures
from tests.resilience.forks import needs_fork

TABLE = "csv, train: flowers.csv, target: kind, drop: [plot, count, price]"


@pytest.fixture(autouse=True)
def flowers(directory) -> None:
    write_flowers()
    Path("flowers.yaml").write_text(FLOWERS)


def figures_of_classes(rows, classes) -> dict[str, float]:
    """Loss and accuracy, from the probabilities of the true and of the likeliest class."""
    p = np.array([[float(row[f"p_{name}"]) for name in classes] for row in rows])
    true = np.array([classes.index(row["true"]) for row in rows])
    return {"loss": -np.log(p[np.arange(len(p)), true]).mean(), "accuracy": np.mean(p.argmax(axis=1) == true)}


def figures_of_values(rows) -> dict[str, float]:
    true, said = column(rows, "true_price"), column(rows, "price")
    mse = np.mean((said - true) ** 2)
    r2 = 1 - ((said - true) ** 2).sum() / ((true - true.mean()) ** 2).sum()
    return {"mse": mse, "rmse": mse**0.5, "mae": np.abs(said - true).mean(), "r2": r2}


def assert_figures(known, by_fold, pooled) -> None:
    """Those of each fold, their mean and deviation (n - 1), and those of all answers at once."""
    for name, value in pooled.items():
        each = [figures[name] for figures in by_fold]
        np.testing.assert_allclose([run["metrics"][name] for run in known["runs"]], each, rtol=1e-5)
        found = known["metrics"][name]
        expected = [np.mean(each), np.std(each, ddof=1), value]
        np.testing.assert_allclose([found["mean"], found["std"], found["pooled"]], expected, rtol=1e-5, atol=1e-9)


def in_fold(rows, fold: int) -> list[dict[str, str]]:
    return [row for row in rows if row["fold"] == str(fold)]


@pytest.mark.parametrize("folds", [2, 5])
def test_figures_of_classes_are_those_of_the_table(nnfs, folds):
    done = nnfs("train", "flowers.yaml", "--folds", str(folds))
    assert (done.code, done.out) == (0, "runs/flowers-1\n")
    rows, known = answers("runs/flowers-1"), summary("runs/flowers-1")
    table = read("flowers.csv")
    assert list(rows[0]) == ["source", "fold", "true", "label", "probability", "p_lily", "p_rose", "p_tulip"]
    assert [row["source"] for row in rows] == [f"flowers.csv[{k}]" for k in range(90)]
    assert [row["true"] for row in rows] == [row["kind"] for row in table]
    for row in rows:
        p = [float(row[f"p_{name}"]) for name in KINDS]
        assert sum(p) == pytest.approx(1)
        assert (row["label"], float(row["probability"])) == (KINDS[int(np.argmax(p))], max(p))
    by_fold = [figures_of_classes(in_fold(rows, fold), KINDS) for fold in range(1, folds + 1)]
    assert_figures(known, by_fold, figures_of_classes(rows, KINDS))
    assert (known["status"], known["folds"], known["examples"]) == ("completed", folds, 90)
    assert known["seconds"] == pytest.approx(sum(run["seconds"] for run in known["runs"]))


@pytest.mark.parametrize("folds", [2, 5])
def test_every_class_is_in_every_fold_in_equal_parts(nnfs, folds):
    nnfs("train", "flowers.yaml", "--folds", str(folds), "--quiet")
    rows, known = answers("runs/flowers-1"), summary("runs/flowers-1")
    for kind in KINDS:
        counts = [sum(row["true"] == kind for row in in_fold(rows, fold)) for fold in range(1, folds + 1)]
        assert max(counts) - min(counts) <= 1
    for run in known["runs"]:
        sizes = run["examples"]
        assert sizes["test"] == len(in_fold(rows, run["fold"]))
        assert sum(sizes.values()) == 90
        assert sizes["validation"] == round(0.1 * (90 - sizes["test"]))


def test_figures_of_values_are_those_of_the_table(nnfs):
    Path("prices.yaml").write_text(
        FLOWERS.replace("price", "kind")
        .replace("target: kind", "target: price")
        .replace("cross_entropy", "mse")
        .replace("units: 3", "units: 1")
    )
    assert nnfs("train", "prices.yaml", "--folds", "3").code == 0
    rows, known = answers("runs/prices-1"), summary("runs/prices-1")
    assert list(rows[0]) == ["source", "fold", "true_price", "price"]
    assert column(rows, "true_price").tolist() == [float(row["price"]) for row in read("flowers.csv")]
    by_fold = [figures_of_values(in_fold(rows, fold)) for fold in (1, 2, 3)]
    assert_figures(known, by_fold, figures_of_values(rows))
    sizes = [run["examples"]["test"] for run in known["runs"]]
    losses = [run["metrics"]["loss"] for run in known["runs"]]
    assert known["metrics"]["loss"]["pooled"] == pytest.approx(np.average(losses, weights=sizes))


def test_groups_are_held_out_as_a_whole_and_weights_count_in_the_training_alone(nnfs):
    Path("flowers.yaml").write_text(
        FLOWERS.replace("target: kind", "target: kind, group: plot, weight: count").replace(
            "plot, count, price", "price"
        )
    )
    assert nnfs("train", "flowers.yaml", "--folds", "3").code == 0
    rows, known = answers("runs/flowers-1"), summary("runs/flowers-1")
    plots = [row["plot"] for row in read("flowers.csv")]
    folds_of = {plot: {row["fold"] for row, other in zip(rows, plots, strict=True) if other == plot} for plot in plots}
    assert all(len(folds) == 1 for folds in folds_of.values())
    assert len(set.union(*folds_of.values())) == 3
    by_fold = [figures_of_classes(in_fold(rows, fold), KINDS) for fold in (1, 2, 3)]
    assert_figures(known, by_fold, figures_of_classes(rows, KINDS))


def test_each_fold_says_what_its_own_network_predicts(nnfs):
    """`predict` on the whole file, of which the rows that a fold held out are those of out-of-fold.csv."""
    nnfs("train", "flowers.yaml", "--folds", "3", "--quiet")
    rows = answers("runs/flowers-1")
    for fold in (1, 2, 3):
        said = list(csv.DictReader(nnfs("predict", f"runs/flowers-1/fold-{fold}", "flowers.csv").out.splitlines()))
        assert [row["source"] for row in said] == [row["source"] for row in rows]
        held = [(a, b) for a, b in zip(rows, said, strict=True) if a["fold"] == str(fold)]
        assert [a["label"] for a, _ in held] == [b["label"] for _, b in held]
        for a, b in held:
            assert float(a["probability"]) == pytest.approx(float(b["probability"]), rel=1e-4)
        others = [a["probability"][:5] == b["probability"][:5] for a, b in zip(rows, said, strict=True)]
        assert not all(others)


def test_each_fold_is_a_run_of_its_own(nnfs):
    nnfs("train", "flowers.yaml", "--folds", "3", "--quiet")
    fold = Path("runs/flowers-1/fold-2")
    config = yaml.safe_load((fold / "config.yaml").read_text())
    assert (config["dataset"]["fold"], config["dataset"]["folds"], config["dataset"]["test"]) == (2, 3, None)
    assert nnfs("train", fold / "config.yaml", "--name", "again", "--quiet").code == 0
    assert weights(Path("runs/again")) == weights(fold)
    report = json.loads(nnfs("evaluate", fold, "--json").out)
    measured = summary("runs/flowers-1")["runs"][1]
    assert {name: report[name] for name in measured["metrics"]} == measured["metrics"]
    assert json.loads((fold / "evaluation-test.json").read_text()) == report
    assert (fold / "curves.png").read_bytes() == b"picture"
    best = min(read(fold / "metrics.csv"), key=lambda row: float(row["val_loss"]))
    assert (measured["best_epoch"], measured["best"]) == (int(best["epoch"]), pytest.approx(float(best["val_loss"])))


def test_the_configuration_that_is_left_repeats_all_folds(nnfs):
    nnfs("train", "flowers.yaml", "--folds", "3", "--seed", "7", "--set", "training.epochs=2", "--quiet")
    assert nnfs("train", "runs/flowers-1/config.yaml", "--folds", "3", "--name", "again", "--quiet").code == 0
    first, again = summary("runs/flowers-1"), summary("runs/again")
    assert (first["seed"], again["seed"]) == (7, 7)
    assert first["metrics"] == again["metrics"]
    assert answers("runs/flowers-1") == answers("runs/again")


def test_the_folds_are_the_same_for_every_seed(nnfs):
    for seed in ("1", "2"):
        nnfs("train", "flowers.yaml", "--folds", "3", "--seed", seed, "--name", seed, "--quiet")
    one, two = answers("runs/1"), answers("runs/2")
    assert [row["fold"] for row in one] == [row["fold"] for row in two]
    assert [row["probability"] for row in one] != [row["probability"] for row in two]


@needs_fork
def test_the_results_do_not_depend_on_how_many_folds_run_at_once(nnfs, monkeypatch):
    for cores, name in ((1, "one"), (4, "four")):
        monkeypatch.setattr("nnfs_cli.sessions.folds.plan.physical_cores", lambda cores=cores: cores)
        done = nnfs("train", "flowers.yaml", "--folds", "5", "--name", name)
        assert ("4 at once" if cores == 4 else "one after the other") in done.err
    monkeypatch.setattr("nnfs_cli.system.side_by_side.can_fork", lambda: False)
    nnfs("train", "flowers.yaml", "--folds", "5", "--name", "without", "--quiet")
    for name in ("one", "without"):
        for known in (Path("runs", name, "folds.json"),):
            known.write_text(known.read_text().replace(f'"{name}"', '"four"'))
        assert_same(f"runs/{name}", "runs/four")


@pytest.mark.parametrize(
    ("cores", "options", "at_once"),
    [
        (8, (), "5 at once"),
        (4, ("--workers", "2"), "2 at once"),
        (5, ("--set", "training.threads=2"), "2 at once"),
        (1, ("--workers", "2"), "one after the other"),
    ],
)
def test_there_are_never_more_processes_than_cores(nnfs, monkeypatch, cores, options, at_once):
    monkeypatch.setattr("nnfs_cli.sessions.folds.plan.physical_cores", lambda: cores)
    done = nnfs("train", "flowers.yaml", "--folds", "5", "--set", "training.max_steps=1", *options)
    assert f"5 folds, {at_once}\n" in done.err
    run = json.loads(Path("runs/flowers-1/fold-3/summary.json").read_text())
    assert run["workers"] == (2 if "--workers" in options else 1)


def test_no_more_folds_at_once_than_there_is_memory_for(nnfs, monkeypatch):
    monkeypatch.setattr("nnfs_cli.sessions.folds.plan.physical_cores", lambda: 8)
    monkeypatch.setattr("nnfs_cli.sessions.folds.plan.available_memory", lambda: 1)
    done = nnfs("train", "flowers.yaml", "--folds", "3", "--set", "training.max_steps=1")
    assert "3 folds, one after the other\n" in done.err


def test_what_is_said(nnfs):
    done = nnfs("train", "flowers.yaml", "--folds", "3", "--set", "dataset.test=0.2")
    assert (
        "warning: dataset.test is left out: each of the 3 folds is tested on the examples that it holds out" in done.err
    )
    known = summary("runs/flowers-1")
    for run in known["runs"]:
        assert f"fold {run['fold']}/3 begins\n" in done.err
        accuracy = 100 * run["metrics"]["accuracy"]
        said = f"fold {run['fold']}/3: val_loss {run['best']:.4g}, test accuracy {accuracy:.2f} %, "
        assert f"{said}{run['seconds']:.1f} s\n" in done.err
    lines = [re.split("  +", line) for line in done.err.splitlines()]
    table = lines[lines.index(["test", "mean", "std", "pooled"]) :]
    shares = ("accuracy", "balanced_accuracy", "macro_f1")
    shown = {
        name: [f"{100 * figure[key]:.2f} %" if name in shares else f"{figure[key]:.4g}" for key in table[0][1:]]
        for name, figure in known["metrics"].items()
    }
    assert {name: cells for name, *cells in table[1:]} == shown
    assert {"loss", "accuracy"} <= set(shown)
    assert "\r" not in done.err
    assert "\x1b" not in done.err


def test_an_answer_for_programs(nnfs):
    done = nnfs("train", "flowers.yaml", "--folds", "3", "--json", "--quiet", "--name", "folds")
    answer, known = json.loads(done.out), summary("runs/folds")
    assert done.err == ""
    assert answer == {
        "run": "runs/folds",
        "status": "completed",
        **{key: known[key] for key in ("folds", "examples", "metrics", "seconds")},
    }


def test_rows_without_an_answer_are_left_out_and_counted(nnfs):
    lines = Path("flowers.csv").read_text().splitlines()
    for row, word in ((0, ""), (40, "NA"), (89, "unknown")):
        lines[row + 1] = lines[row + 1].rpartition(",")[0] + f",{word}"
    Path("flowers.csv").write_text("\n".join(lines) + "\n")
    Path("flowers.yaml").write_text(FLOWERS.replace("target: kind", "target: kind, na_values: [unknown]"))
    done = nnfs("train", "flowers.yaml", "--folds", "3")
    assert done.err.count("3 of 90 rows have no answer in kind") == 1
    rows = answers("runs/flowers-1")
    assert [row["source"] for row in rows] == [f"flowers.csv[{k}]" for k in range(90) if k not in (0, 40, 89)]
    assert [row["true"] for row in rows] == [
        line.rpartition(",")[2] for line in lines[1:] if line[-3:] in "lilyrosetulip"
    ]


def test_values_that_are_missing(nnfs):
    lines = Path("flowers.csv").read_text().splitlines()
    cells = lines[8].split(",")
    lines[8] = ",".join([*cells[:5], "n/a", cells[6]])
    Path("flowers.csv").write_text("\n".join(lines) + "\n")
    Path("prices.yaml").write_text(
        FLOWERS.replace("price", "kind")
        .replace("target: kind", "target: price")
        .replace("cross_entropy", "mse")
        .replace("units: 3", "units: 1")
    )
    nnfs("train", "prices.yaml", "--folds", "3", "--quiet")
    assert [row["source"] for row in answers("runs/prices-1")] == [f"flowers.csv[{k}]" for k in range(90) if k != 7]


def test_classes_that_not_every_fold_tests_are_named(nnfs):
    with open("flowers.csv", "a") as file:
        file.write("1,1,red,p0,1,10,orchid\n2,1,red,p0,1,10,orchid\n")
    Path("flowers.yaml").write_text(FLOWERS.replace("units: 3", "units: 4"))
    done = nnfs("train", "flowers.yaml", "--folds", "3", "--set", "training.epochs=1")
    assert "1 class of fewer than 3 examples, so that some folds test none: 'orchid'" in done.err
    assert nnfs("train", "flowers.yaml", "--folds", "2", "--set", "training.epochs=1").err.count("test none") == 0


def test_a_word_for_a_missing_class_may_be_a_class(nnfs):
    lines = Path("flowers.csv").read_text().replace("tulip", "NA").splitlines()
    Path("flowers.csv").write_text("\n".join([*lines[:-1], lines[-1].rpartition(",")[0] + ","]) + "\n")
    rule = "target: kind, columns: {kind: {missing: category}}"
    Path("flowers.yaml").write_text(FLOWERS.replace("target: kind", rule))
    nnfs("train", "flowers.yaml", "--folds", "3", "--quiet")
    rows = answers("runs/flowers-1")
    assert [row["source"] for row in rows] == [f"flowers.csv[{k}]" for k in range(89)]
    assert [row["true"] for row in rows] == [line.rpartition(",")[2] for line in lines[1:-1]]


def test_a_file_to_validate_with_is_that_of_every_fold(nnfs):
    write_flowers(Path("others.csv"), rows=30)
    for name, count in (("flowers.csv", 2), ("others.csv", 3)):
        with open(name, "a") as file:
            file.write("1,1,red,p0,1,10,orchid\n" * count)
    Path("flowers.yaml").write_text(FLOWERS.replace("units: 3", "units: 4"))
    done = nnfs("train", "flowers.yaml", "--folds", "3", "--set", "dataset.validation=others.csv")
    assert "1 class of fewer than 3 examples, so that some folds test none: 'orchid'" in done.err
    sizes = [run["examples"] for run in summary("runs/flowers-1")["runs"]]
    assert [size["validation"] for size in sizes] == [33] * 3
    assert [size["train"] + size["test"] for size in sizes] == [92] * 3


def test_what_should_be_known_of_all_folds_is_said_once(nnfs):
    rng = np.random.default_rng(1)
    np.savez("arrays.npz", features=rng.normal(size=(40, 3)), labels=np.arange(40) % 3)
    text = FLOWERS.replace(TABLE, "npz, train: arrays.npz").replace("type: adam", "type: adam, weight_decay: 0")
    Path("arrays.yaml").write_text(text + "scheduler: {type: one_cycle, max_lr: 0.01}\n")
    done = nnfs("train", "arrays.yaml", "--folds", "3", "--set", "dataset.keys={x: features, y: labels}")
    assert done.err.count("arrays.yaml:4: optimizer.lr: has no effect, scheduler one_cycle sets the rate.") == 1
    assert done.err.count("has no effect") == 1
    nnfs("train", "arrays.yaml", "--folds", "3", "--name", "guessed")
    assert answers("runs/guessed") == answers("runs/arrays-1")


def test_arrays_of_two_files(nnfs):
    rng = np.random.default_rng(1)
    np.save("x.npy", rng.normal(size=(40, 3)))
    np.save("y.npy", rng.normal(size=(40, 2)))
    text = FLOWERS.replace(TABLE, "npz, train: {y: y.npy, x: x.npy}")
    Path("arrays.yaml").write_text(text.replace("cross_entropy", "mse").replace("units: 3", "units: 2"))
    assert nnfs("train", "arrays.yaml", "--folds", "4").code == 0
    rows = answers("runs/arrays-1")
    assert list(rows[0]) == ["source", "fold", "true_value_1", "true_value_2", "value_1", "value_2"]
    assert [row["source"] for row in rows] == [f"x.npy[{k}]" for k in range(40)]
    true = np.stack([column(rows, "true_value_1"), column(rows, "true_value_2")], axis=1)
    np.testing.assert_array_equal(true, np.load("y.npy"))
    said = np.stack([column(rows, "value_1"), column(rows, "value_2")], axis=1)
    mse = summary("runs/arrays-1")["metrics"]["mse"]["pooled"]
    assert mse == pytest.approx(np.mean((said - true) ** 2))


def test_pictures_are_called_by_their_paths(nnfs):
    write_pictures(Path("pictures"), 9)
    text = FLOWERS.replace(TABLE, "images, train: pictures, size: 6, channels: 1")
    Path("pictures.yaml").write_text(
        text.replace("[{type: dense", "[flatten, {type: dense").replace("units: 3", "units: 2")
    )
    assert nnfs("train", "pictures.yaml", "--folds", "3").code == 0
    rows = answers("runs/pictures-1")
    assert {row["source"] for row in rows} == {str(path) for path in Path("pictures").rglob("*.png")}
    assert all(Path(row["source"]).parent.name == row["true"] for row in rows)


def test_images_of_mnist(nnfs):
    write_idx_files(Path("data/fashion_mnist"))
    Path("fashion.yaml").write_text(TINY.replace("digits, limit: 200", "fashion_mnist"))
    done = nnfs("train", "fashion.yaml", "--folds", "4", "--set", "dataset.validation=8")
    assert done.code == 0
    assert "warning: the test split of fashion_mnist is left out" in done.err
    rows = answers("runs/fashion-1")
    assert [row["source"] for row in rows] == [f"data/fashion_mnist/train-images-idx3-ubyte.gz[{k}]" for k in range(40)]
    assert summary("runs/fashion-1")["runs"][0]["examples"] == {"train": 22, "validation": 8, "test": 10}


def test_more_examples_than_a_network_takes_at_once(nnfs):
    write_flowers(rows=9_000)
    nnfs("train", "flowers.yaml", "--folds", "2", "--set", "training.max_steps=3", "--quiet")
    rows, known = answers("runs/flowers-1"), summary("runs/flowers-1")
    assert [row["source"] for row in rows] == [f"flowers.csv[{k}]" for k in range(9_000)]
    by_fold = [figures_of_classes(in_fold(rows, fold), KINDS) for fold in (1, 2)]
    assert_figures(known, by_fold, figures_of_classes(rows, KINDS))
