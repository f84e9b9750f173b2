"""Predictor: a network with all that it takes to answer questions about raw examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.data.batches import Batches
from nnfs_cli.data.columns import Column
from nnfs_cli.data.dataset import Facts, Split
from nnfs_cli.data.standardize import Standardizer
from nnfs_cli.errors import CheckpointError, ConfigError, DataError
from nnfs_cli.footprint import of_prediction, refuse_if_too_large
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LOSSES, describe_object
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.sessions.description import DataDescription, NetworkDescription, make
from nnfs_cli.sessions.measure import predict
from nnfs_cli.sessions.tensors import refuse_other_weights, restore_weights, weights_of

NO_ROOM = "Use it on a machine with more."
UNSOUND = (ConfigError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class Predictor:
    """A trained network, how its inputs are prepared, and what its outputs mean.

    Attributes:
        facts: shape of an example, names of the classes, number of outputs.
        pixels: whether an example is pixels from 0 to 255.
        columns: how a row of a table becomes features, if the examples are such rows.
    """

    network: Network
    loss: Loss
    facts: Facts
    standardizer: Standardizer
    pixels: bool
    columns: tuple[Column, ...] | None

    def predict(self, x: Array) -> Array:
        """Probabilities or values, (N, outputs), for raw examples x (N, *input_shape), batch first.

        Raises:
            DataError: x has another shape.
        """
        if x.shape[1:] != self.facts.input_shape:
            raise DataError(f"the model expects examples of shape {self.facts.input_shape}, got {x.shape[1:]}.")
        split = Split(x, np.zeros(len(x), np.int64))
        return predict(self.network, self.loss, Batches(split, self.standardizer, self.network.dtype))

    def state(self) -> dict[str, Any]:
        """All but the weights, as JSON."""
        network = self.network
        return {
            "network": {
                "layers": [describe_object(layer) for layer in network.layers],
                "input_shape": network.input_shape,
                "seed": network.seed,
                "dtype": network.dtype.name,
            },
            "loss": describe_object(self.loss),
            "data": {
                "classes": self.facts.classes,
                "outputs": self.facts.outputs,
                "pixels": self.pixels,
                "standardizer": self.standardizer.to_json(),
                "columns": self.columns and [column.to_json() for column in self.columns],
            },
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
        raise CheckpointError(f"{checkpoint.path}: its description of the network is not sound: {error}.") from None
    refuse_other_weights(predictor.network, checkpoint)
    refuse_if_too_large(of_prediction(predictor.network), f"{checkpoint.path}: its network", NO_ROOM)
    restore_weights(predictor.network, checkpoint)
    return predictor


def _from_state(state: Mapping[str, Any]) -> Predictor:
    network = NetworkDescription(**state["network"]).make()
    data = DataDescription(**state["data"])
    return Predictor(
        network,
        make(LOSSES, state["loss"]),
        data.facts(network),
        data.make_standardizer(network.input_shape),
        data.pixels,
        data.make_columns(network.input_shape),
    )
