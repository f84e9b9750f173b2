"""The picture of augmented images: which one lies where, and in which colours."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from nnfs_cli import plots
from nnfs_cli.plots import style


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the functions hand out the figure instead of the file."""
    monkeypatch.setattr(style, "png", lambda figure: figure)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_each_image_lies_in_the_row_of_its_example_and_the_column_of_its_epoch(figures, channels):
    images = np.random.default_rng(0).integers(0, 256, (3, 4, channels, 8, 5)).astype(np.uint8)
    axes = plots.versions(images, (0, 255), ["cat", "dog", "cow"], "versions").axes[0]
    sheet = axes.images[0].get_array()
    assert sheet.shape == (3 * 8 + 2, 4 * 5 + 3, 3)
    for row, column in np.ndindex(3, 4):
        found = sheet[9 * row : 9 * row + 8, 6 * column : 6 * column + 5]
        colours = range(3) if channels == 3 else (0, 0, 0)
        for k, colour in enumerate(colours):
            np.testing.assert_allclose(found[:, :, k], images[row, column, colour] / 255, atol=1e-6)
    assert (sheet[8] == 1).all()
    assert (sheet[:, 5] == 1).all()
    assert [label.get_text() for label in axes.get_xticklabels()] == ["as it is", "epoch 1", "epoch 2", "epoch 3"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog", "cow"]
    assert axes.get_xticks().tolist() == [2, 8, 14, 20]
    assert axes.get_yticks().tolist() == [3.5, 12.5, 21.5]


def test_numbers_beyond_black_and_white_are_black_and_white(figures):
    images = np.array([-9.0, -1.0, 0.0, 1.0, 9.0]).reshape(1, 1, 1, 1, 5)
    sheet = plots.versions(images, (-1.0, 1.0), ["a"], "versions").axes[0].images[0].get_array()
    assert sheet[0, :, 0].tolist() == [0, 0, 0.5, 1, 1]


@pytest.mark.parametrize("shape", [(1, 2, 1, 1, 1), (8, 9, 3, 28, 28), (8, 2, 1, 200, 2), (2, 9, 1, 2, 400)], ids=str)
def test_a_picture_of_any_shape(shape):
    with Image.open(io.BytesIO(plots.versions(np.zeros(shape), (0, 0), ["x"] * shape[0], "none"))) as image:
        assert image.format == "PNG"
        assert image.width == 1000
        assert 200 <= image.height <= 4000
