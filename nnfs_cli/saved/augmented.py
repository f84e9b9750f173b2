"""Augmented: a predictor whose answer is the mean of its answers to several versions of an example."""

from __future__ import annotations

import dataclasses

from nnfs_cli.data.augment.views import views_of
from nnfs_cli.errors import ConfigError
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.saved.config import saved_config
from nnfs_cli.saved.predictor import Predictor

LEAVE = "Leave --augment out."


def augmented(predictor: Predictor, checkpoint: Checkpoint) -> Predictor:
    """The same network, asked about the versions of each example that its own training made it used to.

    Raises:
        ConfigError: its training was none of `nnfs train`, or did not move or mirror images.
        CheckpointError: the configuration in the checkpoint has mistakes.
    """
    where = f"--augment: {checkpoint.path}"
    if not isinstance(checkpoint.state.get("config"), dict):
        raise ConfigError(f"{where}: was not made by nnfs train, so nothing tells how its images were changed. {LEAVE}")
    if predictor.spec.reconstruction:
        raise ConfigError(f"{where}: gives its examples back, which would have to be moved back too. {LEAVE}")
    views = views_of([choice.make() for choice in saved_config(checkpoint).data.augment])
    if len(views) == 1:
        has = "has no flip, shift, crop, rotate or the like in the dataset.augment of its training"
        raise ConfigError(f"{where}: {has}, so there are no versions that mean the same. {LEAVE}")
    return dataclasses.replace(predictor, views=views)
