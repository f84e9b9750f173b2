"""The network: what is announced is what a step of training really holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli import footprint
from nnfs_cli.build import build, build_parts
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.nn.costs import examples_at_a_time
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.network import Network
from nnfs_cli.registry import LAYERS
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.saved.tensors import restore_weights
from nnfs_cli.sessions.train import trainer_of
from nnfs_cli.training import trainer
from tests.footprint.announcing import ADAM, BLOCKS, CONV, SGD, WIDE, announced, config, files
from tests.peak import peak_of

ORTHOGONAL = """
import numpy as np
from pathlib import Path
from nnfs_cli import footprint
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.network import Network

def peak():
    return 1024 * int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])

np.linalg.qr(np.ones((300, 300)))
network = Network([Dense(1200, init="orthogonal"), Dense(10)], (800,))
before = peak()
network.allocate()
network.initialize()
print(footprint._while_drawn(network), peak() - before)
"""


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", [1, 64, 1200])
@pytest.mark.parametrize(
    ("layers", "optimizer"), [(WIDE, ADAM), (CONV, SGD), (BLOCKS, SGD)], ids=["dense", "conv", "blocks"]
)
def test_the_network_after_an_epoch(layers, optimizer, batch_size, dtype):
    compare_with_a_trainer(config(layers, optimizer, batch_size=batch_size, dtype=dtype, max_steps=2), Path())


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("dataset", ["values", "table", "single"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_network_that_learns_values(tmp_path, dataset, dtype):
    """Numbers that are no bytes are brought to the network's by way of float64, and targets are kept as it learns."""
    layers = [{"type": "dense", "units": 1 if dataset == "table" else 2}]
    found = files(tmp_path)[dataset]
    compare_with_a_trainer(config(layers, dataset=found, loss="mse", batch_size=16, dtype=dtype), tmp_path)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("settings", [{"accumulate": 3}, {"ema": {"decay": 0.9}}])
def test_the_network_with_more_vectors(settings):
    layers = ["flatten", {"type": "dense", "units": 9}, "batch_norm", {"type": "dense", "units": 10}]
    compare_with_a_trainer(config(layers, batch_size=16, **settings), Path())


def compare_with_a_trainer(wanted, folder: Path) -> None:
    trainer = trainer_of(build(wanted, Locator(folder)), 1)
    list(trainer.run())
    parts, batch_size = build_parts(wanted, Locator(folder)), wanted.training.batch_size
    counts = footprint.counts_of(parts.size, wanted.data)
    computed = footprint._network(parts.recipe, counts, parts.size, batch_size, 1)
    output = parts.recipe.network.output_shape[0] * parts.recipe.network.dtype.itemsize
    arrays = footprint.OF_VALUES if parts.size.values else footprint.OF_CLASSES
    order, losses = 8 * counts.train, arrays * output * max(batch_size, counts.validation)
    assert (counts.train, counts.validation) == (len(trainer.train), len(trainer.validation))
    assert computed - order - losses == arrays_of(trainer)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_many_outputs(tmp_path, loss, dtype):
    """What the loss and the metrics make of them, and targets on their way to what the network learns."""
    rng = np.random.default_rng(0)
    y = rng.random((300, 4000)) if loss == "mse" else np.arange(300) * 13
    np.savez(tmp_path / "many.npz", x=rng.random((300, 3)), y=y)
    layers, dataset = (
        [{"type": "dense", "units": 4000 if loss == "mse" else 3888}],
        {"type": "npz", "train": "many.npz"},
    )
    wanted = config(layers, SGD, {**dataset, "validation": 0.5}, loss, batch_size=150, dtype=dtype)
    parts, task = build_parts(wanted, Locator(tmp_path)), build(wanted, Locator(tmp_path))
    counts = footprint.counts_of(parts.size, wanted.data)
    computed = footprint._network(parts.recipe, counts, parts.size, 150, 1)
    there_already = 2 * parts.recipe.network.size * parts.recipe.network.dtype.itemsize
    taken = there_already + peak_of(lambda: list(trainer_of(task, 1).run()))
    assert 0.9 < computed / taken < 1.15


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("metrics", [("roc_auc",), ("log_loss", "macro_f1"), ("top_5", "average_precision")])
def test_metrics_of_many_classes(tmp_path, metrics):
    """The probabilities of all validation examples, and what is made of those of a batch."""
    rng, classes = np.random.default_rng(0), 400
    np.savez(tmp_path / "many.npz", x=rng.random((8000, 3)), y=np.arange(8000) % classes)
    layers, dataset = [{"type": "dense", "units": classes}], {"type": "npz", "train": "many.npz", "validation": 0.5}
    wanted = config(layers, SGD, dataset, batch_size=1000, metrics=metrics, max_steps=1)
    parts, task = build_parts(wanted, Locator(tmp_path)), build(wanted, Locator(tmp_path))
    counts = footprint.counts_of(parts.size, wanted.data)
    computed = footprint._network(parts.recipe, counts, parts.size, 1000, 1)
    taken = 2 * parts.recipe.network.size * 4 + peak_of(lambda: list(trainer_of(task, 1).run()))
    assert 0.95 < computed / taken < 1.4


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    "augment",
    [
        [{"type": "shift", "pixels": 20}],
        ["rotate", "scale", "shear", "shift"],
        ["flip", "crop", {"type": "cutout", "size": 9}],
        ["brightness", "rotate"],
        ["elastic"],
    ],
    ids=str,
)
def test_augmentation(tmp_path, augment):
    """What is drawn for every example, and what a batch is on its way."""
    shape, count = (3, 40, 40), 3000
    x = np.random.default_rng(0).integers(0, 256, (count, *shape)).astype(np.uint8)
    np.savez(tmp_path / "images.npz", x=x, y=np.arange(count) % 3)
    dataset = {"type": "npz", "train": "images.npz", "validation": 10, "augment": augment}
    wanted = config(["flatten", {"type": "dense", "units": 3}], SGD, dataset, batch_size=2000)
    parts, task = build_parts(wanted, Locator(tmp_path)), build(wanted, Locator(tmp_path))
    computed = footprint._network(parts.recipe, footprint.counts_of(parts.size, wanted.data), parts.size, 2000, 1)
    there_already = 2 * parts.recipe.network.size * parts.recipe.network.dtype.itemsize
    taken = there_already + peak_of(lambda: list(trainer_of(task, 1).run()))
    assert 0.9 < computed / taken < 1.15


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_mixed_examples(tmp_path, loss):
    """The examples beside their partners, and the gradients of both answers."""
    rng = np.random.default_rng(0)
    x, y = rng.random((600, 4000)).astype(np.float32), rng.random((600, 900)) if loss == "mse" else np.arange(600) % 3
    np.savez(tmp_path / "many.npz", x=x, y=y)
    layers = [{"type": "dense", "units": 900 if loss == "mse" else 3}]
    dataset = {"type": "npz", "train": "many.npz", "validation": 10}

    def taken(**settings) -> tuple[int, int]:
        wanted = config(layers, SGD, dataset, loss, batch_size=590, max_steps=1, **settings)
        parts, task = build_parts(wanted, Locator(tmp_path)), build(wanted, Locator(tmp_path))
        counts = footprint.counts_of(parts.size, wanted.data)
        computed = footprint._network(parts.recipe, counts, parts.size, 590, 1)
        return computed, peak_of(lambda: list(trainer_of(task, 1).run()))

    (plain, peak), (mixed, larger) = taken(), taken(mixup=1.0)
    assert 0.85 < (mixed - plain) / (larger - peak) < 1.3


@pytest.mark.usefixtures("bare")
def test_a_batch_is_no_larger_than_the_examples():
    assert announced(batch_size=10**9) == announced(batch_size=1437) == announced(batch_size=1293)
    assert announced(batch_size=1292).network < announced(batch_size=1293).network


@pytest.mark.usefixtures("bare")
def test_two_workers_share_vectors_and_halve_a_batch():
    alone, shared = (announced(layers=CONV, batch_size=1200, workers=workers) for workers in (1, 2))
    assert alone.network < shared.network < 1.3 * alone.network


def arrays_of(trainer) -> int:
    """Bytes of all that a trainer holds between two steps."""
    optimizer = trainer.optimizer
    vectors = [trainer.network.values, trainer.group.mine, *optimizer.slots.values(), optimizer._scratch]
    vectors += [trainer._gradient._earlier, trainer.network.kept, trainer.network.kept]
    if (average := trainer.average) is not None:
        vectors += [average.values, average.kept, average.kept, average._scratch]
    buffers = [memory for _, layer in trainer.network.walk() for memory in layer.workspace._memory.values()]
    batches = [
        array
        for batch in (trainer.train, trainer.validation)
        for array in (batch._raw, batch._ready, batch._difference, batch._y if batch._y.ndim > 1 else np.empty(0))
    ]
    return sum(array.nbytes for array in [*vectors, *buffers, *batches])


def test_weights_that_are_known_are_not_drawn_first():
    network = Network([Dense(1000)], (1000,))
    tensors = {"model.0.weight": np.ones((1000, 1000), np.float32), "model.0.bias": np.ones(1000, np.float32)}
    saved = Checkpoint(Path("x"), tensors, {})
    taken = peak_of(lambda: restore_weights(network, saved))
    assert (network.values == 1).all()
    assert taken < 2.2 * network.values.nbytes


def test_while_the_first_weights_are_drawn():
    network = Network([Dense(700), Dense(10)], (700,))
    gradients = network.size * 4

    def draw() -> None:
        network.allocate()
        network.initialize()

    taken = peak_of(draw) - gradients
    assert 0.95 < footprint._while_drawn(network) / taken <= 1.05


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell the peak")
def test_while_orthogonal_weights_are_drawn():
    """In a process of its own: what LAPACK takes is seen by the system alone. The weights themselves come later."""
    done = subprocess.run([sys.executable, "-c", ORTHOGONAL], capture_output=True, text=True, check=True)
    announced, taken = map(int, done.stdout.split())
    assert 0.9 < announced / taken < 1.15


@pytest.mark.usefixtures("bare")
def test_a_picture_and_workers_count(monkeypatch):
    before = announced(workers=2)
    monkeypatch.setattr(footprint, "WORKER", 1 << 30)
    assert announced(workers=2).program - before.program == 1 << 30
    assert announced(workers=1).program == 0
    monkeypatch.setattr(footprint, "PICTURE", 1 << 31)
    assert announced(workers=2).total == 1 << 31
    assert announced(workers=2).network == before.network


@pytest.mark.parametrize(("pixels", "most"), [(28, 256), (600, 33), (10_000, 1)])
def test_large_examples_are_measured_in_smaller_blocks(pixels, most):
    network = Network([LAYERS["max_pool2d"](2, stride=1)], (1, pixels, pixels))
    taken = examples_at_a_time(network)
    assert taken == most
    assert taken == 1 or sum(network.buffers(taken, training=False)[0].values()) <= 128 << 20


@pytest.mark.parametrize(("validation", "expected"), [(0.1, (32, 144)), (0, (32, 0))])
def test_a_training_reserves_what_it_learns_from_and_measures_at_once(monkeypatch, validation, expected):
    found = []
    monkeypatch.setattr(trainer, "reserve", lambda network, *examples: found.append(examples))
    wanted = config(dataset={"type": "digits", "validation": validation})
    next(trainer_of(build(wanted, Locator(Path())), 1).run())
    assert found == [expected]
