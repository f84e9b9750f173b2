"""Pictures of a run: their size, what they show, and that they disturb nothing."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from nnfs_cli import plots
from nnfs_cli.plots import style
from nnfs_cli.plots.best import Best
from nnfs_cli.plots.series import POINTS
from nnfs_cli.registry import METRICS
from tests.nn.counts import of_matrix


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the functions hand out the figure instead of the file."""
    monkeypatch.setattr(style, "png", lambda figure: figure)


def run(epochs: int, per_epoch: int, *, metric: str = "accuracy", momentum: float | None = 0.9):
    """The rows of metrics.csv and of steps.csv of a training whose loss falls from 2.3 to 0.023."""
    steps = epochs * per_epoch
    losses = 2.3 * 0.01 ** (np.arange(1, steps + 1) / steps)
    setting, speed = {"lr": 1e-3, "momentum": momentum}, {"seconds": 1.0, "samples_per_second": 1000.0}
    step_rows = [
        {"step": step, "epoch": (step - 1) // per_epoch + 1, "loss": float(loss), **setting}
        for step, loss in enumerate(losses, 1)
    ]
    epoch_rows = [
        {
            "epoch": row["epoch"],
            "step": row["step"],
            "train_loss": row["loss"],
            "val_loss": row["loss"] + 0.1,
            f"train_{metric}": 1 - row["loss"] / 3,
            f"val_{metric}": 0.9 - row["loss"] / 3,
            **(setting | speed),
        }
        for row in step_rows[per_epoch - 1 :: per_epoch]
    ]
    return epoch_rows, step_rows


def columns(rows: list[dict]) -> list[dict[str, np.ndarray]]:
    """The rows as a table in two blocks."""
    half = len(rows) // 2
    return [
        {name: np.array([row[name] for row in part], float) for name in part[0]}
        for part in (rows[:half], rows[half:])
        if part
    ]


def curves(epochs: list[dict], steps: list[dict], title: str, best: Best | None = None):
    return plots.curves(columns(epochs), columns(steps), title, best)


def titles(figure: Figure) -> list[str]:
    return [axes.get_title("left") for axes in figure.axes]


def lines(axes) -> dict[str, np.ndarray]:
    """The points (2, points) of each line of a panel, by its label."""
    return {line.get_label(): np.array(line.get_data()) for line in axes.lines}


def assert_picture(data: bytes, height: int) -> None:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (1000, height))


@pytest.mark.parametrize(("epochs", "per_epoch"), [(1, 1), (5, 1688), (200, 3)])
def test_curves_of_any_length(epochs, per_epoch):
    assert_picture(curves(*run(epochs, per_epoch), "mnist_dense-1"), 720)


@pytest.mark.parametrize("rows", [([], run(1, 40)[1]), (run(3, 1)[0], []), ([], [])])
def test_curves_of_a_run_that_was_interrupted(rows):
    assert_picture(curves(*rows, "interrupted"), 720)


def test_curves_show_all_columns(figures):
    epochs, steps = run(5, 100)
    figure = curves(epochs, steps, "mnist_dense-1")
    loss, accuracy, rate, momentum = figure.axes
    assert figure.get_suptitle() == "mnist_dense-1"
    assert titles(figure) == ["Loss", "Accuracy", "Learning rate", "Momentum"]
    np.testing.assert_array_equal(lines(loss)["each step"][1], [row["loss"] for row in steps])
    np.testing.assert_array_equal(lines(loss)["validation, whole epoch"][1], [row["val_loss"] for row in epochs])
    percent = [100 * row["train_accuracy"] for row in epochs]
    np.testing.assert_allclose(lines(accuracy)["training, whole epoch"][1], percent)
    assert [len(panel.lines[0].get_xdata()) for panel in (rate, momentum)] == [500, 500]
    assert loss.get_yscale() == "log"
    assert [label.get_text() for label in loss.get_xticklabels()] == ["1", "2", "3", "4", "5"]


def rings(figure: Figure) -> list[str]:
    """The panels that have a ring."""
    return [axes.get_title("left") for axes in figure.axes if "best epoch" in lines(axes)]


@pytest.mark.parametrize(
    ("monitor", "panel", "point"), [("val_loss", 0, [[20], [0.5]]), ("val_accuracy", 1, [[20], [87.5]])]
)
def test_the_epoch_of_the_best_checkpoint_alone_is_ringed(figures, monitor, panel, point):
    epochs, steps = run(3, 10)
    epochs[1] |= {"val_loss": 0.5, "val_accuracy": 0.875}
    figure = curves(epochs, steps, "best", Best(*monitor.split("_"), epochs[1]))
    assert [axes.get_title("right") for axes in figure.axes[:2]] == [
        "best epoch, 2: validation 0.5",
        "best epoch, 2: validation 87.50 %",
    ]
    assert rings(figure) == [titles(figure)[panel]]
    np.testing.assert_allclose(lines(figure.axes[panel])["best epoch"], point)


def test_training_counts_where_there_is_no_validation(figures):
    epochs, steps = run(2, 10)
    for row in epochs:
        row |= {"val_loss": None, "val_accuracy": None}
    loss = curves(epochs, steps, "all for training", Best("train", "loss", epochs[1])).axes[0]
    assert loss.get_title("right") == "best epoch, 2: training 0.023"


def test_an_epoch_judged_by_what_is_not_drawn_is_ringed_at_its_loss(figures):
    epochs, steps = run(2, 10, metric="r2")
    best = {**epochs[0], "val_rmse": 3.0, "val_r2": None}
    figure = curves(epochs, steps, "friedman-1", Best("val", "rmse", best))
    assert rings(figure) == ["Loss"]
    assert [axes.get_title("right") for axes in figure.axes[:2]][1] == ""
    assert rings(curves(epochs, steps, "no epoch has ended")) == []


def test_regression_shows_r_squared_instead_of_an_accuracy_and_the_speed_where_it_is_undefined(figures):
    (epochs, steps), name = run(3, 10, metric="r2"), "friedman-1"
    panel = curves(epochs, steps, name).axes[1]
    np.testing.assert_array_equal(lines(panel)["validation, whole epoch"][1], [row["val_r2"] for row in epochs])
    assert panel.get_title("left") == "R²"
    figure = curves([{**row, "train_r2": None, "val_r2": None} for row in epochs], steps, name)
    assert titles(figure)[1] == "Training speed, examples per second"
    assert [*figure.axes[1].lines[0].get_ydata()] == [1000] * 3


@pytest.mark.parametrize(
    ("names", "shape"), [(["log_loss", "roc_auc"], (1000, 1080)), (["mae", "mse", "mape"], (1000, 1080))]
)
def test_every_metric_has_a_panel(names, shape, figures):
    epochs, steps = run(3, 10, metric=names[0])
    for row in epochs:
        row |= {f"{split}_{name}": row[f"{split}_{names[0]}"] for name in names for split in ("train", "val")}
    figure = curves(epochs, steps, "many", Best("val", names[1], epochs[1]))
    assert titles(figure) == ["Loss", *(METRICS[name].title for name in names), "Learning rate", "Momentum"]
    assert rings(figure) == [METRICS[names[1]].title]
    assert tuple(np.round(figure.get_size_inches() * style.DPI)) == shape
    wide = [axes.get_subplotspec().colspan.stop - axes.get_subplotspec().colspan.start for axes in figure.axes]
    assert wide == [2 if len(names) == 2 else 1, *[1] * (len(names) + 2)]


def test_one_metric_of_several_that_is_not_defined_says_so(figures):
    epochs, steps = run(3, 10)
    panel = curves([{**row, "train_roc_auc": None, "val_roc_auc": None} for row in epochs], steps, "one").axes[2]
    assert (panel.get_title("left"), panel.texts[-1].get_text()) == ("ROC AUC", "Not defined in any epoch")


def test_small_fall_of_the_loss_is_drawn_to_a_linear_scale(figures):
    assert curves([], run(1, 10)[1][:3], "short").axes[0].get_yscale() == "linear"


@pytest.mark.parametrize("momentum", [None, 0.0])
def test_missing_momentum_is_said_in_words(figures, momentum):
    panel = curves(*run(2, 5, momentum=momentum), "sgd").axes[3]
    assert [text.get_text() for text in panel.texts] == ["No momentum"]


def test_loss_that_is_not_finite_is_left_out(figures):
    epochs, steps = run(2, 10)
    steps[-1]["loss"], steps[-2]["loss"], epochs[-1]["val_loss"] = np.nan, np.inf, np.nan
    loss = curves(epochs, steps, "diverged").axes[0]
    assert lines(loss)["each step"].shape == (2, 18)
    assert lines(loss)["validation, whole epoch"].shape == (2, 1)


def test_many_epochs_are_drawn_with_their_lowest(figures):
    count = 200_000
    numbers = np.arange(1.0, count + 1)
    losses = np.full(count, 2.0)
    losses[123_456] = 0.25
    table = [{"epoch": numbers, "step": 3 * numbers, "train_loss": losses, "val_loss": losses, "lr": losses}]
    loss = plots.curves(table, [], "long").axes[0]
    assert lines(loss)["validation, whole epoch"][1].min() == 0.25
    np.testing.assert_array_equal(loss.get_xticks(), 3 * np.arange(20_000, count + 1, 20_000))
    assert loss.get_xlim()[1] == pytest.approx(1.02 * 3 * count)
    assert all(len(line.get_xdata()) <= POINTS + 2 for axes in loss.figure.axes for line in axes.lines)


@pytest.mark.parametrize("count", [1, 20, 100, 101, 700])
def test_confusion_of_any_size(count):
    matrix = np.full((count, count), 3)
    matrix[0] = 0
    assert_picture(
        plots.confusion(of_matrix(matrix), tuple(f"class {index}" for index in range(count)), "test split"), 860
    )


def test_confusion_writes_counts_over_the_share_of_each_row(figures):
    figure = plots.confusion(of_matrix([[3, 1], [0, 0]]), ("cat", "dog"), "pets")
    axes = figure.axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), [[0.75, 0.25], [0, 0]])
    places = {text.get_position(): text.get_text() for text in axes.texts}
    assert places == {(0, 0): "3", (1, 0): "1", (0, 1): "0", (1, 1): "0"}, "x is the predicted class, y the true one"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert axes.get_title("left") == "3 of 4 examples are right (75.00 %)"


def test_long_names_are_turned_and_shortened_in_their_middle(figures):
    names = tuple(f"a very long name for a class, number {index}" for index in range(10))
    label = plots.confusion(of_matrix(np.eye(10, dtype=int)), names, "long").axes[0].get_xticklabels()[3]
    assert (label.get_text(), label.get_rotation()) == ("a very long …ss, number 3", 45)


def test_letters_that_the_font_lacks_are_code_points(figures):
    figure = plots.confusion(of_matrix(np.eye(2, dtype=int)), ("猫 a", "Größe שלום"), "猫🦀 é")
    assert figure.get_suptitle() == r"\u732b\U0001f980 é"
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [r"\u732b a", "Größe שלום"]


def test_any_name_can_be_drawn():
    plots.confusion(of_matrix(np.eye(4, dtype=int)), ("$x_1$", "$ 5", "猫\x01\n", "bad\udcff"), "a $\\frac$ title")


def test_same_run_gives_the_same_bytes():
    first, second = (curves(*run(2, 20), "twice") for _ in range(2))
    assert first == second
    assert b"Software" not in first


def test_settings_of_matplotlib_neither_matter_nor_change():
    plain = plots.confusion(of_matrix(np.eye(2, dtype=int)), ("a", "b"), "settings")
    with matplotlib.rc_context({"font.size": 20, "figure.dpi": 50}):
        before = dict(matplotlib.rcParams)
        assert plots.confusion(of_matrix(np.eye(2, dtype=int)), ("a", "b"), "settings") == plain
        assert dict(matplotlib.rcParams) == before


def test_no_window_system_is_loaded():
    program = "import sys, nnfs_cli.plots as p; p.curves([], [], ''); sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parent.parent)


@pytest.mark.parametrize("text", ["0", "0.001", "1e-5", "1e-12", "2e6", "1e12", "-0.5"])
def test_numbers_read_as_in_a_configuration(text):
    assert style.number(float(text)) == text


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["cat", "dog"], ["cat", "dog"]),
        (
            [f"A long name of a group {k:02d} of goods and wares" for k in (1, 2)],
            ["…1 of goods and wares", "…2 of goods and wares"],
        ),
        (["a" * 60 + "x" + "b" * 60, "a" * 60 + "y" + "b" * 60], None),
        (["c" + "a" * 60 + "x" + "b" * 60, "d" + "a" * 60 + "x" + "b" * 60], None),
        (["c" + "a" * 60 + "x" + "b" * 60, "c" + "a" * 60 + "x" + "b" * 30 + "z" + "b" * 30], None),
    ],
)
def test_long_names_stay_different(names, told):
    found = style.told_apart(names)
    assert len(set(found)) == len(names)
    assert all(style.ems(name) <= style.LABEL + style.ems("5: ") for name in found)
    if told is not None:
        assert found == told
