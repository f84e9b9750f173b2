"""Series: a column of any length becomes what a picture can show, in constant memory."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.plots.series import POINTS, STEP, STRETCHES, VALUE, Series, series_of


def filled(y: np.ndarray, block: int = 1000) -> Series:
    """A series over the steps 1, 2, 3 ... of one epoch each, added in blocks."""
    series, steps = Series(), np.arange(1.0, len(y) + 1)
    for start in range(0, len(y), block):
        part = slice(start, start + block)
        series.add(steps[part], steps[part], y[part])
    return series


@pytest.mark.parametrize("count", [POINTS + 1, STRETCHES, 100_000, 1_000_003])
def test_thinning_keeps_ends_and_extremes(count):
    y = np.random.default_rng(0).normal(size=count)
    y[count // 3], y[count // 2] = 99, -99
    series = filled(y, block=20_000)
    points = series.points()
    assert len(series) == count
    assert len(points) <= POINTS + 2
    assert {1, count // 3 + 1, count // 2 + 1, count} <= set(points[:, STEP])
    assert (np.diff(points[:, STEP]) > 0).all()
    np.testing.assert_array_equal(y[points[:, STEP].astype(int) - 1], points[:, VALUE])
    assert series._table.shape[0] <= STRETCHES


def test_a_few_points_are_kept_as_they_are():
    y = np.random.default_rng(0).normal(size=POINTS)
    np.testing.assert_array_equal(filled(y).points(), np.stack([np.arange(1, POINTS + 1)] * 2 + [y], axis=1))


def test_smoothing_takes_a_fiftieth_on_either_side():
    y = np.random.default_rng(0).normal(size=200)
    steps, smoothed = filled(y, block=7).smoothed()
    np.testing.assert_array_equal(steps, np.arange(1, 201))
    np.testing.assert_allclose(smoothed[[0, 2, 100, 199]], [y[0], y[:5].mean(), y[96:105].mean(), y[195:].mean()])


@pytest.mark.parametrize("count", [30_000, 300_000])
def test_smoothing_of_many_rows_is_that_of_all_rows(count):
    y = np.sin(np.arange(count) / count * 20) + np.random.default_rng(0).normal(size=count)
    steps, smoothed = filled(y, block=20_000).smoothed()
    sums, reach = np.concatenate([[0], np.cumsum(y)]), count // 50
    at = steps.astype(int) - 1
    inside = at >= reach
    first, last = at[inside] - reach, np.minimum(at[inside] + reach + 1, count)
    assert POINTS / 2 < len(steps) <= POINTS
    np.testing.assert_allclose(smoothed[inside], (sums[last] - sums[first]) / (last - first), atol=0.01)


def test_series_leave_out_what_is_empty_or_not_finite():
    steps = np.arange(1.0, 5.0)
    values = np.array([np.nan, 0.5, np.inf, -np.inf])
    found = series_of(
        [{"step": steps, "epoch": steps, "lr": values}, {"step": steps[:1], "epoch": steps[:1], "lr": values[:1]}]
    )
    assert found["lr"].points().tolist() == [[2, 2, 0.5]]
    assert len(found["another"]) == 0
