"""Machine: what is written down about where a run took place."""

from __future__ import annotations

import builtins
import json
import subprocess

import pytest

from nnfs_cli.runs import machine


@pytest.fixture
def without_proc(monkeypatch):
    """A system that tells nothing in /proc."""

    def refuse(*arguments, **options):
        raise FileNotFoundError

    monkeypatch.setattr(builtins, "open", refuse)


def test_keys():
    described = machine.describe()
    assert list(described) == ["versions", "platform", "processor", "cores", "blas", "git_commit"]
    assert list(described["versions"]) == ["nnfs", "python", "numpy"]
    assert list(described["blas"]) == ["name", "version", "environment"]
    assert json.loads(json.dumps(described)) == described


def test_only_variables_of_blas_are_told(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setenv("A_SECRET", "x")
    environment = machine.describe()["blas"]["environment"]
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert "A_SECRET" not in environment


def test_memory():
    peak = machine.peak_memory()
    assert peak is None or peak > 1_000_000


@pytest.mark.usefixtures("without_proc")
def test_a_system_that_does_not_tell():
    assert isinstance(machine.processor(), str)


def test_outside_a_git_checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert machine.git_commit() is None


def test_without_git(monkeypatch):
    def refuse(*arguments, **options):
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", refuse)
    assert machine.git_commit() is None
