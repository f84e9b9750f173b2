"""Recipe: a network and how it is to learn, without the data."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from nnfs_cli.config import Training
from nnfs_cli.data.augment.base import Augmentation, refuse_examples
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.spec import Examples
from nnfs_cli.data.weights import training_weights
from nnfs_cli.errors import ConfigError, ShapeError
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.text import quoted


@dataclass(frozen=True)
class Recipe:
    """What is trained, and how.

    Attributes:
        network: with memory or without; training needs it allocated.
        loss, optimizer: as built; a trainer works with copies of them.
        scheduler: what moves the optimizer's settings, laid out over the steps of a training.
        training: epochs, batch size and the like.
        augment: what changes the training examples, in this order.
        reconstructs: whether each example is its own answer, which changes with it.

    Raises:
        ShapeError: an augmentation cannot change what the network takes.
        ConfigError: there is something else among the augmentations.
    """

    network: Network
    loss: Loss
    optimizer: Optimizer
    scheduler: Scheduler
    training: Training
    augment: tuple[Augmentation, ...] = ()
    reconstructs: bool = False

    def __post_init__(self) -> None:
        for number, step in enumerate(self.augment):
            if not isinstance(step, Augmentation):
                raise ConfigError(f"augment[{number}]: expected an augmentation such as Shift(2), got {quoted(step)}.")
            try:
                words, answer = bool(self.network.embeddings), () if self.reconstructs else self.network.output_shape
                refuse_examples(step, self.network.input_shape, answer, words=words)
            except ShapeError as error:
                raise error.at(f"augment[{number}]", step.type_name) from None

    @property
    def is_balanced(self) -> bool:
        """Whether something is done about classes of different size."""
        return self.loss.class_weights is not None or self.training.sampling == "balanced"

    def settled(self, rate: float | None) -> Recipe:
        """The recipe with a rate that was found for its scheduler, if one was.

        Raises:
            ConfigError: the scheduler has smallest rates above it.
        """
        if rate is None:
            return self
        self.scheduler.refuse_contradictions(rate)
        return dataclasses.replace(self, scheduler=self.scheduler.settled(rate))

    def to_learn(self, train: Examples, preparation: Preparation) -> Batches:
        """Training examples as the network takes them: augmented, and with their weights.

        Raises:
            ConfigError: the loss has weights for classes that there are not.
            DataError: all weights are 0.
        """
        weight = training_weights(train, self.loss.class_weights, preparation.spec.classes)
        return Batches(train.x, train.y, preparation, self.network.dtype, self.augment, weight)

    def to_measure(self, split: Examples, preparation: Preparation) -> Batches:
        """Examples to validate with, as they are."""
        return Batches(split.x, split.y, preparation, self.network.dtype)
