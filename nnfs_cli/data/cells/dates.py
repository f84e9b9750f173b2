"""Dates: in which form a column writes its dates and times, and the seconds since 1970 that they are."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Callable, Collection, Mapping

ISO = "iso"
_DAYS = ("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%m-%d-%Y", "%d-%m-%Y", "%d.%m.%y", "%m/%d/%y", "%d/%m/%y")
_NAMED = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d %Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S")
_TWINS = {"%m/%d/": "%d/%m/", "%m-%d-": "%d-%m-"}
"""Forms that start with the month, and those that start with the day and cannot always be told from them."""
_FORMS = (ISO, *(f"{day}{time}" for day in (*_DAYS, *_NAMED) for time in _TIMES))
_LONGEST, _SHORTEST = 40, 6
_ZONE = re.compile(r"(?:[zZ]|:\S*[+-][0-9]{2}(?::?[0-9]{2})?) *$")
_SAMPLE, _LEAST, _MOSTLY, _DIGITS = 40, 10, 9, 4
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def seconds(form: str) -> Callable[[str], float | None]:
    """What turns a cell into seconds since 1970 (UTC where no zone is given), or None if it is no such date.

    Args:
        form: "iso" (ISO 8601, such as 2024-05-31 or 2024-05-31T12:30:00Z), or a form of `datetime.strptime`.
    """

    def parse(cell: str) -> float | None:
        text = cell.strip()
        if not _SHORTEST <= len(text) <= _LONGEST:
            return None
        try:
            moment = datetime.datetime.fromisoformat(text) if form == ISO else datetime.datetime.strptime(text, form)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        return (moment - _EPOCH).total_seconds()

    return parse


def has_zone(cell: str) -> bool:
    """Whether an ISO time says its zone."""
    return bool(_ZONE.search(cell))


def is_form(form: str) -> bool:
    """Whether it is "iso", or a form in which `datetime.strptime` finds year, month and day again."""
    day = datetime.datetime(1999, 12, 31, tzinfo=datetime.UTC)
    try:
        return form == ISO or datetime.datetime.strptime(day.strftime(form), form).date() == day.date()
    except (ValueError, re.error):  # a form that names a part twice
        return False


def others_than_dates(counts: Mapping[str, int]) -> list[str]:
    """Texts among dates that are none themselves: at most one cell in ten; an empty list where these are no dates.

    Args:
        counts: how often each text occurs.
    """
    some = [text for text in itertools.islice(counts, _SAMPLE) if sum(map(str.isdigit, text)) >= _DIGITS]
    if len(some) < _LEAST or 2 * len(some) < min(len(counts), _SAMPLE):
        return []
    parses = [seconds(form) for form in _FORMS]
    parse = max(parses, key=lambda parse: sum(parse(text) is not None for text in some))
    others = [text for text in counts if parse(text) is None]
    of_others = sum(counts[text] for text in others)
    return others if _MOSTLY * of_others < sum(counts.values()) - of_others else []


def form_of(cells: Collection[str]) -> str | None:
    """The form in which all of these texts are dates; None if there is none.

    Where day and month cannot be told apart in any of them, the month comes first, as pandas and skrub take it.
    """
    if not cells or not all(_SHORTEST <= len(cell.strip()) <= _LONGEST for cell in cells):
        return None
    first = next(iter(cells))
    if not any(map(str.isdigit, first)):
        return None
    fitting = [form for form in _FORMS if seconds(form)(first) is not None]
    return next((form for form in fitting if all(seconds(form)(cell) is not None for cell in cells)), None)


def are_of_several_forms(cells: Collection[str]) -> bool:
    """Whether these texts, of which the first ones are looked at, are dates in different forms."""
    rest, forms = list(itertools.islice(cells, _SAMPLE)), 0
    while rest and (fitting := [seconds(form) for form in _FORMS if seconds(form)(rest[0]) is not None]):
        rest = min(([text for text in rest if parse(text) is None] for parse in fitting), key=len)
        forms += 1
    return not rest and forms > 1


def twin_of(cells: Collection[str], form: str) -> str | None:
    """Another form in which these texts are dates too, with day and month exchanged; None if there is none."""
    for month_first, day_first in _TWINS.items():
        if form.startswith(month_first):
            other = day_first + form.removeprefix(month_first)
            return other if all(seconds(other)(cell) is not None for cell in cells) else None
    return None
