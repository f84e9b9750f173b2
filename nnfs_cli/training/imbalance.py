"""Imbalance: what a training may set against classes of different size, and whether its data allow that."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnfs_cli.config import Training
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.spec import DataSpec
from nnfs_cli.nn.evaluation.threshold import EVEN, best_threshold
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network
from nnfs_cli.text import counted, quoted
from nnfs_cli.training.measure import scores_of


def imbalance_problems(training: Training, spec: DataSpec, *, validated: bool) -> Iterator[tuple[str, str]]:
    """The keys of a training that its data do not allow, each with a sentence that says why.

    Args:
        validated: whether there is a validation split.
    """
    classes = len(spec.classes or ())
    has = counted(classes, "class") if classes else "values to predict"
    if training.sampling == "balanced" and not classes:
        yield "sampling", f"balanced draws every class as often, but the data have {has}. Leave it out."
    if training.sampling == "balanced" and not training.shuffle:
        yield "sampling", "balanced draws the examples at random, but shuffle is false. Leave one of them out."
    if training.threshold != EVEN and classes != 2:
        yield "threshold", f"decides between two classes, but the data have {has}. Leave it out."
    elif training.threshold == "auto" and not validated:
        yield "threshold", "auto is the best one on the validation split, but there is none. Set dataset.validation."


def threshold_note(training: Training, validation: Batches | None, classes: tuple[str, ...] | None) -> tuple[str, ...]:
    """What people should know of a threshold that cannot be found."""
    if training.threshold != "auto" or validation is None or len(only := np.unique(validation.target(slice(None)))) > 1:
        return ()
    of = f"all {len(validation):,} validation examples are of class {quoted(classes[only[0]])}"
    return (f"{of}: training.threshold stays {EVEN}. Set dataset.validation so that both classes are among them",)


def threshold_of(training: Training, network: Network, loss: Loss, validation: Batches | None) -> float:
    """The threshold of a network as it is now: the one that is set, or the best one on the validation split."""
    if training.threshold != "auto":
        return training.threshold
    with np.errstate(over="ignore", invalid="ignore"):
        scores = scores_of(network, validation).astype(np.float64)
        return best_threshold(loss.activate(scores.T)[1], validation.target(slice(None)))
