"""Paths of data, as people write them: ~ and variables, beside the configuration, and from any directory again."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.program import ROWS

CONFIG = """\
dataset: {type: csv, train: "TRAIN", target: kind, validation: 0.25}
model: {layers: [{type: dense, units: 2}]}
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 2, batch_size: 4, workers: 1}
"""
OTHER = ROWS.replace("mug", "pot")


def configured(path: Path, train: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONFIG.replace("TRAIN", train))
    return path


def put(path: Path, rows: str = ROWS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(rows)
    return path


def taken(done) -> str:
    """The file that a training says it read."""
    line = next(line for line in done.err.splitlines() if line.startswith("data: "))
    return line.removeprefix("data: ").partition(" (")[0]


@pytest.mark.parametrize(
    "written", ["~/data/t.csv", "$HOME/data/t.csv", "${HOME}/data/t.csv", "$PLACE/t.csv", "~/${LAST}.csv"]
)
def test_home_and_variables_are_expanded(nnfs, directory, written):
    home = directory / "home"
    put(home / "data" / "t.csv")
    with mock.patch.dict(os.environ, HOME=str(home), PLACE="home/data", LAST="data/t"):
        done = nnfs("train", configured(Path("c.yaml"), written), "--runs-dir", "~/runs", "--name", "one")
        assert (done.code, done.out) == (0, f"{home}/runs/one\n")
        assert Path(taken(done)).samefile(home / "data" / "t.csv")
        assert nnfs("evaluate", "one", "--runs-dir", "$HOME/runs", "--split", "validation").code == 0


@pytest.mark.parametrize("variable", ["~/here", "$HOME/here"])
def test_the_data_directory_is_expanded(nnfs, directory, variable):
    put(directory / "here" / "t.csv")
    config = configured(Path("configs/c.yaml"), "t.csv")
    with mock.patch.dict(os.environ, HOME=str(directory), NNFS_DATA_DIR=variable):
        assert nnfs("check", config).code == 0
    with mock.patch.dict(os.environ, HOME=str(directory)):
        assert nnfs("check", config, "--data-dir", variable).code == 0


def test_a_variable_that_is_not_set(nnfs):
    done = nnfs("check", configured(Path("c.yaml"), "$NNFS_NONE/t.csv"))
    assert (done.code, done.err) == (
        3,
        "$NNFS_NONE/t.csv: the variable NNFS_NONE is not set. Set it, or write the path out.\n",
    )
    done = nnfs("check", "tiny.yaml", "--data-dir", "$NNFS_NONE/data")
    assert done.code == 2
    assert "'--data-dir': $NNFS_NONE/data: the variable NNFS_NONE is not set. Set it" in done.err


@pytest.mark.parametrize("name", ["cost$b.csv", "~.csv", "100$.csv"])
def test_a_name_that_exists_is_taken_as_it_is(nnfs, name):
    put(Path(name))
    assert taken(nnfs("train", configured(Path("c.yaml"), name))) == name


def test_the_order_of_the_places(nnfs, directory):
    config = configured(Path("configs/c.yaml"), "t.csv")
    places = ["data/t.csv", "t.csv", "configs/t.csv"]
    done = nnfs("check", config)
    assert done.code == 3
    assert done.err.endswith("Looked for: configs/t.csv, t.csv, data/t.csv. Correct the path or the data directory.\n")
    for file in places:
        put(Path(file))
        assert taken(nnfs("train", config)) == file


def test_a_path_on_the_command_line_means_the_working_directory_first(nnfs):
    config = configured(Path("configs/c.yaml"), "none.csv")
    put(Path("configs/t.csv"))
    assert taken(nnfs("train", config, "--set", "dataset.train=t.csv")) == "configs/t.csv"
    put(Path("t.csv"))
    assert taken(nnfs("train", config, "--set", "dataset.train=t.csv")) == "t.csv"


@contextlib.contextmanager
def elsewhere(directory: Path, *, decoy: bool = False):
    """Another working directory, perhaps with other data under the same name."""
    other = directory / "elsewhere"
    other.mkdir(exist_ok=True)
    if decoy:
        put(other / "t.csv", OTHER)
    with contextlib.chdir(other):
        yield


@pytest.mark.parametrize("decoy", [False, True])
@pytest.mark.parametrize("path", ["configs/t.csv", "t.csv", "data/t.csv"])
def test_a_run_finds_its_data_from_any_directory(nnfs, directory, path, decoy):
    file = put(directory / path)
    done = nnfs("train", configured(Path("configs/c.yaml"), "t.csv"), "--name", "one")
    assert done.code == 0
    run = directory / "runs" / "one"
    assert json.loads((run / "summary.json").read_text())["data"]["found"] == {"t.csv": str(file)}
    with elsewhere(directory, decoy=decoy):
        done = nnfs("evaluate", run, "--split", "validation", "--json")
        assert (done.code, json.loads(done.out)["data"]) == (0, str(file))
        done = nnfs("train", "--resume", run, "--set", "training.epochs=3")
        assert (done.code, taken(done)) == (0, str(file))
        again = nnfs("train", run / "config.yaml", "--runs-dir", directory / "again")
        assert (again.code, taken(again)) == (0, str(file))
    weights = [Path(run, "checkpoints/last.safetensors"), Path(again.out.strip(), "checkpoints/last.safetensors")]
    assert weights[0].read_bytes()[-64:] == weights[1].read_bytes()[-64:]


def test_a_file_typed_for_one_evaluation_is_the_one_of_the_working_directory(nnfs, directory):
    put(directory / "t.csv")
    nnfs("train", configured(Path("c.yaml"), "t.csv"), "--name", "one")
    with elsewhere(directory, decoy=True):
        Path("t.csv").write_text(ROWS)
        done = nnfs("evaluate", directory / "runs" / "one", "--set", "dataset.test=t.csv")
        assert "24 test examples of t.csv," in done.out


def test_a_run_that_was_moved_finds_data_that_were_moved_with_it(nnfs, directory):
    home = directory / "home"
    put(home / "t.csv")
    with contextlib.chdir(home):
        nnfs("train", configured(Path("c.yaml"), "t.csv"), "--name", "one")
    shutil.move(home, directory / "away")
    with contextlib.chdir(directory / "away"):
        assert nnfs("evaluate", "one", "--split", "validation").code == 0
        done = nnfs("train", "--resume", "one", "--set", "training.epochs=3")
        assert (done.code, taken(done)) == (0, "t.csv")
    with elsewhere(directory):
        done = nnfs("train", "--resume", directory / "away" / "runs" / "one", "--set", "training.epochs=4")
        assert (done.code, taken(done)) == (0, f"{directory}/away/t.csv")
    (directory / "away" / "t.csv").unlink()
    with elsewhere(directory):
        done = nnfs("train", "--resume", directory / "away" / "runs" / "one", "--set", "training.epochs=5")
        assert (done.code, f"Looked for: {directory}/away/t.csv, t.csv, data/t.csv." in done.err) == (3, True)


def test_a_directory_whose_name_is_no_text_is_not_recorded(nnfs, directory):
    odd = Path(os.fsdecode(os.fsencode(directory) + b"/odd\xff"))
    put(odd / "t.csv")
    with contextlib.chdir(odd):
        assert nnfs("train", configured(Path("c.yaml"), "t.csv"), "--name", "one").code == 0
        assert "found" not in Path("runs/one/config.yaml").read_text()
        assert nnfs("evaluate", "one", "--split", "validation").code == 0


def test_the_configuration_that_lr_find_writes_finds_its_data(nnfs, directory):
    rows = "".join(f"{k % 7},{k % 5},{'mug' if k % 7 > 3 else 'cup'}\n" for k in range(200))
    put(Path("configs/t.csv"), "a,b,kind\n" + rows)
    config = configured(Path("configs/c.yaml"), "t.csv")
    assert nnfs("lr-find", config, "--write", directory / "new.yaml").code == 0
    with elsewhere(directory):
        assert nnfs("check", directory / "new.yaml").code == 0
