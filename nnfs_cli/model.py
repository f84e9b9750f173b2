"""Model: a network that one can train, ask, save and load from Python."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Unpack

from nnfs_cli.config import Training, Transform
from nnfs_cli.data.augment.base import Augmentation
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.examples import numbers
from nnfs_cli.data.preparation import Preparation, measured
from nnfs_cli.data.scales import refuse_other_scale
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.errors import ConfigError
from nnfs_cli.footprint import of_drawing, of_fitting, of_prediction, refuse_if_too_large
from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.evaluation.threshold import EVEN
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.losses.mse import MSE
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.adam import Adam
from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.nn.schedulers.constant import Constant
from nnfs_cli.nn.schedulers.one_cycle import OneCycle
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.parallel.alone import Alone
from nnfs_cli.parameters import LargestRate
from nnfs_cli.runs import checkpoint, durable, files
from nnfs_cli.saved.predictor import Predictor, load_predictor, refuse_unreadable
from nnfs_cli.training.chosen import chosen
from nnfs_cli.training.handed import FitSettings, augmentations, examples_of, facts_of, rows_of, same_kind, training_of
from nnfs_cli.training.measure import Measure
from nnfs_cli.training.rates.range_test import rate_for
from nnfs_cli.training.recipe import Recipe
from nnfs_cli.training.trainer import Trainer


class Model:
    """Layers in order, with memory, a training session and a prediction session.

    Arrays that go in and come out are batch first: (N, features) or (N, channels, height, width); those that come out
    are the caller's. Numbers are taken as they are; uint8 pixels are scaled to 0..1. Values to predict are standardized
    while they are learned; answers come in their own units. A model that was trained or loaded prepares whatever it
    gets as it did in its first training.

    Args:
        layers: from the input to the output; each object belongs to this model from now on.
        input_shape: shape of one example.
        seed: of the first weights, the order of the examples and dropout.
        dtype: float32 or float64.

    Attributes:
        network: the layers over their two flat vectors; its arrays have the batch last.
        loss: of the last training; cross-entropy before it.
        found_lr: the largest rate of the last training, where it was left to a range test.

    Raises:
        ShapeError: a layer cannot take what the one before it gives.
        ConfigError: a layer belongs to another model, or stands in the list twice.
        MachineError: this machine has not the memory for it.
    """

    found_lr: float | None = None

    def __init__(self, layers: Sequence[Layer], input_shape: Shape, *, seed: int = 0, dtype: str = "float32"):
        self.network = Network(layers, input_shape, seed=seed, dtype=dtype)
        for needed in (of_drawing(self.network), of_prediction(self.network)):
            refuse_if_too_large(needed, "the model", "Make its layers smaller.")
        self.network.allocate()
        self.network.initialize()
        self.loss = self._usual_loss
        self._preparation: Preparation | None = None
        self._threshold = EVEN

    def __copy__(self) -> Model:
        raise ConfigError("a copy of a model would share its weights. Use copy.deepcopy.")

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        """The output of the network (outputs, N) for prepared inputs x (…, N), batch last."""
        return self.network.forward(x, context)

    def backward(self, dy: Array, context: Context = PREDICTION) -> None:
        """Set the gradient of every variable from dy (outputs, N), that of the last output of `forward`."""
        self.network.backward(dy, context)

    def freeze(self, *layers: int | str) -> None:
        """Let these layers, by number or name, stay as they are in `fit` and all others learn; no file keeps it."""
        self.network.freeze(layers)

    def fit(
        self,
        x: Array,
        y: Array,
        *,
        epochs: int,
        optimizer: Optimizer,
        loss: Loss | None = None,
        scheduler: Scheduler | None = None,
        batch_size: int = 32,
        validation: tuple[Array, Array] | None = None,
        target_transform: Transform = "standardize",
        augment: Sequence[Augmentation] = (),
        weight: Array | None = None,
        on_epoch: Callable[[dict[str, Any]], None] | None = None,
        **settings: Unpack[FitSettings],
    ) -> list[dict[str, Any]]:
        """Train and return one row of metrics for each epoch, with the columns of metrics.csv.

        Args:
            x: (N, *input_shape).
            y: (N,) integer classes for CrossEntropy; (N, outputs) or (N,) values for MSE, or (N, *output_shape).
            epochs: passes over x.
            optimizer: its rate may be left out if the scheduler sets it.
            loss: CrossEntropy if left out, MSE where the network gives images.
            scheduler: nothing moves if left out.
            batch_size: examples of a batch.
            validation: (x, y) to measure on after each epoch.
            target_transform: "standardize" lets it learn values with mean 0 and deviation 1, "none" as they are. The
                first training decides for all that follow.
            augment: what changes the training examples in every epoch, in this order.
            weight: (N,), how much each example counts, at least 0; they are brought to a mean of 1.
            on_epoch: called with the row of every epoch, to watch a long training.
            settings: what else a configuration says of a training, such as shuffle=False: see `FitSettings`.

        Raises:
            ConfigError: a metric does not fit the loss or the data.
            DataError: x and y do not fit the network or each other.
            MachineError: this machine has not the memory for it.
            DivergedError: the loss or the gradient is no longer finite, or no rate is found for "auto".
        """
        self.loss, self._threshold = self._usual_loss if loss is None else copy.deepcopy(loss), EVEN
        training = training_of(epochs, batch_size, settings)
        train = self._split("train", x, y, weight)
        held = None if validation is None else self._split("validation", *validation)
        recipe = Recipe(self.network, self.loss, optimizer, scheduler or Constant(), training, augmentations(augment))
        refuse_if_too_large(of_fitting(recipe, train, len(held or ())), "fit", "Make batch_size or the layers smaller.")
        prepared = self._preparation = self._prepared(train, target_transform)
        refuse_other_scale("train: x", train.x, prepared)
        refuse_other_scale("validation: x", train.x[:0] if held is None else held.x, prepared)
        batches, held_batches = recipe.to_learn(train, prepared), held and recipe.to_measure(held, prepared)
        measured = chosen(training, prepared, validated=held is not None)
        self.found_lr = rate_for(recipe, batches)
        trainer = Trainer(recipe.settled(self.found_lr), measured, batches, held_batches, Alone())
        return rows_of(trainer, on_epoch)

    def fit_one_cycle(
        self,
        x: Array,
        y: Array,
        *,
        epochs: int,
        max_lr: LargestRate,
        optimizer: Optimizer | None = None,
        loss: Loss | None = None,
        **settings: Any,
    ) -> list[dict[str, Any]]:
        """Train with a one-cycle schedule up to `max_lr`, with Adam if no other optimizer is given.

        `settings` are those of `fit`; "auto" lets a range test find the rate, as `nnfs lr-find` does.
        """
        return self.fit(
            x, y, epochs=epochs, optimizer=optimizer or Adam(), loss=loss, scheduler=OneCycle(max_lr), **settings
        )

    def predict(self, x: Array) -> Array:
        """Probabilities of the classes or values, (N, *output_shape) float64, for x (N, *input_shape).

        Raises:
            DataError: x has another shape or scale than in training, or holds no numbers, or no words of an embedding.
        """
        x = numbers("x", x)
        refuse_other_scale("x", x, self.preparation)
        return self._predictor.predict(x)

    def evaluate(self, x: Array, y: Array, *, metrics: Sequence[str] | None = None) -> dict[str, float | None]:
        """The mean loss and the metrics, the usual ones if left out, on x and y, as `fit` takes all three."""
        split = self._split("test", x, y)
        refuse_other_scale("test: x", x, self.preparation)
        batches = Batches(split.x, split.y, self.preparation, self.network.dtype)
        metrics = chosen(Training(1, metrics=metrics), self.preparation, validated=True)
        return Measure(metrics, batches, self._facts().outputs, Alone())(self.network, self.loss)

    def save(self, path: str | Path) -> None:
        """Write a checkpoint that `load` and `nnfs predict` read.

        Raises:
            ConfigError: it could not be read again, such as one with a layer that is not registered.
            MachineError: it cannot be written. A file that was there is as it was.
        """
        tensors, state = self._predictor.tensors(), self._predictor.state()
        refuse_unreadable(tensors, state)
        with durable.explained(Path(path)):
            files.require_plain(files.target(Path(path)))
        checkpoint.write(Path(path), tensors, state)

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """The model in a checkpoint, whether `save` or `nnfs train` wrote it; its inputs are prepared as they were.

        Raises:
            CheckpointError: the file is missing, damaged, or not a checkpoint.
        """
        saved = checkpoint.read(files.target(Path(path)))
        predictor, model = load_predictor(saved), cls.__new__(cls)
        model.network, model.loss = predictor.network, predictor.loss
        model._preparation = predictor.preparation if predictor.preparation.trained else None
        model._threshold = predictor.threshold
        return model

    @property
    def preparation(self) -> Preparation:
        """How inputs are prepared: as in the first training, or as loaded; before that, numbers are as they are."""
        return self._preparation or Preparation.untrained(self._facts())

    @property
    def _usual_loss(self) -> Loss:
        return CrossEntropy() if len(self.network.output_shape) == 1 else MSE()

    @property
    def _predictor(self) -> Predictor:
        return Predictor(self.network, self.loss, self.preparation, self._threshold)

    def _prepared(self, train: Examples, transform: Transform) -> Preparation:
        """The preparation of a training: the one that is known already, or else one for these examples."""
        spec, known = self._facts(), self._preparation
        if known is not None and same_kind(known.spec, spec):
            return dataclasses.replace(known, spec=spec)
        return measured(spec, train, standardize=False, transform=transform)

    def _facts(self) -> DataSpec:
        return facts_of(self.network, self.loss, self._preparation and self._preparation.spec)

    def _split(self, name: str, x: Array, y: Array, weight: Array | None = None) -> Examples:
        """Both as arrays that fit each other and the network."""
        return examples_of(name, x, y, self.loss, self._facts(), weight)
