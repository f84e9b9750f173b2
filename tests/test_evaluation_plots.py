"""Pictures of an evaluation: what they show, with few and many classes, targets and examples."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from nnfs_cli import plots
from nnfs_cli.nn.evaluation.calibration import Calibration
from nnfs_cli.nn.evaluation.clouds import clouds_of
from nnfs_cli.nn.evaluation.curves import curves_of
from nnfs_cli.nn.evaluation.reports import value_figures
from nnfs_cli.plots import style
from nnfs_cli.plots.calibration import wilson
from tests.answers.independent.figures import average_precision, pairs_in_order

STRANGE = ("$5\n", "猫" * 40, "", "\x1b[31mred", "b")


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the functions hand out the figure instead of the file."""
    monkeypatch.setattr(style, "png", lambda figure: figure)


def outputs(classes: int, examples: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (classes, N) that tell a little, and classes (N,), each of which is there."""
    rng = np.random.default_rng([classes, examples])
    y = np.arange(examples) % classes
    scores = rng.normal(size=(classes, examples))
    scores[y, np.arange(examples)] += 1 + y / classes
    return np.exp(scores) / np.exp(scores).sum(axis=0), y


def names(count: int) -> tuple[str, ...]:
    return tuple(f"kind {k}" for k in range(count))


def drawn(classes: int, examples: int):
    p, y = outputs(classes, examples)
    return plots.ranking(json.loads(json.dumps(curves_of(p, y, names(classes)))), "run, test split"), p, y


def labels(axes) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_two_classes_have_the_curve_of_the_second(figures):
    figure, p, y = drawn(2, 40)
    auc, precision = (of(p[1, y == 1], p[1, y == 0]) for of in (pairs_in_order, average_precision))
    assert labels(figure.axes[0]) == ["guessing", f"kind 1  {auc:.3f}"]
    assert labels(figure.axes[1]) == ["guessing  0.500", f"kind 1  {precision:.3f}"]
    line = figure.axes[0].lines[-1].get_xydata()
    assert (line[0].tolist(), line[-1].tolist()) == ([0, 0], [1, 1])
    assert np.trapezoid(line[:, 1], line[:, 0]) == pytest.approx(auc, abs=1e-3)


def test_some_classes_have_a_curve_each(figures):
    figure, p, y = drawn(7, 350)
    for axes, of in zip(figure.axes, (pairs_in_order, average_precision), strict=True):
        wanted = [f"kind {k}  {of(p[k, y == k], p[k, y != k]):.3f}" for k in range(7)]
        assert [label for label in labels(axes) if label != "guessing"] == wanted


@pytest.mark.parametrize("classes", [8, 150])
def test_many_classes_have_their_mean_their_spread_and_the_worst_three(figures, classes):
    figure, p, y = drawn(classes, 10 * classes)
    areas = [pairs_in_order(p[k, y == k], p[k, y != k]) for k in range(classes)]
    worst = [f"kind {k}  {areas[k]:.3f}" for k in np.argsort(areas, kind="stable")[:3]]
    mean = f"mean of {classes} classes  {np.mean(areas):.3f}"
    assert labels(figure.axes[0]) == ["guessing", *worst, "middle 80 % of the classes", mean]
    line = figure.axes[0].lines[-1].get_xydata()
    assert np.trapezoid(line[:, 1], line[:, 0]) == pytest.approx(np.mean(areas), abs=5e-3)


def test_a_thinned_curve_has_the_area_of_the_whole():
    p, y = outputs(2, 30_000)
    curves = curves_of(p, y, names(2))
    (line,) = curves["lines"]
    x, height = line["roc"]
    assert len(x) < 2000
    assert np.trapezoid(height, x) == pytest.approx(line["roc_auc"], abs=1e-3)
    recall, precision = (np.array(of) for of in line["pr"])
    assert np.diff(recall) @ precision[1:] == pytest.approx(line["average_precision"], abs=1e-3)


def test_a_class_that_is_absent_or_alone_has_no_curve():
    p, y = outputs(3, 30)
    curves = curves_of(p, np.minimum(y, 1), names(3))
    assert [line["class"] for line in curves["lines"]] == ["kind 0", "kind 1"]
    assert curves_of(p, np.zeros(30, int), names(3)) is None


def test_calibration_counts_what_was_said_and_what_came():
    said = np.array([0.0, 0.05, 0.15, 0.15, 0.95, 1.0, 1.0])
    bins = Calibration.of(said, np.array([False, True, True, False, True, True, False]))
    assert bins.counts.tolist() == [2, 2, 0, 0, 0, 0, 0, 0, 0, 3]
    assert bins.came.tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert bins.error == pytest.approx((abs(0.05 - 1) + abs(0.3 - 1) + abs(2.95 - 2)) / 7)
    again = Calibration.from_json(json.loads(json.dumps(bins.to_json())))
    assert again.said.tolist() == bins.said.tolist()


def test_calibration_shows_the_share_and_the_number_of_each_bin(figures):
    said = np.repeat([0.25, 0.85], [40, 10])
    figure = plots.calibration(Calibration.of(said, np.arange(50) % 2 == 0), "said", "came", "run")
    upper, lower = figure.axes
    np.testing.assert_allclose(upper.lines[-1].get_xydata(), [[0.25, 0.5], [0.85, 0.5]])
    assert upper.get_title("right") == "mean distance from the diagonal (ECE): 27.00 %"
    assert [bar.get_height() for bar in lower.patches] == [0, 0, 40, 0, 0, 0, 0, 0, 10, 0]
    assert [text.get_text() for text in lower.texts if text.get_text()] == ["40", "10"]


def test_the_interval_of_a_share_is_that_of_wilson():
    """Newcombe 1998, table I: 81 of 263, and 0 of 20."""
    low, high = wilson(np.array([81, 0]), np.array([263, 20]))
    np.testing.assert_allclose((low, high), [[0.2553, 0.0], [0.3662, 0.1611]], atol=5e-5)


def clouds(targets: int, examples: int, outlier: float = 0.0):
    rng = np.random.default_rng([targets, examples])
    y = 290 + 60 * rng.normal(size=(examples, targets))
    values = y + rng.normal(size=y.shape) * np.arange(5, 5 + targets)
    values[0] += outlier
    _, rows = value_figures(values, y)
    return clouds_of(values, y, names(targets), rows), values, y, rows


def test_few_examples_are_points_and_their_errors(figures):
    found, values, y, rows = clouds(1, 50)
    left, right = plots.values(json.loads(json.dumps(found)), "run").axes
    np.testing.assert_array_equal(left.collections[0].get_offsets(), np.column_stack([y, values]))
    np.testing.assert_array_equal(right.collections[0].get_offsets(), np.column_stack([values, values - y]))
    assert left.get_title("left") == "kind 0"
    assert right.get_title("right") == f"R² {rows[0]['r2']:.4g}, RMSE {rows[0]['rmse']:.4g}"
    for axes, points in ((left, (y, values)), (right, (values, values - y))):
        for (low, high), along in zip((axes.get_xlim(), axes.get_ylim()), points, strict=True):
            assert low < along.min() < along.max() < high


def test_many_examples_are_counted_in_cells(figures):
    found, *_ = clouds(1, 5000, outlier=1e6)
    assert np.sum(found[0]["predicted"]["counts"]) == 4999
    axes = plots.values(found, "run").axes[0]
    assert axes.get_xlabel() == "true (1 beyond the edges)"
    assert axes.get_ylim()[1] < 1000
    assert axes.images[0].get_array().sum() == 4999


def test_numbers_at_the_axes_differ_however_close_the_values_are(figures):
    y = 1e6 + np.arange(40.0)[:, None] / 10
    axes = plots.values(clouds_of(y, y, ["y"], [{"r2": 1.0, "rmse": 0.0}]), "run").axes[0]
    labels = [axes.xaxis.get_major_formatter()(tick) for tick in axes.get_xticks()]
    assert len(set(labels)) == len(labels) > 3


def test_a_sample_is_said():
    y = np.zeros((900_000, 1)) + np.arange(900_000)[:, None]
    (cloud,) = clouds_of(y, y, ["y"], [{"r2": 1.0, "rmse": 0.0}])
    assert cloud["note"] == "300,000 of 900,000 values"
    assert np.sum(cloud["errors"]["counts"]) == 300_000


def test_of_many_targets_those_are_drawn_that_are_explained_worst(figures):
    found, _, _, rows = clouds(6, 30)
    worst = sorted(np.argsort([row["r2"] for row in rows])[:4].tolist())
    assert [cloud["name"] for cloud in found] == [f"kind {k}" for k in worst]
    assert len(plots.values(found, "run").axes) == 8


@pytest.mark.parametrize("examples", [1, 2, 2001])
def test_a_target_that_never_varies_is_drawn(examples):
    y = np.full((examples, 1), 5.0)
    found = clouds_of(y, y, ["constant"], [{"r2": None, "rmse": 0.0}])
    assert found[0]["figures"] == "R² is not defined, RMSE 0"
    assert Image.open(io.BytesIO(plots.values(found, "run"))).size[0] == style.WIDTH


def test_strange_names_are_drawn():
    p, y = outputs(5, 60)
    for picture in (
        plots.ranking(curves_of(p, y, STRANGE), STRANGE[1]),
        plots.calibration(Calibration.of(p[1], y == 1), *STRANGE[:2], STRANGE[3]),
        plots.values([cloud | {"name": STRANGE[3]} for cloud in clouds(1, 9)[0]], STRANGE[0]),
    ):
        assert Image.open(io.BytesIO(picture)).size[0] == style.WIDTH


def pixels(channels: int, height: int = 6, width: int = 5) -> list:
    return np.random.default_rng(channels).integers(0, 256, (height, width, channels)).tolist()


@pytest.mark.parametrize("count", [1, 6, 7, 24])
def test_mistakes_are_shown_with_what_was_said(figures, count):
    said = [{"pixels": pixels(1), "label": f"kind {k}", "true": "b", "probability": 1 - k / 30} for k in range(count)]
    axes = plots.mistakes(said, "run").axes
    titles = [one.get_title("left") for one in axes if one.images]
    assert titles[0] == "said: kind 0\ntrue: b\n100.0 %"
    assert len(titles) == count
    shown = axes[0].images[0].get_array()
    np.testing.assert_array_equal(shown, np.array(said[0]["pixels"]).repeat(3, axis=2))


def test_what_is_nearly_sure_is_not_said_to_be_sure(figures):
    said = [{"pixels": pixels(3), "label": "a", "true": "b", "probability": p} for p in (0.99999, 0.9994)]
    titles = [one.get_title("left").splitlines()[-1] for one in plots.mistakes(said, "run").axes[:2]]
    assert titles == ["> 99.9 %", "99.9 %"]


@pytest.mark.parametrize("count", [1, 3])
def test_what_comes_back_is_below_its_original(figures, count):
    pairs = [{"pictures": [pixels(3), pixels(1)], "error": 0.5 + k} for k in range(count)]
    axes = plots.reconstructions([{"name": name, "pairs": pairs} for name in ("best", "worst")], "run").axes
    assert len(axes) == 4 * count
    assert [one.get_title("left") for one in axes[:count]] == ["best\n0.5", "1.5", "2.5"][:count]
    np.testing.assert_array_equal(axes[0].images[0].get_array(), pairs[0]["pictures"][0])
    np.testing.assert_array_equal(axes[count].images[0].get_array()[..., :1], pairs[0]["pictures"][1])


def test_strange_classes_are_drawn_beside_their_pictures():
    said = [{"pixels": pixels(1), "label": name, "true": name, "probability": 0.5} for name in STRANGE]
    assert Image.open(io.BytesIO(plots.mistakes(said, STRANGE[1]))).size[0] == style.WIDTH
