"""Plots: pictures of a run, as the bytes of a PNG file; nothing here writes a file or opens a window."""

from nnfs_cli.plots import loading  # noqa: F401  before any other part of matplotlib
from nnfs_cli.plots.best import Best
from nnfs_cli.plots.calibration import calibration
from nnfs_cli.plots.confusion import confusion
from nnfs_cli.plots.curves import curves
from nnfs_cli.plots.lr_curve import lr_curve
from nnfs_cli.plots.pictures import mistakes, reconstructions
from nnfs_cli.plots.ranking import ranking
from nnfs_cli.plots.values import values
from nnfs_cli.plots.versions import versions

__all__ = [
    "Best",
    "calibration",
    "confusion",
    "curves",
    "lr_curve",
    "mistakes",
    "ranking",
    "reconstructions",
    "values",
    "versions",
]
