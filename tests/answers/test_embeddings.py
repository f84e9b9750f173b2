"""Embeddings: every step of a training with words, made again by hand; resumed, it ends with the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.answers.asking import json_of, table_of
from tests.answers.independent.network import embedded, embeddings_in, softmax, weights_in
from tests.answers.independent.replay import adam, batches, sgd
from tests.answers.tables import UNITS, layers_of, write_config

SEED, ROWS, BATCH, TOWNS, STREETS, RATE = 1, 300, 32, 45, 41, 0.05


def write_towns(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Towns, a number, streets and classes in a table; numbers of rows (N, 3) as features: number, town, street."""
    rng = np.random.default_rng(12)
    towns, streets = np.resize(np.arange(TOWNS), ROWS), rng.permutation(np.resize(np.arange(STREETS), ROWS))
    number = np.round(rng.normal(size=ROWS), 4)
    y = ((towns % 3 + streets % 2 + number) > 1.5).astype(int)
    rows = [f"t{a:02},{b!r},s{c:02},{'ny'[k]}" for a, b, c, k in zip(towns, number.tolist(), streets, y, strict=True)]
    path.write_text("\n".join(["town,size,street,kind", *rows, ""]))
    return np.stack([number, 1.0 + towns, 1.0 + streets], axis=1), y


def configure(optimizer: dict, **training) -> None:
    dataset = {"type": "csv", "train": "train.csv", "target": "kind"}
    write_config(Path("c.yaml"), dataset, layers_of(2), "cross_entropy", dtype="float64", **training)
    text = Path("c.yaml").read_text().replace('{"type": "adam", "lr": 0.02}', str(optimizer).replace("'", '"'))
    Path("c.yaml").write_text(text)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_weights_are_those_of_a_training_by_hand(optimizer, workers, ask, folder):
    x, y = write_towns(folder / "train.csv")
    settings = {"sgd": {"type": "sgd", "lr": RATE, "momentum": 0.9}, "adam": {"type": "adam", "lr": RATE}}[optimizer]
    configure({**settings, "lr": 1e-25})
    ask("train", "c.yaml", "--name", "twin", "--quiet")
    first = weights_in(folder / "runs/twin/checkpoints/last.safetensors")
    weights = {**first, "town": np.zeros((TOWNS + 1, 8)), "street": np.zeros((STREETS + 1, 8))}
    configure(settings, workers=workers)
    ask("train", "c.yaml", "--name", "run", "--quiet")
    rule = sgd() if optimizer == "sgd" else adam(decay=0)
    x[:, 0] = (x[:, 0] - x[:, 0].mean()) / x[:, 0].std()
    for step, (_, rows) in enumerate(batches(SEED, ROWS, BATCH, 2), 1):
        for name, gradient in gradients_of(weights, x[rows], y[rows]).items():
            weights[name] = weights[name] + rule(name, weights[name], gradient, RATE, 0.9, step)
    last = folder / "runs/run/checkpoints/last.safetensors"
    found = weights_in(last) | embeddings_in(last)
    assert found.keys() == weights.keys()
    for name, wanted in weights.items():
        np.testing.assert_allclose(found[name], wanted, rtol=1e-7, atol=1e-9, err_msg=name)
    assert not found["town"][0].any(), "no word of the training is another word"
    shapes = {name: array.shape for name, array in load_file(last).items() if name.startswith("embedding")}
    assert shapes == {"embedding.town.weight": (TOWNS + 1, 8), "embedding.street.weight": (STREETS + 1, 8)}


def gradients_of(w: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Of the mean cross-entropy of a batch, by every weight."""
    inputs = embedded(x, x, ("town", "street"), w)
    hidden = np.maximum(inputs @ w["0.weight"].T + w["0.bias"], 0)
    slope = (softmax(hidden @ w["2.weight"].T + w["2.bias"]) - np.eye(2)[y]) / len(y)
    back = (slope @ w["2.weight"]) * (hidden > 0)
    first = back @ w["0.weight"]
    found = {name: np.zeros_like(w[name]) for name in ("town", "street")}
    for k in range(len(x)):
        found["town"][int(x[k, 1])] += first[k, 1:9]
        found["street"][int(x[k, 2])] += first[k, 9:17]
    dense = {"0.weight": back.T @ inputs, "0.bias": back.sum(axis=0), "2.weight": slope.T @ hidden}
    return {**found, **dense, "2.bias": slope.sum(axis=0)}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_training_that_is_resumed_ends_with_the_same_bytes(workers, ask, folder):
    write_towns(folder / "train.csv")
    configure({"type": "adam", "lr": RATE}, workers=workers, epochs=4)
    ask("train", "c.yaml", "--name", "whole", "--quiet")
    ask("train", "c.yaml", "--name", "parts", "--quiet", "--set", "training.epochs=1")
    for epochs in (2, 4):
        ask("train", "--resume", "parts", "--quiet", "--set", f"training.epochs={epochs}")
    whole, parts = (load_file(folder / f"runs/{name}/checkpoints/last.safetensors") for name in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert {"embedding.town.weight", "optimizer.m.embedding.town.weight"} <= whole.keys()
    assert all(whole[name].tobytes() == parts[name].tobytes() for name in whole)
    losses = [
        [row["train_loss"] for row in table_of(folder / f"runs/{name}/metrics.csv")] for name in ("whole", "parts")
    ]
    assert losses[0] == losses[1]


def test_words_that_the_training_never_saw_add_nothing(ask, folder):
    x, _ = write_towns(folder / "train.csv")
    configure({"type": "adam", "lr": RATE})
    ask("train", "c.yaml", "--name", "run", "--quiet")
    (folder / "new.csv").write_text("street,town,size\ns01,t01,0.5\nnone such,,0.5\n")
    ask("predict", "run", "new.csv", "--output", "a.npy")
    checkpoint = folder / "runs/run/checkpoints/best.safetensors"
    w, tables = weights_in(checkpoint), embeddings_in(checkpoint)
    size = (0.5 - x[:, 0].mean()) / x[:, 0].std()
    inputs = np.array([[size, *tables["town"][2], *tables["street"][2]], [size, *np.zeros(16)]])
    hidden = np.maximum(inputs @ w["0.weight"].T + w["0.bias"], 0)
    np.testing.assert_allclose(np.load("a.npy"), softmax(hidden @ w["2.weight"].T + w["2.bias"]), rtol=1e-9)
    rows = ask("predict", "run", "new.csv").splitlines()
    assert rows[0] == "source,label,probability,note,error"
    assert rows[1].endswith(",,")
    assert (
        "column 'town': an empty cell was not there in training, it counts as another word; "
        "column 'street': 'none such' was not there in training, it counts as another word" in rows[2]
    )


def test_a_training_that_diverges_is_told(ask, folder, capsys):
    from nnfs_cli.cli.main import run

    write_towns(folder / "train.csv")
    configure({"type": "sgd", "lr": 1e30})
    assert run(["train", "c.yaml", "--quiet"]) == 5
    assert "Traceback" not in capsys.readouterr().err
    assert json_of(Path("runs/c-1/summary.json").read_text())["status"] == "diverged"
    assert UNITS == 8
