"""Mixup: against a step that is computed by hand, the same for every worker and resumption, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli import SGD, Dense, Flatten, Model
from nnfs_cli.build import build
from nnfs_cli.data.augment.mixup import mixture_of
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import ConfigError
from tests.sessions.trainers import DIGITS, PREPARATION, losses, trainer, weighted
from tests.sessions.trainings import configured, flowers, go_on, remains, start

ALPHA = 0.7


def drawn(batch: np.ndarray, seed: int, step: int) -> tuple[float, np.ndarray]:
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 6, step])))
    return rng.beta(ALPHA, ALPHA), rng.permutation(batch)


def softmax(scores: np.ndarray) -> np.ndarray:
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("has_weights", [False, True], ids=["plain", "weights"])
@pytest.mark.parametrize("workers", [1, 2])
def test_three_steps_by_hand(workers, has_weights):
    """A dense layer on mixed inputs with one-hot targets that are mixed alike, which is the same for cross-entropy."""
    layers = [Flatten(), Dense(10)]
    w = np.random.default_rng(0).uniform(0.5, 2, 100)
    w /= w.mean()
    settings = {"workers": workers, "optimizer": SGD(lr=0.5), "batch_size": 32, "shuffle": False}
    made = weighted(own=w if has_weights else None, layers=layers, mixup=ALPHA, max_steps=3, **settings)
    variables = made.network.variables()
    weight, bias = (variables[f"1.{name}"].value.copy() for name in ("weight", "bias"))
    seed, expected = made.network.seed, []
    mean, scale = (factor.ravel()[0] for factor in PREPARATION.factors(DIGITS.x.dtype))
    x, y = (DIGITS.x[:100].reshape(100, -1) - mean) * scale, DIGITS.y[:100]
    counts = w if has_weights else np.ones(100)
    for step in range(3):
        batch = np.arange(32 * step, 32 * step + 32)
        share, partners = drawn(batch, seed, step)
        mixed = share * x[batch] + (1 - share) * x[partners]
        first, second = (np.eye(10)[y[of]] * counts[of, None] for of in (batch, partners))
        target = share * first + (1 - share) * second
        p = softmax(mixed @ weight.T + bias)
        expected.append(-(target * np.log(p)).sum() / 32)
        total = target.sum(axis=1, keepdims=True)
        slope = (total * p - target) / 32
        weight -= 0.5 * slope.T @ mixed
        bias -= 0.5 * slope.sum(axis=0)
    np.testing.assert_allclose(losses(made), expected, rtol=1e-9)
    np.testing.assert_allclose(made.network.variables()["1.weight"].value, weight, rtol=1e-9, atol=1e-12)


def test_metrics_are_mixed_alike():
    made = trainer(
        [Flatten(), Dense(10)], optimizer=SGD(lr=1e-30), batch_size=100, mixup=ALPHA, epochs=1, shuffle=False
    )
    share, partners = drawn(np.arange(100), made.network.seed, 0)
    x, _ = made.train.take(np.arange(100))
    x = x.copy()
    mixed = share * x + (1 - share) * x[..., partners]
    decisions = made.network.forward(mixed).argmax(axis=0)
    right, other = ((decisions == DIGITS.y[:100][of]).mean() for of in (np.arange(100), partners))
    records = list(made.run())
    assert records[-1].row["train_accuracy"] == pytest.approx(share * right + (1 - share) * other, rel=1e-12)


def test_the_share_and_the_partners_are_functions_of_seed_and_step():
    batch = np.arange(40) * 3
    first, same, *others = (mixture_of(ALPHA, batch, *where) for where in ((1, 5), (1, 5), (1, 6), (2, 5)))
    assert (first.share, first.partners.tolist()) == (same.share, same.partners.tolist())
    assert sorted(first.partners) == batch.tolist()
    for other in others:
        assert other.share != first.share
        assert other.partners.tolist() != first.partners.tolist()
    assert mixture_of(None, batch, 1, 5) is None
    for alpha in (0.2, 2.0):
        shares = np.array([mixture_of(alpha, batch[:1], 0, step).share for step in range(2000)])
        assert abs(shares.mean() - 0.5) < 0.04
        assert shares.var() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.1)


@pytest.mark.parametrize("alpha", [1e-30, 1e30])
def test_extremes(alpha):
    shares = [mixture_of(alpha, np.arange(3), 0, step).share for step in range(50)]
    assert all(share in (0, 0.5, 1) or abs(share - 0.5) < 1e-9 for share in shares)


def test_two_workers_agree_with_one():
    alone, shared = (losses(trainer(workers=workers, epochs=2, mixup=0.4)) for workers in (1, 2))
    np.testing.assert_allclose(alone, shared, rtol=1e-9)
    assert alone != losses(trainer(epochs=2))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("stop", [2, 7])
def test_it_is_resumed_to_the_same_bytes(tmp_path, stop, workers):
    locator = Locator(tmp_path)
    np.savez(tmp_path / "flowers.npz", **flowers())
    options = ("training.mixup=0.3", f"training.workers={workers}")
    whole = start(locator, *options, name="whole")
    part = start(locator, *options, name="part", stop=stop)
    assert remains(go_on(locator, part.run).run) == remains(whole.run)


@pytest.mark.parametrize("task", ["values", "images as answers", "two classes"])
def test_other_answers(tmp_path, task):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (60, 1, 4, 4)).astype(np.uint8)
    flat = {"layers": ["flatten", {"type": "dense", "units": 1}]}
    y, model, loss = {
        "values": (rng.random(60), flat, "huber"),
        "two classes": (np.arange(60) % 2, flat, "binary_cross_entropy"),
        "images as answers": (x / 2, {"layers": [{"type": "conv2d", "filters": 1, "kernel_size": 1}]}, "mse"),
    }[task]
    np.savez(tmp_path / "images.npz", x=x, y=y)
    dataset = {"type": "npz", "train": "images.npz", "augment": [{"type": "noise", "deviation": 3}]}
    plain, mixed = (
        start(Locator(tmp_path), *more, "optimizer.lr=1e-3", dataset=dataset, model=model, loss=loss).summary["best"]
        for more in ((), ("training.mixup=1",))
    )
    assert np.isfinite(mixed["train_loss"])
    assert mixed["train_loss"] != plain["train_loss"]


def test_words_are_not_mixed(tmp_path):
    rows = "\n".join(f"{k % 7},w{k % 30},{'ab'[k % 2]}" for k in range(120))
    (tmp_path / "words.csv").write_text(f"size,word,kind\n{rows}\n")
    columns = {"word": {"kind": "category", "encode": "embedding"}}
    table = {"type": "csv", "train": "words.csv", "target": "kind", "columns": columns}
    model = {"layers": [{"type": "dense", "units": 2}]}
    with pytest.raises(ConfigError, match=r"training\.mixup: mixes numbers, but some of them stand for words"):
        build(configured("training.mixup=0.2", model=model, dataset=table), Locator(tmp_path))


def test_from_python():
    x, y = flowers()["x"], flowers()["y"]
    models = [Model([Dense(3)], input_shape=(4,)) for _ in range(3)]
    for model, alpha in zip(models, (None, 0.4, 0.4), strict=True):
        model.fit(x, y, epochs=1, optimizer=SGD(lr=0.1), mixup=alpha)
    plain, mixed, again = (model.predict(x) for model in models)
    np.testing.assert_array_equal(mixed, again)
    assert not np.array_equal(plain, mixed)
    with pytest.raises(ConfigError, match=r"mixup: expected a number from 1e-30 to 1e30 or null, got 0"):
        models[0].fit(x, y, epochs=1, optimizer=SGD(lr=0.1), mixup=0.0)


def test_a_mixture_of_examples_that_are_their_own_answers_is_its_own_answer():
    found = Batches(DIGITS.x[:20], np.empty((20, 0)), PREPARATION, np.float64, (), None)
    batch = np.arange(20)
    mixture = mixture_of(ALPHA, batch, seed=1, step=2)
    plain = found.take(batch)[0].copy()
    x, parts = found.lesson(batch, slice(5, 15), mixture)
    mixed = mixture.share * plain[..., 5:15] + (1 - mixture.share) * plain[..., mixture.partners[5:15]]
    np.testing.assert_allclose(x, mixed, rtol=0, atol=1e-15)
    assert sum(part.share for part in parts) == pytest.approx(1)
    for part in parts:
        np.testing.assert_array_equal(part.target, x.reshape(64, 10))
