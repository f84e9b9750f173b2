"""Words of files, names and options that a terminal would obey: in every stream they are shown, none is sent."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import pytest

from nnfs_cli.cli import terminal
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.text import LONGEST_LINE, MOST_LINES
from tests.cli.program import classification, ended, start
from tests.test_text import BAD, PLAIN

TAME = "".join(character if character.isprintable() else "_" for character in BAD)

OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def obeyed(text: str) -> set[str]:
    """The characters of some lines that are not there to be seen."""
    return {c for c in text if unicodedata.category(c) in OBEYED} - {"\n"}


def test_an_error_has_a_line_for_each_mistake(capsys):
    assert ConfigError("a\n", "b").lines == ("a\n", "b")
    assert str(ConfigError("a", "b")) == "a\nb"
    terminal.error(*DataError(f"{BAD}\nforged.csv: is fine").lines)
    terminal.warn(f"{BAD}\nforged")
    terminal.say(f"{BAD}\nnext")
    forged = rf"{PLAIN}\nforged"
    assert capsys.readouterr().err == f"{forged}.csv: is fine\nwarning: {forged}\n{PLAIN}\nnext\n"


def test_mistakes_of_a_configuration_are_bounded(nnfs):
    Path("tiny.yaml").write_text(f"model: {{layers: {[{'type': 'dense', 'k' * 90: 'x' * 600}] * 400}}}")
    done = nnfs("check", "tiny.yaml")
    lines = done.err.splitlines()
    assert done.code == 2
    assert len(lines) == MOST_LINES + 1
    assert lines[-1].endswith(" more")
    assert max(map(len, lines)) <= LONGEST_LINE + 3


@pytest.mark.parametrize("key", [f"{BAD[3:]}\u2066", "a\\nb"])
def test_keys_and_values_of_a_configuration(nnfs, key):
    key = key.replace("\x1b", "").replace("\x07", "").replace("\x9b", "").replace("\x85", "")
    Path("tiny.yaml").write_text(f'"{key}": 1\nseed: ["{key}", {{"{key}": 1}}]\n', encoding="utf-8")
    done = nnfs("check", "tiny.yaml", "--set", f"seed={key}")
    assert done.code == 2
    assert not obeyed(done.err)
    assert "forged" not in done.err.split("\n")


@pytest.mark.parametrize("command", ["check", "train", "evaluate", "predict", "lr-find", "nonsense"])
def test_names_on_the_command_line(nnfs, command):
    name = f"{BAD}\nforged: all is well"
    done = nnfs(command, name, *(["x.npy"] if command == "predict" else []))
    assert done.code in (2, 4)
    assert done.err.count("\n") == 1
    assert not obeyed(done.err)


def test_options_and_arguments_that_do_not_exist(nnfs):
    for arguments in (
        ["check", "a", f"b{BAD}\nforged"],
        [f"--{BAD}\nx"],
        ["evaluate", "a", "--split", f"{BAD}\nforged"],
    ):
        done = nnfs(*arguments)
        assert (done.code, done.err.count("\n"), obeyed(done.err)) == (2, 1, set())


@pytest.fixture
def table() -> str:
    """A trained run whose classes, categories and columns hold what terminals obey."""
    rows = "".join(f"{k},{BAD}{k % 2},{BAD}{k // 2 % 2}\n" for k in range(24))
    Path("table.csv").write_text(f"size{BAD},colour{BAD},kind\n{rows}", encoding="utf-8")
    text = classification()
    Path(f"{BAD}.yaml").write_text(text, encoding="utf-8")
    return f"{BAD}.yaml"


def test_classes_and_columns_of_a_table(nnfs, table):
    checked = nnfs("check", table)
    assert (checked.code, checked.out.startswith(f"{PLAIN}.yaml: valid;"), obeyed(checked.out)) == (0, True, set())
    trained = nnfs("train", table)
    assert (trained.code, trained.out, obeyed(trained.err)) == (0, f"runs/{TAME}-1\n", set())
    assert f"runs/{TAME}-1: " in trained.err
    run = trained.out.strip("\n")
    evaluated = nnfs("evaluate", run)
    assert (evaluated.code, obeyed(evaluated.out + evaluated.err)) == (0, set())
    assert f"{PLAIN}0" in evaluated.out
    assert {row["class"] for row in json.loads(nnfs("evaluate", run, "--json").out)["classes"]} == {
        BAD + "0",
        BAD + "1",
    }
    assert f"{BAD}0" in Path(run, "confusion-test.csv").read_text(encoding="utf-8")
    Path("x.csv").write_text(f"size{BAD},colour{BAD}\n1,{BAD}1\n1,{BAD}\n", encoding="utf-8")
    predicted = nnfs("predict", run, "x.csv")
    assert (predicted.code, predicted.err.count("\n"), obeyed(predicted.err)) == (0, 1, set())
    said = f"column 'colour{PLAIN}': '{PLAIN}' was not there in training, it counts as another word"
    assert predicted.err == f"warning: x.csv:3: {said}\n"
    assert said in predicted.out
    Path("x.csv").write_text(f"size{BAD},colour{BAD}\n{BAD},{BAD}1\n", encoding="utf-8")
    predicted = nnfs("predict", run, "x.csv")
    assert (predicted.code, predicted.err.count("\n"), obeyed(predicted.err)) == (3, 1, set())
    assert f"column 'size{PLAIN}': expected a number, got '{PLAIN}'" in predicted.err
    Path("x.csv").write_text(f"size{BAD},colour{BAD}\n1,{BAD}1\n", encoding="utf-8")
    assert f",{BAD}" in nnfs("predict", run, "x.csv").out, "a label comes back as it was written"


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_an_answer_on_a_terminal(nnfs, table):
    run = nnfs("train", table, "--quiet").out.strip("\n")
    Path("x.csv").write_text(f"size{BAD},colour{BAD}\n1,{BAD}1\n", encoding="utf-8")
    watcher, end = os.openpty()
    process = start("predict", run, "x.csv", stdout=end)
    os.close(end)
    answer = b""
    with open(watcher, "rb", buffering=0) as screen:
        try:
            while piece := screen.read(4096):
                answer += piece
        except OSError:
            pass
    assert ended(process).code == 0
    assert not obeyed(answer.decode().replace("\r\n", "\n"))
    assert f",{PLAIN}" in answer.decode()


def test_a_name_that_a_terminal_obeys_is_refused_in_one_line(nnfs):
    done = nnfs("train", "tiny.yaml", "--name", "a\x1b[2J\nb")
    said = "--name a\\x1b[2J\\nb: expected a name that can be shown, without control characters.\n"
    assert (done.code, done.out, done.err) == (2, "", said)
    assert not Path("runs").exists()
