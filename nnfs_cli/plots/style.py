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
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import harmless, shown

WIDTH = 1000
DPI = 110
TITLE_LENGTH = 80
FONT = "DejaVu Sans"
LABEL_LENGTH = 24

# Told apart by people of every kind of colour vision: Okabe and Ito 2008, "Color Universal Design".
ORANGE, SKY, GREEN, BLUE, VERMILLION, PURPLE = "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7"
INK, FAINT, EDGE, GRID = "#333333", "#6E6E6E", "#BBBBBB", "#E4E4E4"

ASIDE = {"fontsize": 9, "fontweight": "normal", "color": FAINT}

_SETTINGS = {
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.09,
    "figure.constrained_layout.w_pad": 0.09,
    "font.family": FONT,
    "font.size": 9,
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
    with warnings.catch_warnings():
        # A letter that joins others is drawn alone, which does.
        warnings.simplefilter("ignore", UserWarning)
        figure.get_layout_engine().execute(figure)
        figure.set_layout_engine("none")
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def number(value: float, digits: int = 6) -> str:
    """A number as a configuration writes it: 0.001, 1e-5, 2e6."""
    return f"{value:.{digits}g}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


def printable(text: str) -> str:
    """Text in one line, white space in it single, harmless, in letters that can be drawn."""
    return drawable(harmless(" ".join(text.split())))


def drawable(text: str) -> str:
    """Text in which a letter that the font lacks is its code point, as Python writes it: \\u732b."""
    has = _font().get_char_index
    return "".join(letter if has(ord(letter)) else letter.encode("unicode_escape").decode() for letter in text)


@functools.cache
def _font() -> FT2Font:
    return get_font(findfont(FONT))


def shortened(text: str, longest: int = LABEL_LENGTH) -> str:
    """Text that fits beside an axis: its start and its end, where classes of one kind differ."""
    text = printable(text)
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"


def told_apart(names: Sequence[str]) -> list[str]:
    """Names that fit beside an axis and stay different: without what all of them begin with, or else numbered."""
    start = sum(1 for _ in itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)))
    for begin in (0, start):
        short = [shortened(f"…{name[begin:]}" if begin else name) for name in names]
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
