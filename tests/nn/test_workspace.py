"""Workspace: memory that is kept between calls, as much as the largest call needs."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.nn.workspace import Workspace

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def test_the_same_call_gives_the_same_array(workspace):
    assert workspace.array("y", (3, 4), FLOAT32) is workspace.array("y", (3, 4), FLOAT32)


def test_a_smaller_array_is_the_start_of_the_same_memory(workspace):
    large, small = workspace.array("y", (3, 4), FLOAT32), workspace.array("y", (3, 2), FLOAT32)
    small[...] = 7
    assert large.ravel()[:6].tolist() == [7] * 6


def test_memory_that_was_too_small_is_forgotten(workspace):
    workspace.array("y", (3, 2), FLOAT32)
    large = workspace.array("y", (3, 4), FLOAT32)
    assert np.shares_memory(workspace.array("y", (3, 2), FLOAT32), large)


def test_names_and_workspaces_share_nothing(workspace):
    y = workspace.array("y", (3,), FLOAT32)
    assert not np.shares_memory(y, workspace.array("dx", (3,), FLOAT32))
    assert not np.shares_memory(y, Workspace().array("y", (3,), FLOAT32))


@pytest.mark.parametrize(("first", "second"), [(FLOAT32, FLOAT64), (FLOAT64, FLOAT32)])
def test_has_the_dtype_asked_for(workspace, first, second):
    assert workspace.array("y", (8,), first).dtype == first
    assert workspace.array("y", (2,), second).dtype == second


def test_reserved_memory_is_there_before_an_array_is(workspace):
    workspace.reserve("y", 48)
    small, large = workspace.array("y", (2,), FLOAT64), workspace.array("y", (3, 4), FLOAT32)
    assert np.shares_memory(small, large)
    assert large.base.nbytes == 48


def test_less_than_there_is_need_not_be_reserved(workspace):
    large = workspace.array("y", (3, 4), FLOAT32)
    workspace.reserve("y", 8)
    assert workspace.array("y", (3, 4), FLOAT32) is large
