"""max_lr: auto: the rate is found before the training, which is then the one with that number."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from nnfs_cli.config import load
from nnfs_cli.runs import checkpoint
from nnfs_cli.sessions.rates import lr_find

AUTO = ("--set", "scheduler={type: one_cycle, max_lr: auto}")
HIDDEN = "{type: dense, units: 12}, batch_norm, relu, {type: dropout, rate: 0.2}"
LAYERS = f"model.layers=[flatten, {HIDDEN}, {{type: dense, units: 10}}]"
WAVES = "{type: sequential, milestones: [0.5], schedulers: [{type: cosine, max_lr: auto}, {type: step, max_lr: 0.01}]}"


def rate_of(run: str) -> Any:
    return load(Path(run, "config.yaml")).scheduler.arguments["max_lr"]


def tensors(run: str) -> dict[str, bytes]:
    saved = checkpoint.read(Path(run, "checkpoints", "last.safetensors")).tensors
    return {name: array.tobytes() for name, array in saved.items()}


def same(one: str, other: str) -> bool:
    tables = [Path(run, "steps.csv").read_bytes() for run in (one, other)]
    return tables[0] == tables[1] and tensors(one) == tensors(other)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_is_the_training_with_the_number_that_lr_find_suggests(nnfs, workers):
    network = ("--set", LAYERS, "--workers", workers)
    done = nnfs("train", "tiny.yaml", *AUTO, *network)
    run, suggested = done.out.strip(), nnfs("lr-find", "tiny.yaml", "--set", LAYERS, *AUTO).out.strip()
    assert f"max_lr: {float(suggested):g}, found by a range test\n" in done.err
    assert rate_of(run) == float(suggested)
    number = ("--set", f"scheduler={{type: one_cycle, max_lr: {suggested}}}")
    assert same(run, nnfs("train", "tiny.yaml", *number, *network, "--quiet").out.strip())
    again = nnfs("train", f"{run}/config.yaml")
    assert same(run, again.out.strip())
    assert "range test" not in again.err


def test_the_rate_is_a_matter_of_the_seed_alone(nnfs):
    def rate(*options: str) -> float:
        return rate_of(nnfs("train", "tiny.yaml", *AUTO, "--quiet", *options).out.strip())

    longer = ("--set", "training.epochs=3", "--set", "training.early_stopping={patience: 1}")
    assert rate() == rate(*longer) == rate("--workers", "2") != rate("--seed", "1")


def test_quiet_says_nothing(nnfs):
    assert nnfs("train", "tiny.yaml", *AUTO, "--quiet", "--set", "optimizer.lr=null").err == ""


def test_a_run_that_goes_on_and_all_that_read_it_have_the_number(nnfs):
    whole = nnfs("train", "tiny.yaml", *AUTO, "--quiet", "--set", "training.epochs=4").out.strip()
    run = nnfs("train", "tiny.yaml", *AUTO, "--quiet", "--set", "training.epochs=2").out.strip()
    resumed = nnfs("train", "--resume", run, "--set", "training.epochs=4")
    assert (resumed.code, rate_of(run)) == (0, rate_of(whole))
    assert "range test" not in resumed.err
    assert nnfs("evaluate", run).code == 0
    refused = nnfs("train", "--resume", run, "--set", "scheduler.max_lr=auto", "--set", "training.epochs=5")
    assert (refused.code, "scheduler.max_lr=…: cannot change" in refused.err) == (2, True)


def test_a_run_that_was_killed_before_its_first_checkpoint_finds_it_again(nnfs):
    run = nnfs("train", "tiny.yaml", *AUTO, "--quiet").out.strip()
    killed = Path("runs", "killed")
    (killed / "checkpoints").mkdir(parents=True)
    config = Path(run, "config.yaml").read_text()
    (killed / "config.yaml").write_text(re.sub(r"max_lr: [^,}\n]+", "max_lr: auto", config))
    assert "max_lr: auto" in (killed / "config.yaml").read_text()
    assert nnfs("train", "--resume", str(killed), "--quiet").code == 0
    assert same(run, str(killed))


def test_from_other_weights_it_begins_there_too(nnfs):
    first = nnfs("train", "tiny.yaml", *AUTO, "--quiet", "--set", "training.max_steps=2").out.strip()
    options = ("--init-from", first, "--set", "training.max_steps=2", "--quiet")
    run = nnfs("train", "tiny.yaml", *AUTO, *options).out.strip()
    number = f"scheduler={{type: one_cycle, max_lr: {rate_of(run)}}}"
    assert same(run, nnfs("train", "tiny.yaml", "--set", number, *options).out.strip())
    assert tensors(run)["model.1.weight"] != tensors(first)["model.1.weight"]


def test_each_fold_has_its_own(nnfs):
    done = nnfs("train", "tiny.yaml", *AUTO, "--folds", "2")
    folder = Path(done.out.strip())
    rates = [rate_of(str(folder / f"fold-{fold}")) for fold in (1, 2)]
    for fold, rate in enumerate(rates, 1):
        assert f"fold {fold}/2 begins, max_lr: {rate:g}, found by a range test\n" in done.err
    assert load(folder / "config.yaml").scheduler.arguments["max_lr"] == "auto"


def test_in_a_sequence_only_what_is_left_open_is_found(nnfs):
    run = nnfs("train", "tiny.yaml", "--set", f"scheduler={WAVES}", "--quiet").out.strip()
    first, second = (choice.arguments["max_lr"] for choice in list(load(Path(run, "config.yaml")).scheduler.walk())[1:])
    assert second == 0.01
    assert 1e-7 < first < 10


def test_check_says_what_will_be_found(nnfs):
    done = nnfs("check", "tiny.yaml", "--set", f"scheduler={WAVES}")
    assert "scheduler.schedulers[0].max_lr: auto, which nnfs train finds with a range test first\n" in done.out
    assert "auto" not in nnfs("check", "tiny.yaml").out


def test_the_memory_of_the_first_weights_is_announced(nnfs):
    def network(rate: str) -> int:
        answer = nnfs("check", "tiny.yaml", "--json", "--set", f"scheduler={{type: one_cycle, max_lr: {rate}}}").out
        return json.loads(answer)["memory"]["network"]

    assert network("auto") - network("1") == 4 * (16 * 65 + 10 * 17)


def test_lr_find_writes_the_number(nnfs):
    rate = nnfs("lr-find", "tiny.yaml", *AUTO, "--write", "found.yaml").out.strip()
    assert load(Path("found.yaml")).scheduler.arguments["max_lr"] == float(rate)


def test_where_no_rate_is_found_one_line_says_so_and_nothing_is_left(nnfs):
    Path("noise.yaml").write_text(Path("tiny.yaml").read_text() + "\nscheduler: {type: one_cycle, max_lr: auto}\n")
    done = nnfs("train", "noise.yaml", "--set", "training.batch_size=1", "--set", "dataset.limit=20", "--set", NOTHING)
    assert (done.code, done.out) == (5, "")
    line = len(Path("noise.yaml").read_text().splitlines())
    assert done.err.startswith(f"noise.yaml:{line}: scheduler.max_lr: auto finds no rate: none from 1e-07 to ")
    assert "Give a number such as 3e-3, or set a larger training.batch_size" in done.err
    assert done.err.count("\n") == 1
    assert not list(Path("runs").glob("*"))


def test_a_rate_below_the_smallest_one_is_one_line_and_nothing_is_left(nnfs):
    scheduler = WAVES.replace("max_lr: auto", "max_lr: auto, min_lr: 9.5")
    done = nnfs("train", "tiny.yaml", "--set", f"scheduler={scheduler}")
    assert (done.code, done.out) == (2, "")
    line = done.err.splitlines()[-1]
    assert ": scheduler.schedulers[0].min_lr: expected at most the max_lr that the range test finds, " in line
    assert line.endswith(", got 9.5. Set a smaller min_lr.")
    assert not list(Path("runs").glob("*"))


NOTHING = "model.layers=[{type: dropout, rate: 0.99}, flatten, {type: dense, units: 10, init: zeros}]"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_during_the_test_leaves_nothing(nnfs, monkeypatch, number, code):
    monkeypatch.setattr(lr_find, "rate_for", lambda *_: os.kill(os.getpid(), number))
    with pytest.raises(SystemExit) as ended:
        nnfs("train", "tiny.yaml", *AUTO)
    assert ended.value.code == code
    assert not list(Path("runs").glob("*"))
