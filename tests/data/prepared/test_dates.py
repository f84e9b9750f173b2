"""Dates: the forms that are found, the moments that they mean, and day and month where nothing tells them apart."""

from __future__ import annotations

import pytest

from nnfs_cli.data.cells.dates import are_of_several_forms, form_of, seconds, twin_of

DAY = 86_400
NEW_YEAR_2024 = 19_723 * DAY
"""54 years of 365 days and 13 leap days after 1970."""


@pytest.mark.parametrize(
    ("cell", "form", "moment"),
    [
        ("2024-01-01", "iso", NEW_YEAR_2024),
        ("2024-01-01T12:30:15", "iso", NEW_YEAR_2024 + 45_015),
        ("2024-01-01 12:30", "iso", NEW_YEAR_2024 + 45_000),
        ("2024-01-01T00:00:00Z", "iso", NEW_YEAR_2024),
        ("2024-01-01T02:00:00+02:00", "iso", NEW_YEAR_2024),
        ("1969-12-31", "iso", -DAY),
        ("31.12.2023", "%d.%m.%Y", NEW_YEAR_2024 - DAY),
        ("31.12.23", "%d.%m.%y", NEW_YEAR_2024 - DAY),
        ("12/31/2023", "%m/%d/%Y", NEW_YEAR_2024 - DAY),
        ("31/12/2023", "%d/%m/%Y", NEW_YEAR_2024 - DAY),
        ("2023/12/31", "%Y/%m/%d", NEW_YEAR_2024 - DAY),
        ("12-31-2023", "%m-%d-%Y", NEW_YEAR_2024 - DAY),
        ("31 Dec 2023", "%d %b %Y", NEW_YEAR_2024 - DAY),
        ("December 31, 2023", "%B %d, %Y", NEW_YEAR_2024 - DAY),
        ("31-Dec-2023", "%d-%b-%Y", NEW_YEAR_2024 - DAY),
        ("12/31/2023 06:00 PM", "%m/%d/%Y %I:%M %p", NEW_YEAR_2024 - DAY // 4),
        ("31.12.2023 18:00:00", "%d.%m.%Y %H:%M:%S", NEW_YEAR_2024 - DAY // 4),
        (" 31.12.2023 ", "%d.%m.%Y", NEW_YEAR_2024 - DAY),
    ],
)
def test_forms(cell, form, moment):
    assert form_of([cell]) == form
    assert seconds(form)(cell) == moment


@pytest.mark.parametrize(
    "cell", ["red", "2024-13-01", "2024-02-30", "31.13.2023", "1.2", "12345", "2024", "x" * 50, "a1b2c3d4"]
)
def test_texts_that_are_no_dates(cell):
    assert form_of([cell]) is None
    assert form_of(["2024-01-01", cell]) is None
    assert seconds("iso")(cell) is None


def test_all_cells_decide_about_day_and_month():
    assert form_of(["01/02/2024", "02/01/2024"]) == "%m/%d/%Y"
    assert form_of(["01/02/2024", "13/01/2024"]) == "%d/%m/%Y"
    assert form_of(["01/02/2024", "01/13/2024"]) == "%m/%d/%Y"
    assert form_of(["13/01/2024", "01/13/2024"]) is None


def test_the_other_form_where_both_fit():
    assert twin_of(["01/02/2024", "02/01/2024"], "%m/%d/%Y") == "%d/%m/%Y"
    assert twin_of(["01/02/24 10:00"], "%m/%d/%y %H:%M") == "%d/%m/%y %H:%M"
    assert twin_of(["01-02-2024"], "%m-%d-%Y") == "%d-%m-%Y"
    assert twin_of(["01/02/2024", "01/13/2024"], "%m/%d/%Y") is None
    assert twin_of(["13/01/2024"], "%d/%m/%Y") is None
    assert twin_of(["2024-01-02"], "iso") is None
    assert form_of([]) is None


@pytest.mark.parametrize(
    ("cells", "several"),
    [
        (["2024-01-02", "03.01.2024"], True),
        (["2024-01-02", "03.01.2024", "Jan 4, 2024"], True),
        (["13/01/2024", "01/13/2024"], True),
        (["2024-01-02", "2024-01-03"], False),
        (["2024-01-02", "03.01.2024", "soon"], False),
        (["red", "blue"], False),
        ([], False),
    ],
)
def test_dates_of_several_forms(cells, several):
    assert are_of_several_forms(cells) == several
