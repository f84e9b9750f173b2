"""Machine: what is written down about where a run took place."""

from __future__ import annotations

import builtins
import json
import platform

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


def test_the_system_is_named_as_python_names_it():
    assert machine.system() == platform.platform()


def test_the_commit_is_told(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("a" * 40)
    monkeypatch.chdir(tmp_path)
    assert machine.describe()["git_commit"] == "a" * 40


def test_every_change_that_may_round_otherwise_is_told():
    now = machine.describe()
    before = {
        "versions": {**now["versions"], "numpy": "1.0"},
        "processor": "abacus",
        "blas": {**now["blas"], "environment": {"OPENBLAS_CORETYPE": "Prescott"}},
    }
    (told,) = machine.differences(before, now)
    assert "NumPy 1.0 then" in told
    assert "processor abacus then" in told
    assert "Prescott" in told
    assert machine.differences(now, now) == []
