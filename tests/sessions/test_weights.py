"""Weights of examples and of classes: against copies of rows, against slow formulas, resumed and shared."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.spec import Examples
from nnfs_cli.data.weights import training_weights
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.nn.optimizers.sgd import SGD
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from tests.sessions.trainers import everything, losses, trainer, weighted
from tests.sessions.trainings import flowers, go_on, remains, start

Y = np.array([0, 0, 0, 1, 0, 2, 1, 0])
CLASSES = ("no", "yes", "2")


def weights(by_class, own=None, y=Y) -> np.ndarray | None:
    return training_weights(Examples(np.zeros((len(y), 1)), y, own), by_class, CLASSES)


def test_nothing_is_weighted_unless_it_is_asked_for():
    assert weights(None) is None


def test_balanced_as_in_scikit_learn():
    """compute_class_weight("balanced", classes=[0, 1, 2], y=Y) of scikit-learn 1.9.1."""
    by_class = np.array([0.5333333333333333, 1.3333333333333333, 2.6666666666666665])
    np.testing.assert_allclose(weights("balanced"), by_class[Y], rtol=1e-12)


@pytest.mark.parametrize("name", ["2", 2])
def test_named_classes_are_scaled_to_a_mean_of_one(name):
    found = weights({"yes": 4, name: 0.5})
    by_hand = [1, 1, 1, 4, 1, 0.5, 4, 1]
    np.testing.assert_allclose(found, np.array(by_hand) * 8 / sum(by_hand), rtol=1e-12)


def test_weights_of_examples_multiply_those_of_their_classes():
    own = np.array([1, 2, 0, 1, 3, 1, 0.5, 7])
    product = own * [1, 1, 1, 3, 1, 1, 3, 1]
    np.testing.assert_allclose(weights({"yes": 3}, own), product * 8 / product.sum(), rtol=1e-12)


def test_huge_weights_do_not_overflow():
    found = weights({"yes": 1e30}, np.where(Y == 1, 1e308, 1e307))
    np.testing.assert_allclose(found, np.where(Y == 1, 4, 0), atol=1e-12)


def test_a_class_without_examples_takes_no_part():
    np.testing.assert_allclose(weights("balanced", y=np.array([0, 0, 0, 2])), [2 / 3, 2 / 3, 2 / 3, 2], rtol=1e-12)


def test_weights_that_are_all_zero_are_refused():
    with pytest.raises(DataError, match="the weights of all training examples are 0"):
        weights({"no": 0, "yes": 0, "2": 0})


def test_a_name_that_is_no_class_is_refused():
    with pytest.raises(ConfigError, match=r"class_weights: no class is called 'yess'\. Did you mean 'yes'\?"):
        weights({"yess": 2})


def gradient(made) -> np.ndarray:
    made._learn(np.arange(16), lambda: False)
    return made.network.grads.copy()


def test_a_whole_weight_is_so_many_copies():
    """The mean over 16 rows, each as often as its weight says, is the weighted mean with a mean weight of 1."""
    own = np.ones(100)
    own[:16] = [3, 0, 1, 2, 0, 1, 1, 0, 2, 1, 0, 1, 2, 0, 1, 1]
    copies = trainer()
    rows = np.repeat(np.arange(16), own[:16].astype(int))
    copies._learn(rows, lambda: False)
    expected = copies.network.grads * len(rows) / 16 / own.mean()
    np.testing.assert_allclose(gradient(weighted(own=own)), expected, rtol=1e-10, atol=1e-14)


def test_equal_weights_change_nothing():
    assert everything(weighted(own=np.full(100, 7.0)))[2:] == everything(trainer())[2:]


def test_the_loss_of_a_step_is_weighted_and_its_accuracy_is_not():
    own = np.zeros(100)
    own[0] = 5
    made, plain = weighted(own=own), trainer()
    (sums, _), (before, _) = (one._learn(np.arange(16), lambda: False) for one in (made, plain))
    alone = trainer()._learn(np.arange(1), lambda: False)[0]
    assert sums[0] == pytest.approx(alone[0] * 100)
    assert sums[1:] == before[1:]


def test_validation_is_not_weighted():
    still = {"optimizer": SGD(lr=1e-30), "held": 40}
    rows = [[*one.run()][-1].row for one in (weighted("balanced", **still), trainer(**still))]
    assert rows[0]["val_loss"] == rows[1]["val_loss"]
    assert rows[0]["train_loss"] != rows[1]["train_loss"]


def test_two_workers_agree_with_one():
    own = np.random.default_rng(0).uniform(0, 2, 100)
    alone, shared = (losses(weighted("balanced", own, workers=workers, epochs=2)) for workers in (1, 2))
    np.testing.assert_allclose(alone, shared, rtol=1e-9)


LOSS = {"loss": {"type": "cross_entropy", "class_weights": {"0": 3, "2": 0.5}}}


@pytest.fixture
def there(locator):
    np.savez(locator.data_dir / "flowers.npz", **flowers())
    return locator


def test_it_is_resumed_to_the_same_bytes(there):
    whole = start(there, name="whole", **LOSS)
    part = start(there, name="part", stop=4, **LOSS)
    assert remains(go_on(there, part.run).run) == remains(whole.run)
    assert remains(whole.run)["tensors"] != remains(start(there, name="plain").run)["tensors"]


def test_a_run_keeps_the_weights_as_they_were_given(there):
    run = RunDirectory(start(there, **LOSS).run)
    state = checkpoint.read(run.last).state
    assert state["loss"]["class_weights"] == state["config"]["loss"]["class_weights"] == {"0": 3.0, "2": 0.5}
    assert "class_weights: {'0': 3.0, '2': 0.5}" in run.config.read_text()
