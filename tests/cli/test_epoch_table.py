"""The table of epochs: it fits a terminal of 80 columns and has no column without a figure."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from nnfs_cli.cli.tables.epochs import EpochTable
from nnfs_cli.registry import METRICS

COLUMNS = "epoch train loss train acc val loss val acc lr samples/s"


def table_of(nnfs, *arguments: str) -> tuple[str, list[str]]:
    """The names of the columns, and the lines of the epochs."""
    lines = nnfs("train", *arguments, "--name", "shown").err.splitlines()
    head = next(number for number, line in enumerate(lines) if line.lstrip().startswith("epoch "))
    rows = [line for line in lines[head + 1 :] if "/" in line.split()[0]]
    assert max(map(len, [lines[head], *rows])) <= 80
    return lines[head], rows


def test_classes(nnfs):
    head, rows = table_of(nnfs, "tiny.yaml")
    assert head.split() == COLUMNS.split()
    kept = csv.DictReader(Path("runs/shown/metrics.csv").read_text().splitlines())
    for row, known in zip(rows, kept, strict=True):
        epoch, train_loss, train, _, val_loss, val, _, rate, *_ = row.split()
        assert epoch == f"{known['epoch']}/2"
        assert [float(train_loss), float(val_loss), float(rate)] == pytest.approx(
            [float(known[name]) for name in ("train_loss", "val_loss", "lr")], rel=1e-2
        )
        assert [float(train), float(val)] == pytest.approx(
            [100 * float(known[name]) for name in ("train_accuracy", "val_accuracy")], abs=0.01
        )


def test_values_have_no_column_of_accuracy(nnfs, runs):
    head, rows = table_of(nnfs, "prices.yaml")
    assert head.split() == COLUMNS.replace("acc", "r2").split()
    assert all("-" not in row.split() for row in rows)


@pytest.mark.parametrize("name", ["tiny", "prices"])
def test_nothing_is_shown_of_a_split_that_is_not_there(nnfs, runs, name):
    head, rows = table_of(nnfs, f"{name}.yaml", "--set", "dataset.validation=0")
    assert "val" not in head
    assert all("-" not in row.split() for row in rows)


WORST = (-99.98765, -1.23456e25, -1.23456e-5)


def test_the_widest_figures_fit():
    row = {"epoch": 9999, "train_loss": 1.2345e-05, "val_loss": 1.2345e-05, "lr": 1.2345e-05}
    shares = [(name, 1.0) for name, kind in METRICS.items() if kind.is_share]
    others = [(name, worst) for name in set(METRICS) - {name for name, _ in shares} for worst in WORST]
    for metric, worst in shares + others:
        table = EpochTable(9999, METRICS[metric], validated=True)
        figures = {f"{split}_{metric}": worst for split in ("train", "val")}
        line = table.line({**row, **figures, "samples_per_second": 1_234_567.8}, best=True)
        assert len(line) <= 80
        assert line.endswith("1,234,568  best")
        assert len(table.head()) <= 80


@pytest.mark.parametrize(
    ("epochs", "number", "shown"), [(9, 3, "3/9"), (10_000, 12, "12/10000"), (1_000_000, 123, "123")]
)
def test_a_long_number_of_epochs_is_told_as_long_as_there_is_room(epochs, number, shown):
    row = dict.fromkeys(("train_loss", "train_accuracy", "lr", "samples_per_second"), 1.0) | {"epoch": number}
    assert EpochTable(epochs, METRICS["accuracy"], validated=False).line(row, best=False).split()[0] == shown


@pytest.mark.parametrize(
    ("monitor", "shown"), [("val_loss", "val F1"), ("train_balanced_accuracy", "val bac")], ids=["loss", "metric"]
)
def test_the_figure_that_ends_the_training_is_shown_unless_another_finds_the_best_epoch(nnfs, monitor, shown):
    early = "training.early_stopping={monitor: val_macro_f1, patience: 2}"
    head, _ = table_of(nnfs, "tiny.yaml", "--set", early, "--set", f"training.monitor={monitor}")
    assert shown in head
