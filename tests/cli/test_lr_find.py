"""nnfs lr-find: one number, and what is behind it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from nnfs_cli.training.rates.suggestions import METHODS as METHODS_OF

END = ("csv", "json", "png")
METHODS = ("valley", "steep", "minimum", "slide")


def test_the_answer_is_the_number_alone(nnfs):
    done = nnfs("lr-find", "tiny.yaml")
    assert done.code == 0
    assert done.out == f"{float(done.out):.3g}\n"
    assert 1e-7 < float(done.out) < 10


def test_json_has_all_suggestions(nnfs):
    answer = json.loads(nnfs("lr-find", "tiny.yaml", "--json").out)
    assert (answer["method"], answer["run"]) == ("minimum", "runs/tiny-lr-find-1")
    assert answer["lr"] == answer["suggestions"]["minimum"]
    assert tuple(answer["suggestions"]) == METHODS


@pytest.mark.parametrize("method", METHODS)
def test_every_method_can_be_chosen(nnfs, method):
    done = nnfs("lr-find", "tiny.yaml", "--json", "--method", method)
    report = json.loads(Path("runs/tiny-lr-find-1/lr_find.json").read_text())
    assert (report["method"], report["lr"]) == (method, report["suggestions"][method])
    if report["lr"] is None:
        assert (done.code, done.out, done.err.count(f"{method} finds no rate")) == (5, "", 1)
    else:
        assert (done.code, json.loads(done.out)["lr"]) == (0, report["lr"])


def test_the_steps_and_a_picture_are_kept(nnfs):
    nnfs("lr-find", "tiny.yaml", "--steps", "30", "--min-lr", "1e-5", "--max-lr", "1e-2")
    folder = Path("runs/tiny-lr-find-1")
    head, *rows = csv.reader((folder / "lr_find.csv").read_text().splitlines())
    rates = [float(row[1]) for row in rows]
    assert head == ["step", "lr", "loss", "smoothed"]
    assert len(rows) == 30
    assert rates[0] == pytest.approx(1e-5)
    assert rates[-1] == pytest.approx(1e-2)
    assert rates[1] / rates[0] == pytest.approx(rates[-1] / rates[-2])
    assert set(json.loads((folder / "lr_find.json").read_text())) == {"method", "lr", "suggestions", "end", "doubt"}
    assert (folder / "lr_find.png").exists()


def test_it_never_takes_the_number_of_a_training(nnfs):
    nnfs("lr-find", "tiny.yaml", "--steps", "20")
    assert nnfs("train", "tiny.yaml", "--quiet").out == "runs/tiny-1\n"


@pytest.mark.parametrize(
    ("overrides", "line"),
    [((), "lr: {}"), (("--set", "scheduler={type: one_cycle, max_lr: 1}"), "max_lr: {}")],
)
def test_write_makes_a_configuration_with_the_rate(nnfs, overrides, line):
    done = nnfs("lr-find", "tiny.yaml", "--write", "found.yaml", "--seed", "4", *overrides)
    text = Path("found.yaml").read_text()
    assert line.format(done.out.strip()) in text
    assert "seed: 4\n" in text
    assert nnfs("check", "found.yaml").code == 0
    assert nnfs("train", "found.yaml").code == 0


SEVERAL = "scheduler={type: sequential, milestones: [0.5], schedulers: [{type: cosine, max_lr: 1}, constant]}"


def test_write_refuses_a_scheduler_with_several_rates(nnfs):
    done = nnfs("lr-find", "tiny.yaml", "--write", "found.yaml", "--set", SEVERAL)
    assert (done.code, done.out) == (2, "")
    assert "scheduler sequential has no rate of its own to set" in done.err
    assert not Path("found.yaml").exists()
    assert not Path("runs").exists()


@pytest.mark.parametrize("scheduler", ["cyclical", "cosine_restarts", "polynomial", "plateau"])
def test_the_rate_is_that_of_the_scheduler(nnfs, scheduler):
    done = nnfs("lr-find", "tiny.yaml", "--write", "found.yaml", "--set", f"scheduler={{type: {scheduler}, max_lr: 1}}")
    assert f"max_lr: {done.out.strip()}" in Path("found.yaml").read_text()
    assert nnfs("lr-find", "tiny.yaml", "--set", SEVERAL).out == done.out


def test_the_seed_of_the_command_line_is_that_of_the_test(nnfs):
    def steps(*options: str) -> str:
        folder = json.loads(nnfs("lr-find", "tiny.yaml", "--max-lr", "1", "--json", *options).out)["run"]
        return Path(folder, "lr_find.csv").read_text()

    assert steps("--seed", "4") == steps("--set", "seed=4") != steps()


def test_write_never_overwrites(nnfs):
    done = nnfs("lr-find", "tiny.yaml", "--write", "tiny.yaml")
    assert (done.code, done.out) == (2, "")
    assert "--write tiny.yaml: exists." in done.err
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("low", "high"), [("1", "0.1"), ("1", "1"), ("nan", "1"), ("1", "nan"), ("1", "inf"), ("0", "1")]
)
def test_rates_that_make_no_range(nnfs, low, high):
    done = nnfs("lr-find", "tiny.yaml", "--min-lr", low, "--max-lr", high)
    assert (done.code, done.out) == (2, "")
    assert "--min-lr" in done.err or "--max-lr" in done.err


def test_no_rate_is_no_answer(nnfs):
    done = nnfs("lr-find", "tiny.yaml", "--min-lr", "1e6", "--max-lr", "1e7")
    assert (done.code, done.out) == (5, "")
    assert "no rate from 1e+06 to 1.02e+06 lets the loss fall by more than it varies from batch to batch." in done.err
    assert "Try a smaller --min-lr, more --steps or a larger training.batch_size" in done.err
    assert "runs/tiny-lr-find-1/lr_find.png" in done.err
    assert not set(done.err) & {"\r", "\x1b"}


def test_a_range_that_never_moves_the_loss_gives_no_number(nnfs):
    done = nnfs("lr-find", "tiny.yaml", "--max-lr", "1e-6", "--json")
    assert (done.code, done.out) == (5, "")
    assert "no rate from 1e-07 to 1e-06 lets the loss fall by more than it varies" in done.err
    assert "Try a larger --max-lr, more --steps or a larger training.batch_size" in done.err
    report = json.loads(Path("runs/tiny-lr-find-1/lr_find.json").read_text())
    assert (report["lr"], set(report["suggestions"].values()), report["doubt"]) == (None, {None}, None)


def test_a_method_that_finds_nothing_names_those_that_do(nnfs, monkeypatch):
    for name, rate in (("slide", None), ("valley", 1e-300), ("minimum", None)):
        monkeypatch.setitem(METHODS_OF, name, lambda rates, losses, rate=rate: rate)
    done = nnfs("lr-find", "tiny.yaml", "--method", "slide")
    assert (done.code, done.out) == (5, "")
    steep = json.loads(Path("runs/tiny-lr-find-1/lr_find.json").read_text())["suggestions"]["steep"]
    assert f"slide finds no rate where the loss falls. Use --method steep ({steep:.3g})." in done.err


def test_suggestions_that_span_more_than_a_decade_come_with_advice(nnfs, monkeypatch):
    monkeypatch.setitem(METHODS_OF, "minimum", lambda rates, losses: float(rates[losses.argmin()] / 1000))
    done = nnfs("lr-find", "tiny.yaml")
    report = json.loads(Path("runs/tiny-lr-find-1/lr_find.json").read_text())
    assert done.code == 0
    assert report["doubt"] in done.err
    assert "Trust minimum, which trains best;" in report["doubt"]


def test_a_loss_that_is_infinite_from_the_start(nnfs):
    Path("huge.csv").write_text("a,b\n" + "1e30,2e30\n3e30,4e30\n" * 4)
    data = "dataset={type: csv, train: huge.csv, target: b, task: regression, standardize: false}"
    layers = "model.layers=[{type: dense, units: 1}]"
    done = nnfs("lr-find", "tiny.yaml", "--set", data, "--set", layers, "--set", "loss=mse")
    assert (done.code, done.out) == (5, "")
    assert "Warning" not in done.err
    assert "No rate changes that: look at the data" in done.err


def test_its_directory_holds_its_files_alone(nnfs):
    nnfs("lr-find", "tiny.yaml", "--steps", "20")
    assert {path.name for path in Path("runs/tiny-lr-find-1").iterdir()} == {f"lr_find.{end}" for end in END}


@pytest.mark.parametrize("monitor", ["val_accuracy", "train_accuracy", "val_roc_auc"])
def test_what_a_training_is_judged_by_is_no_matter(nnfs, monitor):
    expected = nnfs("lr-find", "tiny.yaml", "--steps", "20")
    done = nnfs("lr-find", "tiny.yaml", "--steps", "20", "--set", f"training.monitor={monitor}")
    assert (done.code, done.out) == (expected.code, expected.out)
