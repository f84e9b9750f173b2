"""Model: layers, optimizers, losses and schedules are objects that a user may hand in twice."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import numpy as np
import pytest

from nnfs_cli import MSE, SGD, Adam, CrossEntropy, Dense, Model, ReLU
from nnfs_cli.errors import ConfigError, DataError, DivergedError, ShapeError
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.schedulers.one_cycle import OneCycle

RNG = np.random.default_rng(0)
Y = np.arange(48) % 3
X = (RNG.standard_normal((48, 5)) + 2 * np.eye(3, 5)[Y]).astype(np.float32)
OPTIMIZERS = [Adam(lr=0.02), Adam(), SGD(lr=0.1), SGD(momentum=0.5, nesterov=True), Adam(beta1=0.7, weight_decay=0.1)]
each_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: optimizer.type_name)


def layers() -> list:
    return [Dense(8), ReLU(), Dense(3)]


def small() -> Model:
    return Model(layers(), input_shape=(5,))


def learned(optimizer, **options) -> bytes:
    """What a new model knows after two epochs."""
    model = small()
    model.fit(X, Y, epochs=2, optimizer=optimizer, **options)
    return model.predict(X).tobytes()


@each_optimizer
def test_a_schedule_leaves_nothing_in_the_optimizer(optimizer):
    before = copy.deepcopy(vars(optimizer))
    small().fit_one_cycle(X, Y, epochs=3, max_lr=0.1, optimizer=optimizer)
    assert vars(optimizer) == before


@pytest.mark.parametrize("make", [lambda: Adam(lr=0.02), lambda: SGD(lr=0.1, momentum=0.9)], ids=["adam", "sgd"])
def test_an_optimizer_that_was_used_trains_as_a_new_one(make):
    used = make()
    small().fit_one_cycle(X, Y, epochs=3, max_lr=0.1, optimizer=used)
    assert learned(used) == learned(make())
    assert learned(used, scheduler=OneCycle(0.1)) == learned(make(), scheduler=OneCycle(0.1))


def test_a_used_optimizer_without_a_rate_still_has_none():
    optimizer = Adam()
    small().fit_one_cycle(X, Y, epochs=1, max_lr=0.1, optimizer=optimizer)
    with pytest.raises(ConfigError, match=r"optimizer\.lr: is missing"):
        learned(optimizer)


@pytest.mark.parametrize(("error", "max_lr"), [(DivergedError, 1e30), (KeyError, 0.1)])
def test_an_exception_leaves_nothing_in_the_optimizer(error, max_lr):
    optimizer = SGD(momentum=0.5)
    before = dict(vars(optimizer))

    def leave(row):
        raise KeyError

    with pytest.raises(error):
        small().fit_one_cycle(X, Y, epochs=9, max_lr=max_lr, optimizer=optimizer, on_epoch=leave)
    assert vars(optimizer) == before


def test_trainings_at_once_share_objects_without_harm():
    optimizer, loss, scheduler = Adam(), CrossEntropy(), OneCycle(0.1)

    def train(_: int) -> bytes:
        return learned(optimizer, loss=loss, scheduler=scheduler, batch_size=2)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(train, range(8)))
    assert set(found) == {learned(Adam(), loss=CrossEntropy(), scheduler=OneCycle(0.1), batch_size=2)}


def test_a_training_within_a_training():
    optimizer, loss, scheduler, rows = SGD(momentum=0.9), CrossEntropy(), OneCycle(0.1), []
    options = {"optimizer": optimizer, "loss": loss, "scheduler": scheduler}
    inner, outer = small(), small()
    outer.fit(X, Y, epochs=2, **options, on_epoch=lambda row: rows.append(inner.fit(X, Y, epochs=1, **options)))
    assert len(rows) == 2
    assert outer.predict(X).tobytes() == learned(SGD(momentum=0.9), scheduler=OneCycle(0.1))


@pytest.mark.parametrize("loss", [CrossEntropy(label_smoothing=0.1), MSE()], ids=["cross_entropy", "mse"])
def test_a_loss_stays_as_it_was(loss):
    before = dict(vars(loss))
    model = small()
    model.fit(X, Y if loss.takes_classes else X[:, :3], epochs=1, optimizer=SGD(lr=0.1), loss=loss)
    model.evaluate(X, Y if loss.takes_classes else X[:, :3])
    assert vars(loss) == before
    assert vars(model.loss).items() >= before.items()


@pytest.mark.parametrize("make", [Model, Network])
def test_layers_of_another_model_are_refused(make):
    shared = layers()
    first = Model(shared, input_shape=(5,))
    before = first.predict(X)
    with pytest.raises(ConfigError) as refused:
        make([Dense(4), shared[0], shared[1]], (5,))
    assert refused.value.problems == (
        "layers[1] (dense): belongs to another network, which would lose its weights. Make a new layer.",
        "layers[2] (relu): belongs to another network, which would lose its weights. Make a new layer.",
    )
    np.testing.assert_array_equal(first.predict(X), before)


def test_one_layer_twice_in_a_list_is_refused():
    twice = ReLU()
    with pytest.raises(ConfigError) as refused:
        Model([Dense(5), twice, Dense(5), twice], (5,))
    assert str(refused.value) == "layers[3] (relu): is the same object as layers[1]. Make a layer for each place."
    assert Model([Dense(5), twice], (5,)).predict(X).shape == (48, 5)


def test_layers_outlive_a_model_that_was_trained():
    """A trained model is part of a reference cycle. The layers are as new: other places, shapes and types."""
    first, last = Dense(5, bias=False), Dense(5)
    model = Model([Dense(7), first, last, ReLU()], (3,), dtype="float64")
    model.fit(X[:, :3], Y, epochs=1, optimizer=SGD(lr=0.1))
    del model
    again = Model([last, first], (5,))
    new = Model([Dense(5), Dense(5, bias=False)], (5,))
    for each in (again, new):
        each.fit(X, Y, epochs=2, optimizer=SGD(lr=0.1))
    assert again.predict(X).tobytes() == new.predict(X).tobytes()
    assert not last.in_place


def test_layers_of_a_model_that_could_not_be_made_are_free():
    kept, made = [], layers()
    try:
        Model(made, (1, 28, 28))
    except ShapeError as error:
        kept.append(error)
    assert Model(made, (5,)).predict(X).shape == (48, 3)


def test_a_loaded_model_has_layers_of_its_own(tmp_path):
    model, path = small(), tmp_path / "m.safetensors"
    model.save(path)
    first, second = Model.load(path), Model.load(path)
    first.fit(X, Y, epochs=2, optimizer=SGD(lr=0.1))
    np.testing.assert_array_equal(second.predict(X), model.predict(X))
    with pytest.raises(ConfigError, match="belongs to another network"):
        Model(second.network.layers, (5,))


def test_a_copy_owns_its_layers():
    model = small()
    model.fit(X, Y, epochs=1, optimizer=SGD(lr=0.1))
    before, other = model.predict(X), copy.deepcopy(model)
    assert other.predict(X).tobytes() == before.tobytes()
    other.network.values[...] = 0
    np.testing.assert_allclose(other.predict(X), 1 / 3, rtol=1e-6)
    np.testing.assert_array_equal(model.predict(X), before)
    del model
    with pytest.raises(ConfigError, match="belongs to another network"):
        Model(other.network.layers, (5,))


def test_a_shallow_copy_would_share_weights():
    with pytest.raises(ConfigError, match="would share its weights"):
        copy.copy(small())


def test_what_a_subclass_of_an_optimizer_keeps_is_its_own():
    numbers = count()

    class Noting(SGD):
        def __init__(self) -> None:
            super().__init__(lr=0.1)
            self.seen = []

        def begin_step(self) -> None:
            self.seen.append(next(numbers))

    noting = Noting()
    small().fit(X, Y, epochs=1, optimizer=noting)
    assert (noting.seen, next(numbers)) == ([], 2)


def test_an_example_of_weight_zero_is_not_learned():
    """The batch is all of them: a weight of 2 for one half and of 0 for the other is the mean over the first half."""
    first = slice(None, 24)
    halves = np.where(np.arange(48) < 24, 5.0, 0.0)
    options = {"batch_size": 48, "epochs": 3, "optimizer": SGD(lr=0.3), "shuffle": False}
    model, alone, whole = small(), small(), small()
    model.fit(X, Y, weight=halves, **options)
    alone.fit(X[first], Y[first], **options)
    whole.fit(X, Y, **options)
    np.testing.assert_allclose(model.predict(X), alone.predict(X), rtol=1e-4)
    assert not np.allclose(model.predict(X), whole.predict(X), rtol=1e-2)


def test_classes_may_be_named_by_their_numbers():
    named = learned(SGD(lr=0.1), loss=CrossEntropy(class_weights={0: 5}))
    assert named == learned(SGD(lr=0.1), loss=CrossEntropy(class_weights={"0": 5, 1: 1}))
    assert named != learned(SGD(lr=0.1))


def test_weights_that_do_not_fit_are_refused():
    for weight, message in ((np.ones(47), "train: weights have shape"), (-np.ones(48), "train: example 0: expected a")):
        with pytest.raises(DataError, match=message):
            learned(SGD(lr=0.1), weight=weight)
