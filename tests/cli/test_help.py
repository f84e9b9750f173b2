"""Help: every command shows an example, and a mistake on the command line says what was meant."""

from __future__ import annotations

import re

import click
import pytest

from nnfs_cli.cli.main import cli

COMMANDS = cli.list_commands(click.Context(cli))


def test_the_commands_of_the_contract():
    assert COMMANDS == ["check", "evaluate", "lr-find", "predict", "train"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_shows_an_example(nnfs, command, option):
    done = nnfs(command, option)
    assert (done.code, done.err) == (0, "")
    assert re.search(rf"Example:\n.*nnfs {command} ", done.out)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_example_uses_options_that_exist(nnfs, command):
    text = nnfs(command, "--help").out
    example, _, options = text.partition("Options:")
    assert set(re.findall(r"--[a-z-]+", example)) <= set(re.findall(r"--[a-z-]+", options))


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_refused(nnfs, command):
    done = nnfs(command, "--jsn", "x", "y")
    assert (done.code, done.out) == (2, "")
    assert "No such option" in done.err


def test_the_program_alone_shows_its_help(nnfs):
    done = nnfs()
    shown = done.out + done.err
    assert done.code == 2
    assert all(f"\n  {command}" in shown for command in COMMANDS)
    assert "Exit codes: 0 done" in shown


def test_an_unknown_command_suggests_a_known_one(nnfs):
    done = nnfs("trian", "tiny.yaml")
    assert (done.code, done.out) == (2, "")
    assert "Did you mean 'train'?" in done.err
    assert nnfs("xyz").code == 2


def test_version(nnfs):
    assert re.fullmatch(r"nnfs \d+\.\d+\.\d+\n", nnfs("--version").out)
