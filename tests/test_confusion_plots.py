"""The picture of a confusion matrix that is too large to be drawn as a square."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli import plots
from nnfs_cli.plots import style
from tests.nn.counts import of_matrix


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the functions hand out the figure instead of the file."""
    monkeypatch.setattr(style, "png", lambda figure: figure)


def test_confusion_beyond_100_classes_shows_the_pairs_that_are_mixed_up_most(figures):
    matrix = 50 * np.eye(300, dtype=int)
    matrix[7, 9], matrix[9, 7], matrix[2, 3] = 30, 20, 10
    axes = plots.confusion(of_matrix(matrix), tuple(f"kind {k}" for k in range(300)), "many").axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["kind 7 → kind 9", "kind 9 → kind 7", "kind 2 → kind 3"]
    assert [bar.get_width() for bar in axes.patches] == [30, 20, 10]
    assert [text.get_text() for text in axes.texts] == ["30 (38 %)", "20 (29 %)", "10 (17 %)"]
    assert axes.get_title("left").startswith("15,000 of 15,060 examples are right")


def test_confusion_of_many_classes_without_a_mistake_says_so(figures):
    axes = plots.confusion(of_matrix(np.eye(101, dtype=int)), tuple(map(str, range(101))), "many").axes[0]
    assert [text.get_text() for text in axes.texts] == ["Every example is right"]


def test_confusion_of_many_classes_has_colours_alone(figures):
    axes = plots.confusion(of_matrix(np.eye(100, dtype=int)), tuple(map(str, range(100))), "many").axes[0]
    assert not axes.texts
    assert len(axes.get_xticks()) == 50
