"""Style: how every picture looks, whatever the settings of the machine."""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import math
import textwrap
import warnings
from collections.abc import Iterator, Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import harmless, shown

WIDTH = 1000
DPI = 110
TITLE_LENGTH = 80
FONT = "DejaVu Sans"
ELLIPSIS = "…"

SIZE = 9
"""Of the font of most words, in points."""

EM = DPI / 72
"""Pixels of a point; an em of a font of size 9 is 9 EM."""

LABEL = 14.0
"""The width of words beside an axis in ems: about 24 letters."""

MOST_LETTERS = 200
"""Of the start and of the end of a text, that are looked at to shorten it."""

# Told apart by people of every kind of colour vision: Okabe and Ito 2008, "Color Universal Design".
ORANGE, SKY, GREEN, BLUE, VERMILLION, PURPLE = "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7"
INK, FAINT, EDGE, GRID = "#333333", "#6E6E6E", "#BBBBBB", "#E4E4E4"

ASIDE = {"fontsize": SIZE, "fontweight": "normal", "color": FAINT}

_SETTINGS = {
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.09,
    "figure.constrained_layout.w_pad": 0.09,
    "font.family": FONT,
    "font.size": SIZE,
    # A class called "$5" is text, not a formula.
    "text.parse_math": False,
    "text.color": INK,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": EDGE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": EDGE,
    "ytick.color": EDGE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.solid_joinstyle": "round",
    "legend.frameon": False,
    "legend.handlelength": 1.8,
    "legend.columnspacing": 1.8,
}


@contextlib.contextmanager
def applied() -> Iterator[None]:
    """Draw in this style; the settings of matplotlib are as before afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


def blank(title: str, height: int) -> Figure:
    """A figure with a title and no axes, `WIDTH` x `height` pixels."""
    figure = Figure(figsize=(WIDTH / DPI, height / DPI))
    FigureCanvasAgg(figure)
    words = textwrap.fill(drawable(shown(title, 3 * TITLE_LENGTH)), TITLE_LENGTH)
    figure.suptitle(words, fontsize=13, fontweight="bold", x=0.01, ha="left")
    return figure


def png(figure: Figure) -> bytes:
    """The picture as a PNG file: the same bytes whenever it is drawn.

    The layout is settled first: `savefig` by itself would draw the whole picture twice to do that. What lies inside the
    axes needs no room beside them, and is not measured for it.
    """
    buffer = io.BytesIO()
    for axes in figure.axes:
        for artist in (*axes.lines, *axes.texts, *axes.patches, *axes.images):
            artist.set_in_layout(False)
    with _unwarned():
        figure.get_layout_engine().execute(figure)
        figure.set_layout_engine("none")
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


@contextlib.contextmanager
def _unwarned() -> Iterator[None]:
    """A letter that joins others is drawn alone, which does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def number(value: float, digits: int = 6) -> str:
    """A number as a configuration writes it: 0.001, 1e-5, 2e6."""
    return f"{value:.{digits}g}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


def printable(text: str) -> str:
    """Text in one line, white space in it single, harmless, in letters that can be drawn."""
    return "".join(_letters(_line(text)))


def _line(text: str) -> str:
    return " ".join(text.split())


def _letters(line: str) -> list[str]:
    """Each letter as it is drawn: one that is written as an escape is several, which stay together."""
    return [drawable(harmless(letter)) for letter in line]


def drawable(text: str) -> str:
    """Text in which a letter that the font lacks is its code point, as Python writes it: \\u732b."""
    has = _font().get_char_index
    return "".join(letter if has(ord(letter)) else letter.encode("unicode_escape").decode() for letter in text)


@functools.cache
def _font() -> FT2Font:
    return get_font(findfont(FONT))


def ems(text: str) -> float:
    """The width of drawable text as a multiple of its font size, exact to a hundredth at the usual size."""
    return sum(map(_width, text))


@functools.cache
def _width(letter: str) -> float:
    """Measured in a row, as drawn: letters alone end where their ink does, and have no whole pixels between them."""
    font, measure = FontProperties(family=FONT, size=SIZE), RendererAgg(1, 1, DPI).get_text_width_height_descent
    with _unwarned():
        with_row, without = (measure(f"H{letter * count}H", font, ismath=False)[0] for count in (8, 0))
    return (with_row - without) / 8 / (SIZE * EM)


def shortened(text: str, room: float = LABEL) -> str:
    """Text in a line of this width in ems: its start and its end, where classes of one kind differ."""
    line = _line(text)
    start, end = _letters(line[:MOST_LETTERS]), _letters(line[-MOST_LETTERS:])
    if len(line) <= MOST_LETTERS and ems("".join(start)) <= room:
        return "".join(start)
    room -= ems(ELLIPSIS)
    head = _fitting(start, room / 2)
    tail = _fitting(end[::-1], room - ems("".join(head)))
    return "".join([*head, ELLIPSIS, *tail[::-1]])


def _fitting(letters: list[str], room: float) -> list[str]:
    """The first letters, as many as there is room for."""
    ends = itertools.accumulate(map(ems, letters))
    return letters[: sum(1 for _ in itertools.takewhile(lambda end: end <= room, ends))]


def told_apart(names: Sequence[str]) -> list[str]:
    """Names that fit beside an axis and stay different: without what all of them begin with, or else numbered."""
    start = sum(1 for _ in itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)))
    for begin in (0, start):
        short = [shortened(f"{ELLIPSIS}{name[begin:]}" if begin else name) for name in names]
        if len(set(short)) == len(set(names)):
            return short
    return [f"{number}: {name}" for number, name in enumerate(short, 1)]


def plain_numbers(axes: Axes) -> None:
    """Write each number at the y axis in full, without a common power of ten above it."""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def from_zero(axes: Axes, y: Array) -> None:
    """Let the y axis begin at 0 and leave some room above the highest value."""
    axes.set_ylim(0, 1.08 * y.max(initial=0) or 1)


def logarithmic(axes: Axes, low: float, high: float) -> None:
    """Make the y axis logarithmic from `low` to `high`, with numbers between powers of ten where these are few."""
    axes.set_yscale("log")
    axes.set_ylim(low / 1.3, high * 1.3)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if math.log10(high / low) < 3 else (1,)))
    axes.yaxis.set_minor_locator(NullLocator())
    plain_numbers(axes)


def note(axes: Axes, sentence: str) -> None:
    """Say why a panel is empty."""
    axes.text(0.5, 0.5, sentence, transform=axes.transAxes, ha="center", va="center", color=FAINT)
    axes.set_yticks([])
