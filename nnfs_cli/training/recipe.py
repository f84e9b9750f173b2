"""Recipe: a network and how it is to learn, without the data."""

from __future__ import annotations

from dataclasses import dataclass

from nnfs_cli.config import Training
from nnfs_cli.data.augment.base import Augmentation
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.schedulers.base import Scheduler


@dataclass(frozen=True)
class Recipe:
    """What is trained, and how.

    Attributes:
        network: with memory or without; training needs it allocated.
        loss, optimizer: as built; a trainer works with copies of them.
        scheduler: what moves the optimizer's settings, laid out over the steps of a training.
        training: epochs, batch size and the like.
        augment: what changes the training examples, in this order.

    Raises:
        ShapeError: an augmentation cannot change what the network takes.
    """

    network: Network
    loss: Loss
    optimizer: Optimizer
    scheduler: Scheduler
    training: Training
    augment: tuple[Augmentation, ...] = ()

    def __post_init__(self) -> None:
        for step in self.augment:
            step.refuse(self.network.input_shape)
