"""LR find's files: the steps and suggestions of a range test, its picture, and a configuration with the rate."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

from nnfs_cli.config import Config, dump_readable
from nnfs_cli.runs import durable
from nnfs_cli.sessions import pictures
from nnfs_cli.sessions.train import with_found
from nnfs_cli.training.rates.range_test import RatesFound


def write_rates(found: RatesFound, run: Path, method: str, name: str) -> tuple[str, ...]:
    """Leave lr_find.csv, .json and .png in a directory.

    Args:
        found: how the test ended.
        method: whose suggestion was asked for.
        name: of the configuration.

    Returns:
        Warnings.

    Raises:
        MachineError: a file cannot be written.
    """
    report = {"method": method, "lr": found.suggestions[method], "suggestions": found.suggestions, "end": found.reason}
    report["doubt"] = found.doubt
    durable.replace(run / "lr_find.csv", _table(found))
    durable.replace(run / "lr_find.json", json.dumps(report, indent=2) + "\n")
    return pictures.leave(run / "lr_find.png", lambda: _picture(found, method, name))


def write_config(config: Config, found: Mapping[str, str], header: str, path: Path) -> None:
    """Write a configuration with everything written out.

    Args:
        found: where relative paths led.
        header: what a comment above says of it.

    Raises:
        MachineError: the file cannot be written.
    """
    durable.replace(path, dump_readable(with_found(config.resolved(), found), str(path), header))


def _picture(found: RatesFound, method: str, name: str) -> bytes:
    import numpy as np

    from nnfs_cli import plots

    _, rates, losses, smoothed = np.array(found.points).T
    return plots.lr_curve(rates, losses, smoothed, found.suggestions, method, f"{name}: learning-rate range test")


def _table(found: RatesFound) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["step", "lr", "loss", "smoothed"])
    writer.writerows(found.points)
    return text.getvalue()
