"""Date: a column of dates, or of times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

import numpy as np
from annotated_types import Len

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.cells.dates import ISO, seconds
from nnfs_cli.data.cells.gatherer import Gatherer
from nnfs_cli.data.cells.missing import is_among, is_no_number
from nnfs_cli.data.columns.base import Column, Feature, Scaling, cell_shown
from nnfs_cli.data.examples import is_single
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Means
from nnfs_cli.registry import COLUMNS
from nnfs_cli.text import counted, shown

Cycle = Literal["year", "week", "day"]
Form = Annotated[str, Len(2, 40), Means("iso, or a form such as %d.%m.%Y")]
DAY = 86_400.0
_OF = ("sine", "cosine")
PERIODS: dict[Cycle, float] = {"year": 365.2425 * DAY, "week": 7 * DAY, "day": DAY}


@COLUMNS.register("date")
@dataclass(frozen=True)
class Date(Column):
    """Days since 1970, and for each cycle the sine and the cosine of where in it the date lies.

    skrub's DatetimeEncoder gives year, month, day, hour and the seconds since 1970 instead; its periodic encoding is
    what stands here. A cycle of a year begins with 1970-01-01, 365.2425 days each; that of a week with a Thursday.

    Args:
        form: iso, or as `datetime.strptime` takes it.
        cycles: year, week, day.
        missing: what takes the place of the days of a missing date; of its sines and cosines that is the mean.
        indicator: whether there is a feature that is 1 for a missing date, else 0.
        standardize: of the days; None does as the whole table does.
    """

    is_time = True

    name: str
    form: Form
    cycles: tuple[Cycle, ...] = ("year", "week")
    missing: Literal["mean", "median", "error"] = "median"
    indicator: bool = False
    standardize: Scaling | None = None
    na_values: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[Feature, ...]:
        name = f"column '{shown(self.name)}'"
        circles = [
            Feature(f"{name}, {of} of its {cycle}", "mean") for cycle in self.cycles for of in ("sine", "cosine")
        ]
        fill = "median" if self.missing == "error" else self.missing
        days = Feature(f"{name}, days since 1970", fill, self.standardize)
        return (days, *circles, *[Feature(f"{name} is missing", is_told=False)] * self.indicator)

    def means_missing(self, text: str) -> bool:
        return is_no_number(text, self.own_missing)

    def gatherer(self) -> Gatherer:
        return Gatherer(self._parse)

    def fits_single(self, cells: Cells) -> bool:
        return is_single(cells.numbers / DAY)

    def encode(self, cells: Cells, out: Array) -> None:
        moments = cells.values(self._parse)
        out[:, 0] = moments / DAY
        for place, cycle in enumerate(self.cycles):
            angle = 2 * np.pi * np.mod(moments / PERIODS[cycle], 1)
            out[:, 1 + 2 * place], out[:, 2 + 2 * place] = np.sin(angle), np.cos(angle)
        if self.indicator:
            out[:, -1] = np.isnan(moments)

    def refused(self, cells: Cells) -> dict[str, str]:
        form = "a date such as 2024-05-31" if self.form == ISO else f"a date of the form {self.form}"
        wrong = (text for text in cells.texts if self.missing == "error" or not self.means_missing(text))
        return {text: f"expected {form}, got {cell_shown(text)}" for text in wrong}

    def remarks(self, cells: Cells) -> dict[str, str]:
        if self.indicator:
            return {}
        return {text: f"{told}, the {self.missing} is taken" for text, told in self.missing_in(cells).items()}

    def becomes(self) -> str:
        cycles = f" and {' and '.join(self.cycles)} as circles" if self.cycles else ""
        return f"{counted(self.width, 'number')}: days{cycles}{', and whether it is missing' * self.indicator}"

    def _parse(self, text: str) -> float | None:
        return None if is_among(text, self.own_missing) else self._seconds(text)

    @cached_property
    def _seconds(self) -> Callable[[str], float | None]:
        return seconds(self.form)
