"""Model in Python: fit, predict, evaluate, save and load, over sizes, tasks and precisions."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli import MSE, Adam, CrossEntropy, Dense, Model, ReLU
from tests.answers.differences import Differences
from tests.answers.expected import TOLERANCE
from tests.answers.independent import figures
from tests.answers.independent.network import scores_of, softmax, weights_in
from tests.answers.independent.preparation import input_scale, target_scale
from tests.answers.tables import UNITS, layers_of

GRID = [
    (1, "1 value", "float64", "numbers"),
    (255, "3 values", "float32", "numbers"),
    (256, "2 classes", "float64", "numbers"),
    (257, "1 value", "float32", "pixels"),
    (257, "10 classes", "float32", "pixels"),
    (1000, "3 values", "float64", "numbers"),
    (1000, "2 classes", "float32", "numbers"),
]
MEANS, DEVIATIONS = np.array([300_000.0, 0.0, -5.0]), np.array([60_000.0, 1.0, 0.01])


def draw(examples, task, kind, seed):
    """x (N, 6) and y: class numbers or values in three units."""
    rng, outputs = np.random.default_rng([seed, examples]), int(task.split()[0])
    x = rng.normal(size=(examples, 6))
    scores = x @ np.random.default_rng(6).normal(size=(6, outputs)) + rng.normal(size=(examples, outputs))
    x = np.clip(128 + 40 * x, 0, 255).astype(np.uint8) if kind == "pixels" else x
    return x, scores.argmax(axis=1) if "class" in task else MEANS[:outputs] + DEVIATIONS[:outputs] * scores


def figures_of(layers, weights, x, y, scale, target):
    """Loss, metrics and answers by hand."""
    scores = scores_of(layers, weights, scale.apply(x.astype(np.float64)))
    if target is None:
        own = figures.of_classes(scores, y)
        return {name: own[name] for name in ("loss", "accuracy")}, softmax(scores)
    values = target.undo(scores)
    own = figures.of_values(values, y)
    return {"loss": np.mean((scores - target.apply(y)) ** 2), "rmse": own["rmse"], "r2": own["r2"]}, values


@pytest.mark.parametrize(("examples", "task", "dtype", "kind"), GRID)
def test_a_model_answers_and_measures_as_computed(examples, task, dtype, kind, folder):
    outputs, classes, found = int(task.split()[0]), "class" in task, Differences()
    (x, y), (held_x, held_y) = (draw(examples, task, kind, seed) for seed in (1, 2))
    model = Model([Dense(UNITS), ReLU(), Dense(outputs)], input_shape=(6,), seed=4, dtype=dtype)
    loss = CrossEntropy() if classes else MSE()
    rows = model.fit(x, y, epochs=2, optimizer=Adam(0.02), loss=loss, validation=(held_x, held_y))
    model.save(folder / "model.safetensors")
    weights, scale = weights_in(folder / "model.safetensors"), input_scale(x, standardize=False)
    target = None if classes else target_scale(y, standardize=True)
    unit = 1.0 if classes else target.deviation
    names = ("loss", "accuracy") if classes else ("loss", "rmse", "r2")
    wanted, answers = figures_of(layers_of(outputs), weights, held_x, held_y, scale, target)
    said = {name: rows[-1][f"val_{name}"] for name in names}
    found.numbers("last row of fit", said, wanted, TOLERANCE[dtype], float(np.max(unit)))
    for name, one in (("model", model), ("loaded", Model.load(folder / "model.safetensors"))):
        found.rows(f"{name}.predict", one.predict(held_x), answers, TOLERANCE[dtype], unit)
        found.numbers(f"{name}.evaluate", one.evaluate(held_x, held_y), wanted, TOLERANCE[dtype], float(np.max(unit)))
        kept = one.predict(held_x)
        before, _ = kept.copy(), one.predict(held_x[::-1])
        found.equal(f"{name}.predict, kept while another is asked", kept.tolist(), before.tolist())
        single = np.concatenate([one.predict(held_x[k : k + 1]) for k in range(0, examples, 51)])
        found.rows(f"{name}.predict, one by one", single, answers[::51], TOLERANCE[dtype], unit)
    assert not found


def test_the_command_answers_as_the_model_that_was_saved(ask, folder):
    x, y = draw(300, "3 values", "numbers", 1)
    model = Model([Dense(UNITS), ReLU(), Dense(3)], input_shape=(6,), seed=4)
    model.fit(x, y, epochs=1, optimizer=Adam(0.02), loss=MSE())
    model.save(folder / "model.safetensors")
    np.save(folder / "x.npy", x)
    ask("predict", "model.safetensors", "x.npy", "--output", "answers.npy")
    found = Differences()
    found.rows("predict", np.load("answers.npy"), model.predict(x), TOLERANCE["float32"], DEVIATIONS)
    assert not found
