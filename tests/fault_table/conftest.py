"""The rows of the fault table, met from the command line: offline, in an empty directory, mostly in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Nnfs, directory, nnfs, quick_pictures, runs, trained
from tests.fault_table.evidence import assert_one_line, contents

__all__ = ["directory", "nnfs", "quick_pictures", "runs", "trained"]

Refused = Callable[..., str]


@pytest.fixture
def refused(nnfs: Nnfs) -> Refused:
    """Run a command that must fail: with this code, one line that holds these words, and nothing left behind."""

    def command(code: int, words: str, *arguments: str | Path) -> str:
        before = contents()
        done = nnfs(*arguments)
        assert (done.code, done.out) == (code, ""), done
        assert_one_line(done.err, words)
        assert contents() == before
        return done.err

    return command
