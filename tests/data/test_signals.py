"""Signals: the pulse is found by its form alone, not by its loudness or its spectrum."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.signals import Signals

CHIRP = np.array(
    [np.sin(2 * np.pi * (2 * u + 4 * u * u)) * (0.5 - 0.5 * np.cos(2 * np.pi * k / 47)) for k, u in
     enumerate(np.arange(48) / 48)]
)  # fmt: skip


def area(score: np.ndarray, positive: np.ndarray) -> float:
    """Under the ROC curve: how often a positive one has the larger score than a negative one."""
    return float((score[positive][:, None] > score[~positive][None]).mean())


def loudest(x: np.ndarray, pattern: np.ndarray) -> np.ndarray:
    return np.array([np.correlate(row, pattern, "valid").max() for row in x])


@pytest.fixture(scope="module")
def splits():
    return Signals().load(Locator(None)).splits


def test_what_there_is(splits):
    assert {name: split.x.shape for name, split in splits.items()} == {"train": (8000, 256), "test": (2000, 256)}
    assert splits["train"].x.dtype == np.float32
    assert 0.07 < splits["train"].y.mean() < 0.09
    assert not (splits["train"].x[:2000] == splits["test"].x).all(axis=1).any()


def test_the_form_of_the_pulse_tells_the_classes_apart(splits):
    x, rising = np.diff(splits["test"].x), splits["test"].y == 1
    found = loudest(x, np.diff(CHIRP)) - loudest(x, np.diff(CHIRP[::-1]))
    assert area(found, rising) > 0.97


def test_loudness_and_spectrum_do_not(splits):
    """A falling pulse is as loud, and has the same spectrum, as a rising one; it stands in half of the others."""
    x, rising = splits["test"].x, splits["test"].y == 1
    chirp = np.abs(np.fft.rfft(CHIRP, 256))
    for score in (x.std(axis=1), np.abs(np.fft.rfft(x)) @ chirp):
        assert 0.5 < area(score, rising) < 0.8
