"""The picture of a range test: what is marked, and what is left out of it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from nnfs_cli import plots
from nnfs_cli.plots import style
from nnfs_cli.plots.lr_curve import LOOKS

SUGGESTIONS = {"valley": 1.6e-3, "steep": 1.2e-3, "minimum": 6.3e-3, "slide": None}


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the functions hand out the figure instead of the file."""
    monkeypatch.setattr(style, "png", lambda figure: figure)


def range_test(steps: int = 40):
    rates = np.geomspace(1e-7, 10, steps)
    losses = 2.3 - 1.9 / (1 + np.exp(-2.5 * (np.log10(rates) + 3)))
    return rates, losses


def test_lr_curve_marks_each_suggestion_on_the_smoothed_loss(figures):
    rates, losses = range_test()
    axes = plots.lr_curve(rates, losses + 0.1, losses, SUGGESTIONS, "steep", "range test").axes[0]
    drawn = {line.get_label(): np.array(line.get_data()) for line in axes.lines}
    assert {"valley: 0.0016", "steep: 0.0012 (chosen)", "minimum: 0.0063", "slide: nothing found"} <= set(drawn)
    at = np.interp(np.log(1.6e-3), np.log(rates), losses)
    np.testing.assert_allclose(drawn["valley: 0.0016"], [[1.6e-3], [at]])
    assert axes.get_xscale() == "log"


@pytest.mark.parametrize("end", [1e12, np.inf, np.nan])
def test_explosion_does_not_flatten_the_fall(figures, end):
    rates, losses = range_test()
    losses[-1] = end
    low, high = plots.lr_curve(rates, losses, losses, SUGGESTIONS, "valley", "explodes").axes[0].get_ylim()
    assert 0 < low < losses[:-1].min()
    assert losses[:-1].max() < high < 3


@pytest.mark.parametrize("steps", [0, 1, 2, 100])
def test_lr_curve_of_any_length(steps):
    rates, losses = range_test(steps)
    data = plots.lr_curve(rates, losses, losses, {"valley": None}, "valley", "short")
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (1000, 560))


@pytest.mark.parametrize("apart", [1.0, 1.01], ids=["the same rate", "nearly the same"])
@pytest.mark.parametrize("chosen", ["valley", "steep", "slide"])
def test_suggestions_of_one_rate_are_all_in_sight(chosen, apart):
    """Each has a colour of its own, of which a good part must be there in the picture."""
    rates, losses = range_test()
    suggestions = {name: 1e-3 * apart**k for k, name in enumerate(("valley", "steep", "minimum", "slide"))}
    picture = plots.lr_curve(rates, losses, losses, suggestions, chosen, "one rate")
    colours = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))[:450].reshape(-1, 3)
    for _, colour in LOOKS:
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert (colours == wanted).all(axis=1).sum() >= 25, "the legend, which shows all, is not counted"


def test_suggestions_that_stand_apart_are_on_the_curve(figures):
    rates, losses = range_test()
    axes = plots.lr_curve(rates, losses, losses, SUGGESTIONS | {"slide": 1e-2}, "valley", "apart").axes[0]
    marks = [line for line in axes.lines if ":" in line.get_label()]
    places = axes.transData.transform([(line.get_xdata()[0], line.get_ydata()[0]) for line in marks])
    np.testing.assert_allclose([line.get_transform().transform(line.get_xydata())[0] for line in marks], places)
