"""Moving average: what it is after every step, and that it is what is measured, saved and used."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.build import build
from nnfs_cli.config import MovingAverage, load
from nnfs_cli.errors import CheckpointError
from nnfs_cli.nn.layers.batch_norm import BatchNorm
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.saved.tensors import raw_of, restore_weights
from nnfs_cli.sessions.resume import resume
from nnfs_cli.sessions.train import trainer_of
from nnfs_cli.training.imbalance import threshold_of
from tests.sessions.trainers import dense, losses, trainer
from tests.sessions.trainings import flowers, go_on, start

EMA = "training.ema={decay: 0.6}"
NORMED = [{"type": "dense", "units": 6}, "batch_norm", "relu", {"type": "dense", "units": 3}]


def normed() -> list:
    return [Flatten(), Dense(12), BatchNorm(), Dense(10)]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("decay", [0.3, 0.999])
@pytest.mark.parametrize("layers", [dense, normed])
def test_the_average_is_that_of_the_formula(layers, decay, workers):
    """Beside a loop over the weights of every step; 0.3 is reached in step 3 by (1 + t) / (10 + t), 0.999 never."""
    one = trainer(layers(), workers=workers, ema=MovingAverage(decay), epochs=2)
    network = one.network
    values, kept = network.values.copy(), network.kept.copy()
    for step, _ in enumerate(record for record in one.run() if hasattr(record, "loss")):
        d = min(decay, (1 + step) / (10 + step))
        values = d * values + (1 - d) * network.values
        kept = d * kept + (1 - d) * network.kept
    assert step == 13
    np.testing.assert_allclose(one.average.values, values, rtol=0, atol=1e-13)
    np.testing.assert_allclose(one.average.kept, kept, rtol=0, atol=1e-13)
    assert np.abs(values - network.values).max() > 1e-3


@pytest.mark.parametrize("workers", [1, 2])
def test_the_weights_themselves_move_as_without_it(workers):
    assert losses(trainer(workers=workers, ema=MovingAverage())) == losses(trainer(workers=workers))


@pytest.mark.parametrize("workers", [1, 2])
def test_the_average_is_measured(workers):
    one = trainer(normed(), workers=workers, ema=MovingAverage(0.9), held=40, epochs=3)
    row = [record for record in one.run() if hasattr(record, "row")][-1].row
    other = trainer(normed(), held=40)

    def loss_of(values: np.ndarray, kept: np.ndarray) -> float:
        other.network.values[:], other.network.kept[:] = values, kept
        return other.measure(other.network, other.loss)["loss"]

    assert loss_of(one.average.values, one.average.kept) == pytest.approx(row["val_loss"], rel=1e-9)
    assert loss_of(one.network.values, one.network.kept) != pytest.approx(row["val_loss"], rel=1e-3)
    one.settle()
    assert loss_of(one.network.values, one.network.kept) == pytest.approx(row["val_loss"], rel=1e-9)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_checkpoint_holds_both(locator, workers):
    """Of the same training, one without and one with the average: its raw weights are those of the other."""
    given = {"model": {"layers": NORMED}}
    plain = checkpoint.read(RunDirectory(start(locator, f"training.workers={workers}", **given).run).last).tensors
    saved = checkpoint.read(RunDirectory(start(locator, EMA, f"training.workers={workers}", **given).run).last).tensors
    weights = [name for name in plain if name.startswith("model.")]
    assert {name for name in saved if name.startswith("raw.")} == {f"raw.{name[6:]}" for name in weights}
    assert any(name.endswith("running_var") for name in weights)
    for name in weights:
        np.testing.assert_array_equal(saved[f"raw.{name[6:]}"], plain[name])
        assert (saved[name] != plain[name]).any()


def test_a_checkpoint_without_its_raw_weights_is_no_training(locator):
    run = RunDirectory(start(locator, EMA, stop=5).run)
    saved = checkpoint.read(run.last)
    less = {name: array for name, array in saved.tensors.items() if name != "raw.0.bias"}
    checkpoint.write(run.last, less, saved.state)
    with pytest.raises(CheckpointError) as error:
        list(resume(run.last, (), locator))
    assert "  missing     raw.0.bias (6,)" in error.value.lines


def test_raw_weights_that_are_not_finite_are_refused(locator):
    run = RunDirectory(start(locator, EMA, stop=5).run)
    saved = checkpoint.read(run.last)
    tensors = {**saved.tensors, "raw.0.bias": np.full(6, np.nan, np.float32)}
    checkpoint.write(run.last, tensors, saved.state)
    with pytest.raises(CheckpointError, match=r"raw\.0\.bias holds something else than finite numbers"):
        list(resume(run.last, (), locator))


def test_raw_weights_of_a_training_without_an_average_are_refused(locator):
    run = RunDirectory(start(locator, stop=5).run)
    saved = checkpoint.read(run.last)
    checkpoint.write(run.last, {**saved.tensors, "raw.0.bias": saved.tensors["model.0.bias"]}, saved.state)
    with pytest.raises(CheckpointError) as error:
        list(resume(run.last, (), locator))
    assert "  unexpected  raw.0.bias (6,)" in error.value.lines


def test_the_best_checkpoint_holds_both(locator):
    run = RunDirectory(start(locator, EMA).run)
    best = checkpoint.read(run.best)
    assert {"model.0.weight", "raw.0.weight"} <= set(best.tensors)
    assert go_on(locator, run.path).reason.startswith("nothing to do")


def test_the_threshold_is_the_best_one_of_the_average(locator):
    """Computed again from the checkpoint and the validation split; that of the raw weights is another one."""
    y = flowers(300)["y"] == 0
    np.savez(locator.data_dir / "two.npz", x=flowers(300)["x"][:, 1:] + 0.5 * y[:, None], y=y.astype(int))
    given = {
        "dataset": {"type": "npz", "train": "two.npz", "validation": 0.5},
        "model": {"layers": [{"type": "dense", "units": 2}]},
    }
    run = RunDirectory(start(locator, EMA, "training.threshold=auto", "training.epochs=1", **given).run)
    saved = checkpoint.read(run.last)
    one = trainer_of(build(load(run.config), locator), 1)
    restore_weights(one.network, saved)
    found = threshold_of(one.training, one.network, one.loss, one.validation)
    assert saved.state["threshold"] == found
    for name, value in raw_of(one.network).items():
        value[...] = saved.tensors[name]
    assert threshold_of(one.training, one.network, one.loss, one.validation) != found
