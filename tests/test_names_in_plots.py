"""Names of classes in pictures: they have the room that they take, and no escape is cut."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from nnfs_cli import plots
from nnfs_cli.nn.evaluation.curves import curves_of
from nnfs_cli.plots import style
from tests.nn.counts import of_matrix

CAPITALS = ("GREAT WHITE SHARK", "HAMMERHEAD SHARK", "Common woodpecker", "W" * 60, "i" * 60, "四角形" * 9, "cat")


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the functions hand out the figure instead of the file."""
    monkeypatch.setattr(style, "png", lambda figure: figure)


def sheet(height: int, width: int) -> list[dict]:
    """Two rows of pictures in which each class is once in the last column, too."""
    pixels = np.zeros((height, width, 1), np.uint8).tolist()
    return [
        {"pixels": pixels, "label": CAPITALS[k % 7], "true": CAPITALS[(k + 2) % 7], "probability": 0.9}
        for k in range(42)
    ]


def span(axes: Axes) -> tuple[float, float]:
    """Where the words above a panel start and end, in pixels."""
    (words,) = (text for text in axes.findobj(Text) if text.get_text().startswith("said"))
    box = words.get_window_extent()
    return box.x0, box.x1


@pytest.mark.parametrize(("height", "width"), [(28, 28), (90, 20), (20, 90)], ids=["square", "tall", "wide"])
def test_words_above_a_picture_end_before_the_next_one(figures, height, width):
    figure = plots.mistakes(sheet(height, width), "sharks")
    figure.canvas.draw()
    for row in np.reshape(figure.axes, (-1, 6)):
        starts, ends = np.transpose([span(axes) for axes in row])
        assert (ends[:-1] < starts[1:] - 4).all()
        assert 980 < ends[-1] < 999, "in the sheet, and no more is cut than needed"


def test_names_above_a_picture_keep_start_and_end(figures):
    titles = [axes.get_title("left") for axes in plots.mistakes(sheet(28, 28), "sharks").axes[:7]]
    assert titles[0].startswith("said: GREAT… SHARK\n")
    assert titles[1].startswith("said: HAMM… SHARK\n")
    assert titles[6].startswith("said: cat\n")


@pytest.mark.parametrize("room", np.linspace(0.5, 40, 24))
@pytest.mark.parametrize(
    "name", ["四角形" * 4, "\x01\x02\x03" * 6, "🦀" * 9, "cat 四角形 dog 🦀 \u202e end"], ids=ascii
)
def test_no_escape_is_cut(name, room):
    words = style.shortened(name, room)
    whole = r"(\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\x[0-9a-f]{2}|[^\\])*"
    assert re.fullmatch(whole, words), words
    assert style.ems(words) <= max(room, style.ems("…"))
    assert words == style.printable(name) or "…" in words


@pytest.mark.parametrize("room", [3.0, 8.5, 14.0])
@pytest.mark.parametrize("name", [*CAPITALS, "Whooping crane, adult, in its winter plumage"])
def test_as_much_is_kept_as_there_is_room_for(name, room):
    words = style.shortened(name, room)
    assert style.ems(words) <= room
    if words != style.printable(name):
        widest = max(style.ems(style.printable(letter)) for letter in name)
        assert style.ems(words) > room - 2 * widest


@pytest.mark.parametrize(
    "text", ["GREAT WHITE SHARK", "Common woodpecker", "iiii", "W" * 30, r"\u56db", "Größe, 12.5 שלום"]
)
def test_widths_are_those_that_are_drawn(text):
    font = FontProperties(family=style.FONT, size=style.SIZE)
    drawn = RendererAgg(1, 1, style.DPI).get_text_width_height_descent(text, font, ismath=False)[0]
    assert style.ems(text) * style.SIZE * style.EM == pytest.approx(drawn, rel=0.02)


def widths(figure: Figure) -> list[float]:
    figure.canvas.draw()
    return [axes.bbox.width for axes in figure.axes]


def test_wide_names_leave_room_for_what_is_drawn(figures):
    names = tuple(f"{k} {'W' * 60}" for k in range(7))
    assert widths(plots.confusion(of_matrix(np.eye(7, dtype=int)), names, "wide"))[0] > 500
    assert widths(plots.versions(np.zeros((7, 9, 1, 8, 8)), (0, 255), names, "wide"))[0] > 600
    rng = np.random.default_rng(0)
    outputs = rng.dirichlet(np.ones(7), 90).T
    assert min(widths(plots.ranking(curves_of(outputs, rng.integers(0, 7, 90), names), "wide"))) > 300


def test_names_are_turned_by_their_width(figures):
    """Seven names of 13 letters: narrow ones that fit, and wide ones that do not."""
    turned = {}
    for letter in "iW":
        names = [f"{k}{letter * 12}" for k in range(7)]
        axes = plots.confusion(of_matrix(np.eye(7, dtype=int)), names, "turned").axes[0]
        turned[letter] = axes.get_xticklabels()[0].get_rotation()
    assert turned == {"i": 0, "W": 45}
