"""Trainer: the loop that teaches a network, step by step and epoch by epoch."""

from __future__ import annotations

import contextlib
import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

import numpy as np

from nnfs_cli.data.batches import Batches
from nnfs_cli.errors import DivergedError
from nnfs_cli.nn.costs import reserve
from nnfs_cli.nn.metrics.base import Metric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.group import ProcessGroup, share
from nnfs_cli.training.measure import Measure, figures, kinds_of, overflowing, width
from nnfs_cli.training.order import order_of, steps_of, used
from nnfs_cli.training.recipe import Recipe
from nnfs_cli.training.records import EpochDone, StepDone, epoch_columns
from nnfs_cli.training.state import TrainingState, cost
from nnfs_cli.training.step.average import WeightAverage
from nnfs_cli.training.step.clipping import clip
from nnfs_cli.training.step.divergence import broken_numbers, broken_parameter, diverged, last_layer
from nnfs_cli.training.step.gradient import StepGradient

SILENT = np.errstate(over="ignore", invalid="ignore", divide="ignore")
"""A training that diverges ends with an error of its own; NumPy's warnings would only come before it."""


class Trainer:
    """A network with everything that it takes to train it.

    Every process of the group runs the same loop and takes its share of every batch. The gradients are added up in the
    order of ranks, so that the same seed and the same number of processes give the same bytes.

    Args:
        recipe: its network is allocated, and moved into memory that the group shares. The trainer works with copies of
            loss, optimizer and scheduler: what a training moves and keeps stays in it. The scheduler is laid out over
            the steps that are made, `max_steps` at most.
        metrics: what is measured beside the loss.
        train: the examples to learn from.
        validation: the examples to measure on after each epoch, if any.
        group: the processes that share the work.
    """

    def __init__(
        self,
        recipe: Recipe,
        metrics: Sequence[Metric],
        train: Batches,
        validation: Batches | None,
        group: ProcessGroup,
    ):
        self.network, self.training = recipe.network, recipe.training
        self.loss, self.optimizer = copy.deepcopy(recipe.loss), copy.deepcopy(recipe.optimizer)
        self.train, self.validation, self.group = train, validation, group
        self.metrics = tuple(metrics)
        self.summed, _ = kinds_of(self.metrics)
        self.measure: Measure | None = None
        self.average: WeightAverage | None = None
        self.state = TrainingState()
        self.steps_per_epoch = steps_of(len(train), recipe.training)
        self.scheduler = copy.deepcopy(recipe.scheduler)
        self.lay_out()
        self._follow_plan()
        self._share_memory()
        self._gradient = StepGradient(self.network, self.loss, self.summed, train, self.training, group)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return self.state.epoch >= self.training.epochs or self.state.ended is not None

    def lay_out(self) -> None:
        """Lay the schedule out over all steps that are made; an epoch that `max_steps` cut short stays short."""
        state, training = self.state, self.training
        left = (training.epochs - state.epoch) * self.steps_per_epoch - state.position
        limit = math.inf if training.max_steps is None else training.max_steps
        self.steps = min(state.step + left, limit)
        self.plan = self.scheduler.plan(self.steps, self.steps_per_epoch)

    def run(self, should_stop: Callable[[], bool] = lambda: False) -> Iterator[StepDone | EpochDone]:
        """Train until the last epoch, or until `should_stop()` returns True, which is called once a step.

        Raises:
            DivergedError: the loss or the gradient is no longer finite; parameters and states are those of the step
                before.
            MachineError: another process failed or died.
        """
        return self.group.run(lambda: self._work(should_stop))

    def _work(self, should_stop: Callable[[], bool]) -> Iterator[StepDone | EpochDone]:
        network, group = self.network, self.group
        network.use_memory(network.values, group.mine)
        examples = min(self.training.batch_size, len(self.train)), len(self.validation or ())
        reserve(network, *(len(range(count)[share(count, group.rank, group.size)]) for count in examples))
        while not self.finished:
            for examples in self._steps_left():
                done, stop = self._step(examples, should_stop)
                yield done
                if stop and not self._made_max_steps:
                    return
            if self._made_max_steps:
                self.state.ended = "max_steps"
            yield self._end_epoch()

    def _steps_left(self) -> Iterator[Array]:
        """The steps that are left of the epoch, each the numbers of its examples, until `max_steps` are made."""
        self.train.start_epoch(self.network.seed, self.state.epoch)
        order = order_of(self.training, self.train.answers, self.network.seed, self.state.epoch)
        order, size = order[: used(len(order), self.training)], self.training.step_size
        for position in range(self.state.position, self.steps_per_epoch):
            if self._made_max_steps:
                return
            yield order[position * size : (position + 1) * size]

    @property
    def _made_max_steps(self) -> bool:
        return self.training.max_steps is not None and self.state.step >= self.training.max_steps

    def _step(self, examples: Array, should_stop: Callable[[], bool]) -> tuple[StepDone, bool]:
        """Make one step; what was done, and whether a stop was requested."""
        began, state, size = time.perf_counter(), self.state, len(examples)
        self._follow_plan()
        sums, stop = self._learn(examples, should_stop)
        state.add(sums, size, time.perf_counter() - began)
        lr, momentum = self.optimizer.lr, self.optimizer.current_momentum
        return StepDone(state.step, state.epoch + 1, sums[0] / size, lr, momentum, size), stop

    def _follow_plan(self) -> None:
        """Give the optimizer what the scheduler wants for the next step."""
        for name, curve in self.plan.items():
            self.optimizer.set(name, curve.value(self.state.step))

    @SILENT
    def _learn(self, examples: Array, should_stop: Callable[[], bool]) -> tuple[list[float], bool]:
        """One forward pass, backward pass and update.

        Returns:
            The sums of the loss and the metrics over the examples, and whether a stop was requested.
        """
        network, group = self.network, self.group
        kept = network.kept.copy()
        own = self._gradient.compute(examples, self.state.step, self._sum)
        stop = group.rank == 0 and should_stop()
        squares = float(np.dot(network.grads, network.grads))
        part, gradient, numbers = group.reduce([*own, stop, squares])
        *sums, stops, squares = numbers.tolist()
        try:
            self._refuse_divergence(examples, sums, squares, gradient, part)
        except DivergedError:
            network.kept[:] = kept
            raise
        clip(gradient, self.training, group)
        self.optimizer.step(network.values, gradient, part, self._sum)
        if self.average is None:
            group.gather(network.values)
        else:
            self.average.follow(part, self.state.step)
            group.gather(network.values, self.average.values)
        return sums, bool(stops)

    def _sum(self, values: Array) -> Array:
        """An array added up over all processes of the group, float64."""
        return self.group.sum(values.ravel()).reshape(values.shape)

    def _refuse_divergence(
        self, examples: Array, sums: list[float], squares: float, gradient: Array, part: slice
    ) -> None:
        """End a training whose loss, gradient or metrics are not finite, before it moves a parameter.

        The squares of large numbers overflow earlier than the numbers: only then is every number looked at. A metric
        may overflow where the loss does not: behind `target_transform: log` by the exponential of the answers.

        Args:
            sums: of the loss and the metrics over the examples.
            squares: of the gradients of all processes.
            gradient, part: what falls to this one.
        """
        if math.isfinite(sum(sums)) and math.isfinite(squares):
            return
        when = self._moment(self.state.epoch + 1, self.state.step + 1)
        if not math.isfinite(sums[0]):
            raise diverged("loss", sums[0], f"{when}, {self._gradient.first_broken(examples)}")
        own = broken_numbers(self.network, gradient, part.start)
        broken = self.group.sum(own.ravel()).reshape(own.shape)
        if broken.any():
            layer, value = last_layer(self.network, broken)
            raise diverged(f"gradient of {layer}", value, when)
        if (name := overflowing(self.summed, np.array(sums))) is not None:
            raise diverged(name, math.inf, when)

    def refuse_broken_parameters(self) -> None:
        """Refuse to save parameters or states that are not finite.

        Raises:
            DivergedError: one of them is not finite.
        """
        if (broken := broken_parameter(self.network)) is not None:
            raise diverged(*broken, self._moment(self.state.epoch, self.state.step))

    def _moment(self, epoch: int, step: int) -> str:
        return f"epoch {epoch}, step {step}, lr = {self.optimizer.lr:.6g}"

    @SILENT
    def _end_epoch(self) -> EpochDone:
        state = self.state
        sums, examples, seconds = state.end_epoch()
        row = dict.fromkeys(epoch_columns(self.metrics))
        row |= {"epoch": state.epoch, "step": state.step}
        row |= {f"train_{name}": value for name, value in figures(self.summed, np.array(sums), examples).items()}
        if self.measure is not None:
            with self.averaged():
                measured = self.measure(self.network, self.loss)
            if not math.isfinite(measured["loss"]):
                raise diverged("val_loss", measured["loss"], self._moment(state.epoch, state.step))
            row |= {f"val_{name}": value for name, value in measured.items()}
        row |= {"lr": self.optimizer.lr, "momentum": self.optimizer.current_momentum}
        row |= {"seconds": seconds, "samples_per_second": examples / seconds}
        training = self.training
        self.scheduler.judge(cost(row, training.monitor))
        return EpochDone(row, state.judge(row, training.monitor, training.early_stopping, training.ties))

    def averaged(self) -> AbstractContextManager[None]:
        """The network has the weights that are measured, saved and used: with `training.ema` their moving average."""
        return contextlib.nullcontext() if self.average is None else self.average.in_place()

    def settle(self) -> None:
        """Leave the network with the weights that are used."""
        if self.average is not None:
            self.average.settle()

    def _share_memory(self) -> None:
        network, group = self.network, self.group
        numbers = max(width(self.summed) + 2, network.summed, 2 * len(network.variables()))
        if self.validation is not None:
            answers = self.loss.classes(math.prod(network.output_shape))
            self.measure = Measure(self.metrics, self.validation, answers, group)
            numbers = max(numbers, self.measure.numbers)
        group.reserve(numbers, network.size, network.dtype)
        values = group.common(network.size, network.dtype)
        values[:] = network.values
        network.use_memory(values, group.mine)
        if self.training.ema is not None:
            self.average = WeightAverage(network, self.training.ema.decay, group.common)
        self.optimizer.allocate(network.size, network.dtype, group.common, network.spans)
