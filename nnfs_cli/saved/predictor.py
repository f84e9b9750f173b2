"""Predictor: a network with all that it takes to answer questions about raw examples."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.data.augment.views import AS_IT_IS, View
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.checks import refuse_no_rows
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.spec import DataSpec
from nnfs_cli.errors import CheckpointError, ConfigError, DataError, NnfsError
from nnfs_cli.footprint import of_prediction, refuse_if_too_large
from nnfs_cli.nn.evaluation.threshold import EVEN, ranked
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LOSSES, describe_object
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.saved.description import UNSOUND, NetworkDescription, make, make_preparation, make_threshold
from nnfs_cli.saved.tensors import refuse_other_weights, restore_weights, weights_of
from nnfs_cli.training.measure import scores_of

NO_ROOM = "Use it on a machine with more memory."


@dataclass(frozen=True)
class Predictor:
    """A trained network, how its inputs are prepared, and what its outputs mean.

    Attributes:
        threshold: the probability above which the second of two classes is the answer.
        views: versions of an example whose answers are averaged; usually the example as it is alone.
    """

    network: Network
    loss: Loss
    preparation: Preparation
    threshold: float = EVEN
    views: tuple[View, ...] = (AS_IT_IS,)

    @property
    def spec(self) -> DataSpec:
        """Shape of an example, names of the classes, number of outputs."""
        return self.preparation.spec

    def predict(self, x: Array) -> Array:
        """Probabilities or values, (N, *output_shape) float64, for raw examples x (N, *input_shape), batch first.

        Raises:
            DataError: x has another shape, or numbers of words that are none.
        """
        return self.answers(self.scores(x)).reshape(len(x), *self.spec.output_shape)

    def scores(self, x: Array) -> Array:
        """The output of the network, (N, outputs), for raw examples x (N, *input_shape), batch first.

        Where there are several views it is what the mean of their probabilities, or of their values, stands for.

        Raises:
            DataError: x has another shape, or numbers of words that are none.
        """
        if x.shape[1:] != self.spec.input_shape:
            raise DataError(f"the model expects examples of shape {self.spec.input_shape}, got {x.shape[1:]}.")
        refuse_no_rows("x", x, self.network.embeddings)
        each = (self._scores_of_view(x, view) for view in self.views)
        if len(self.views) == 1:
            return next(each)
        if self.loss.takes_classes:
            return self._of_mean_probabilities(each)
        mean = sum(self.answers(scores) for scores in each) / len(self.views)
        return self.preparation.transform.apply(mean)

    def _scores_of_view(self, x: Array, view: View) -> Array:
        batches = Batches(x, None, self.preparation, self.network.dtype, view)
        batches.start_epoch(0, 0)
        return scores_of(self.network, batches)

    def _of_mean_probabilities(self, each: Iterator[Array]) -> Array:
        """By way of logarithms: a probability that is too small for a number has one too."""
        ranks = (self.loss.class_scores(scores.T.astype(np.float64)) for scores in each)
        logarithms = (some - np.logaddexp.reduce(some, axis=0) for some in ranks)
        total = functools.reduce(np.logaddexp, logarithms) - math.log(len(self.views))
        return self.loss.scores_from(total).T

    def ranked(self, scores: Array) -> Array:
        """What orders the classes, (N, classes), the largest for the answer, from scores (N, outputs); or values."""
        return ranked(self.loss, scores.T, self.threshold).T

    def answers(self, scores: Array) -> Array:
        """Probabilities, or values in the units of the target, (N, outputs) float64, from scores (N, outputs).

        They are computed in float64, so that the likeliest class is always the one with the largest score.
        """
        return self.preparation.values(self.loss.activate(scores.T.astype(np.float64)).T)

    def state(self) -> dict[str, Any]:
        """All but the weights, as JSON."""
        network = self.network
        return {
            "network": {
                "layers": [describe_object(layer) for layer in network.layers],
                "input_shape": network.input_shape,
                "seed": network.seed,
                "dtype": network.dtype.name,
                "embeddings": [table._asdict() for table in network.embeddings],
            },
            "loss": describe_object(self.loss),
            "data": self.preparation.to_json(),
            "threshold": self.threshold,
        }

    def tensors(self) -> dict[str, Array]:
        """The weights, by their names in a checkpoint."""
        return weights_of(self.network)


def load_predictor(checkpoint: Checkpoint) -> Predictor:
    """The predictor that a checkpoint holds.

    Raises:
        CheckpointError: what it says of its network is not sound, or its weights are of another network.
        MachineError: one example takes more memory than this machine has left.
    """
    try:
        predictor = _from_state(checkpoint.state)
    except UNSOUND as error:
        where = f"{checkpoint.path}: its description of the network is not valid"
        raise CheckpointError(*(f"{where}: {reason}." for reason in _reasons(error))) from None
    refuse_other_weights(predictor.network, checkpoint)
    refuse_if_too_large(of_prediction(predictor.network), f"{checkpoint.path}: its network", NO_ROOM)
    restore_weights(predictor.network, checkpoint)
    return predictor


def refuse_unreadable(tensors: Mapping[str, Array], state: Mapping[str, Any]) -> Checkpoint:
    """Read what a checkpoint will say of its network as `load_predictor` will, and hand out the checkpoint.

    Raises:
        ConfigError: it would be refused.
    """
    try:
        saved = Checkpoint(Path("checkpoint"), tensors, json.loads(json.dumps(state)))
        _from_state(saved.state)
    except UNSOUND as error:
        raise ConfigError(
            f"this network cannot be saved, because its checkpoint could not be read again: {error}."
        ) from None
    return saved


def _reasons(error: Exception) -> list[str]:
    """What is wrong, one text for each mistake, without a full stop."""
    texts = error.lines if isinstance(error, NnfsError) else (str(error),)
    return [text.removesuffix(".") for text in texts]


def _from_state(state: Mapping[str, Any]) -> Predictor:
    network = NetworkDescription(**state["network"]).make()
    loss = make(LOSSES, state["loss"])
    preparation = make_preparation(state["data"], network, loss)
    return Predictor(network, loss, preparation, make_threshold(state.get("threshold", EVEN), preparation.spec))
