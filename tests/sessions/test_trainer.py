"""Trainer: sums over a group, orders of examples, clipped gradients, and what is measured."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from nnfs_cli.config import EarlyStopping, Training
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.optimizers.adam import Adam
from nnfs_cli.nn.optimizers.sgd import SGD
from nnfs_cli.nn.schedulers.one_cycle import OneCycle
from nnfs_cli.parallel.alone import Alone
from nnfs_cli.training.step.clipping import clip
from nnfs_cli.training.trainer import SILENT, Trainer
from tests.sessions.trainers import conv, dense, dropout, everything, losses, trainer
from tests.sessions.trainings import epochs_of, steps_of


@pytest.mark.parametrize("layers", [dense, conv])
@pytest.mark.parametrize("optimizer", [lambda: SGD(lr=0.1, momentum=0.9), Adam])
def test_workers_change_nothing_but_rounding(layers, optimizer):
    def found(workers: int) -> list[float]:
        scheduler = OneCycle(0.01)
        return losses(
            trainer(layers(), workers=workers, optimizer=optimizer(), scheduler=scheduler, count=250, epochs=4)
        )

    alone = found(1)
    assert len(alone) == 64
    for workers in (2, 3):
        np.testing.assert_allclose(found(workers), alone, rtol=0, atol=1e-9)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("layers", [dropout, conv])
def test_the_same_seed_gives_the_same_bytes(layers, workers):
    def found() -> tuple:
        return everything(trainer(layers(), workers=workers, held=30, dtype="float32", epochs=2))

    assert found() == found()


def test_workers_drop_different_inputs():
    """The first step's dropout differs with the number of workers, everything else does not."""
    alone, shared = losses(trainer(dropout())), losses(trainer(dropout(), workers=2))
    assert alone[0] != shared[0]


@pytest.mark.parametrize("layers", [dense, dropout, conv])
@pytest.mark.parametrize(("count", "batch_size"), [(33, 16), (5, 2), (3, 1), (7, 100)])
def test_batches_that_do_not_divide(layers, count, batch_size):
    shared = trainer(layers(), workers=2, count=count, batch_size=batch_size, held=3)
    steps = steps_of(shared.run())
    rest = count % batch_size or batch_size
    assert [step.examples for step in steps] == [batch_size] * ((count - 1) // batch_size) + [rest]
    if layers is not dropout:
        alone = losses(trainer(layers(), count=count, batch_size=batch_size))
        np.testing.assert_allclose([step.loss for step in steps], alone, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("count", "sizes"), [(33, [16, 16]), (32, [16, 16]), (10, [10])])
def test_drop_last(count, sizes):
    dropping = trainer(count=count, drop_last=True)
    assert dropping.steps == len(sizes)
    assert [step.examples for step in steps_of(dropping.run())] == sizes


def seen(monkeypatch, trainer: Trainer) -> list[list[int]]:
    """The examples of every epoch in the order in which they are taken."""
    taken, take = [], trainer.train.take
    monkeypatch.setattr(trainer.train, "take", lambda indices: taken.extend(indices.tolist()) or take(indices))
    list(trainer.run())
    count = len(trainer.train)
    return [taken[start : start + count] for start in range(0, len(taken), count)]


def test_every_epoch_has_an_order_of_its_own(monkeypatch):
    first, second = seen(monkeypatch, trainer(epochs=2))
    assert first != second
    assert sorted(first) == sorted(second) == list(range(100))
    assert seen(monkeypatch, trainer(epochs=2)) == [first, second]


def test_without_shuffling_the_order_is_that_of_the_data(monkeypatch):
    assert seen(monkeypatch, trainer(epochs=2, shuffle=False)) == [list(range(100))] * 2


@pytest.mark.parametrize("workers", [1, 2])
def test_the_norm_of_the_whole_gradient_is_clipped(workers):
    """With a rate of 1 and no momentum the weights move by exactly the clipped gradient."""
    clipped = trainer(
        workers=workers, optimizer=SGD(lr=1.0), count=16, gradient_clip_norm=0.01, max_steps=1, shuffle=False
    )
    free = trainer(optimizer=SGD(lr=1.0), count=16, max_steps=1, shuffle=False)
    before = clipped.network.values.copy()
    list(clipped.run()), list(free.run())
    moved, gradient = clipped.network.values - before, free.network.values - before
    assert np.linalg.norm(moved) == pytest.approx(0.01, rel=1e-12)
    np.testing.assert_allclose(moved, 0.01 * gradient / np.linalg.norm(gradient), atol=1e-15)


@pytest.mark.parametrize("share", [0.9, 1.1])
@pytest.mark.parametrize("scale", [0.1, 5])
def test_a_gradient_is_clipped_where_its_norm_is_above_the_limit(scale, share):
    """The limit is one of the norm, not of its square, for norms below and above 1."""

    def norm(**settings) -> float:
        one = trainer(optimizer=SGD(lr=1.0), count=16, max_steps=1, shuffle=False, **settings)
        one.network.values *= scale
        before = one.network.values.copy()
        list(one.run())
        return float(np.linalg.norm(one.network.values - before))

    free = norm()
    assert norm(gradient_clip_norm=share * free) == pytest.approx(min(share, 1) * free, rel=1e-12)


def test_a_gradient_whose_square_overflows_is_clipped_to_the_limit():
    gradient = np.array([3e25, -4e25, 0], np.float32)
    with SILENT:
        clip(gradient, Training(gradient_clip_norm=2.0), Alone())
    np.testing.assert_allclose(gradient, [1.2, -1.6, 0], rtol=1e-6)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_short_gradient_is_left_alone(workers):
    assert losses(trainer(workers=workers, gradient_clip_norm=1e6)) == losses(trainer(workers=workers))


def test_the_loss_of_an_epoch_is_the_mean_over_its_examples():
    records = list(trainer(count=37).run())
    steps, (epoch,) = steps_of(records), epochs_of(records)
    assert [step.examples for step in steps] == [16, 16, 5]
    assert epoch.row["train_loss"] == pytest.approx(sum(step.loss * step.examples for step in steps) / 37, rel=1e-14)


@pytest.mark.parametrize("workers", [1, 2])
def test_validation_is_the_mean_over_all_its_examples(workers):
    measured = trainer(workers=workers, held=301, epochs=1)
    (epoch,) = epochs_of(measured.run())
    x, target = measured.validation.take(np.arange(301))
    scores, loss = measured.network.forward(x), CrossEntropy()
    assert epoch.row["val_loss"] == pytest.approx(loss.forward(scores, target).mean(), rel=1e-12)
    assert epoch.row["val_accuracy"] == pytest.approx((scores.argmax(axis=0) == target).mean(), rel=1e-12)


def test_rates_of_a_schedule_are_those_of_the_steps():
    scheduler = OneCycle(0.05)
    steps = steps_of(trainer(epochs=2, scheduler=scheduler).run())
    plan = scheduler.plan(14, 7)
    assert [step.lr for step in steps] == [plan["lr"].value(step) for step in range(14)]
    assert [step.momentum for step in steps] == [plan["momentum"].value(step) for step in range(14)]


@pytest.mark.parametrize(("max_steps", "steps"), [(9, 9), (1, 1), (14, 14), (1000, 14)])
def test_a_schedule_ends_with_max_steps(max_steps, steps):
    scheduler = OneCycle(0.05)
    short = trainer(epochs=2, scheduler=scheduler, max_steps=max_steps)
    plan = scheduler.plan(steps, 7)
    assert short.steps == steps
    assert [step.lr for step in steps_of(short.run())] == [plan["lr"].value(step) for step in range(steps)]


def test_early_stopping_leaves_the_schedule_alone():
    rule = EarlyStopping(patience=1, min_delta=10.0)
    assert trainer(epochs=9, scheduler=OneCycle(0.05), early_stopping=rule).steps == 63


@pytest.mark.parametrize(("layers", "dtype"), [(dense, "float32"), (conv, "float32"), (dropout, "float64")])
def test_steps_allocate_nothing(layers, dtype):
    """After the first steps all memory is there: 180 steps more add nothing but their own few numbers."""
    records = trainer(layers(), dtype=dtype, optimizer=Adam(lr=1e-3), count=400, epochs=9).run()
    memory = {}
    tracemalloc.start()
    for record in records:
        memory[getattr(record, "step", 0)], _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert memory[200] - memory[20] < 100 * 1024


def test_a_network_learns():
    assert losses(trainer(count=400, epochs=10))[-1] < 0.2 < math.log(10)
