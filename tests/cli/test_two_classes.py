"""Two classes from the command line: one score for both, the focal loss, and a threshold that is looked for."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.runs import checkpoint
from nnfs_cli.saved.predictor import load_predictor

CONFIG = """\
dataset: {type: csv, train: train.csv, target: kind, test: test.csv, validation: 0.3}
model: {layers: [{type: dense, units: UNITS}]}
loss: LOSS
optimizer: {type: sgd, lr: 0.1}
training: {epochs: 2, batch_size: 16, threshold: auto}
"""
FORMS = {"binary_cross_entropy": 1, "cross_entropy": 2, "focal": 2}


def rows(count: int, seed: int, shift: float = 1.5) -> str:
    """One in eight is "sick", and a little further to the right."""
    rng = np.random.default_rng(seed)
    sick = np.arange(count) % 8 == 0
    x = rng.standard_normal((count, 2)) + shift * sick[:, None]
    words = ("sick" if one else "healthy" for one in sick)
    return "a,b,kind\n" + "".join(f"{a:.6f},{b:.6f},{kind}\n" for (a, b), kind in zip(x, words, strict=True))


def configuration(loss: str, units: int | None = None, **changes: str) -> str:
    text = CONFIG.replace("UNITS", str(units or FORMS[loss])).replace("LOSS", loss)
    for old, new in changes.items():
        text = text.replace(f"{old}: auto", f"{old}: {new}")
    Path("two.yaml").write_text(text)
    return "two.yaml"


@pytest.fixture(autouse=True)
def tables():
    Path("train.csv").write_text(rows(240, 0))
    Path("test.csv").write_text(rows(5000, 1))


def trained(nnfs, *arguments: str) -> Path:
    done = nnfs("train", *arguments)
    assert (done.code, "Traceback" in done.err) == (0, False), done.err
    return Path(done.out.strip())


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def kinds() -> list[str]:
    return [row["kind"] for row in table(Path("test.csv").read_text())]


@pytest.mark.parametrize("loss", FORMS)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_threshold_decides_labels_figures_and_confusion(nnfs, loss, workers):
    run = trained(nnfs, configuration(loss), "--workers", workers)
    saved = checkpoint.read(run / "checkpoints" / "best.safetensors")
    threshold = saved.state["threshold"]
    assert 0 < threshold < 0.5
    assert nnfs("predict", run, "test.csv", "--output", "p.npy").code == 0
    p = np.load("p.npy")
    assert p.shape == (5000, 2)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    sick = p[:, 1] > threshold
    answers = table(nnfs("predict", run, "test.csv", "--top", "2").out)
    assert [row["label"] == "sick" for row in answers] == sick.tolist()
    own = np.where(sick, p[:, 1], p[:, 0])
    np.testing.assert_allclose([float(row["probability"]) for row in answers], own, rtol=1e-5)
    np.testing.assert_allclose([float(row["probability_2"]) for row in answers], 1 - own, rtol=1e-5, atol=1e-5)
    assert all({row["label"], row["label_2"]} == {"sick", "healthy"} for row in answers)
    assert any(float(row["probability"]) < 0.5 for row in answers)

    report = json.loads(nnfs("evaluate", run, "--json").out)
    true = np.array([kind == "sick" for kind in kinds()])
    recalls = (sick[true].mean(), (~sick[~true]).mean())
    assert report["threshold"] == threshold
    assert report["accuracy"] == pytest.approx((sick == true).mean())
    assert report["balanced_accuracy"] == pytest.approx(np.mean(recalls))
    matrix = [line.split(",")[1:] for line in (run / "confusion-test.csv").read_text().splitlines()[1:]]
    assert np.array(matrix, int).tolist() == [
        [int((sick[~true] == value).sum()) for value in (False, True)],
        [int((sick[true] == value).sum()) for value in (False, True)],
    ]
    told = nnfs("evaluate", run).out
    assert f"sick where its probability is above {threshold:.6g}\n" in told


def test_the_threshold_is_the_best_of_the_validation_split(nnfs):
    run = trained(nnfs, configuration("binary_cross_entropy"))
    for name in ("best", "last"):
        file = run / "checkpoints" / f"{name}.safetensors"
        report = json.loads(nnfs("evaluate", file, "--split", "validation", "--json").out)
        saved, reached = checkpoint.read(file), {}
        for threshold in np.linspace(0.01, 0.99, 197):
            checkpoint.write(Path("other.safetensors"), saved.tensors, {**saved.state, "threshold": float(threshold)})
            other = json.loads(nnfs("evaluate", "other.safetensors", "--split", "validation", "--json").out)
            reached[threshold] = other.get("balanced_accuracy", 0)
        assert report["balanced_accuracy"] >= max(reached.values())


def test_a_threshold_may_be_set_and_is_not_half_by_default(nnfs):
    run = trained(nnfs, configuration("binary_cross_entropy", threshold="0.9"))
    answers = table(nnfs("predict", run, "test.csv").out)
    assert {row["label"] for row in answers if float(row["probability"]) <= 0.9} == {"healthy"}
    plain = trained(nnfs, configuration("binary_cross_entropy", threshold="0.5"))
    report = json.loads(nnfs("evaluate", plain, "--json").out)
    assert "threshold" not in report
    assert "where its probability" not in nnfs("evaluate", plain).out
    assert min(float(row["probability"]) for row in table(nnfs("predict", plain, "test.csv").out)) >= 0.5
    first, second = ((one / "checkpoints" / "last.safetensors") for one in (run, plain))
    for name, array in checkpoint.read(first).tensors.items():
        np.testing.assert_array_equal(array, checkpoint.read(second).tensors[name])


def test_it_is_resumed_with_the_same_threshold(nnfs):
    config = configuration("binary_cross_entropy")
    whole = trained(nnfs, config, "--set", "training.epochs=3")
    part = trained(nnfs, config, "--set", "training.epochs=2")
    done = nnfs("train", "--resume", part, "--set", "training.epochs=3")
    assert done.code == 0
    states = [checkpoint.read(run / "checkpoints" / "last.safetensors").state for run in (whole, part)]
    assert states[0]["threshold"] == states[1]["threshold"]
    done = nnfs("train", "--resume", part, "--set", "training.threshold=0.5")
    assert (done.code, "training.threshold=…: cannot change in a resumed training" in done.err) == (2, True)


@pytest.mark.parametrize("value", ["auto", None, True, 1, 1.0, 1.5, -0.1, [0.5], {"a": 1}])
def test_a_threshold_that_no_training_writes_is_refused(nnfs, value):
    run = trained(nnfs, configuration("binary_cross_entropy"))
    saved = checkpoint.read(run / "checkpoints" / "best.safetensors")
    checkpoint.write(Path("bad.safetensors"), saved.tensors, {**saved.state, "threshold": value})
    for command in (("predict", "bad.safetensors", "test.csv"), ("evaluate", "bad.safetensors")):
        done = nnfs(*command)
        assert (done.code, done.out) == (4, "")
        assert "threshold: expected a probability, at least 0 and below 1, got" in done.err


def test_a_threshold_between_ten_classes_is_refused(nnfs):
    saved = checkpoint.read(trained(nnfs, "tiny.yaml") / "checkpoints" / "best.safetensors")
    checkpoint.write(Path("bad.safetensors"), saved.tensors, {**saved.state, "threshold": 0.3})
    done = nnfs("predict", "bad.safetensors", "x.npy")
    assert (done.code, "threshold: 0.3 decides between two classes, which the network has not" in done.err) == (4, True)


@pytest.mark.parametrize(
    ("change", "value"), [("classes", ["a", "b", "c"]), ("classes", None), ("outputs", 1), ("classes", ["a"])]
)
def test_one_score_stands_for_two_classes_and_nothing_else(nnfs, change, value):
    run = trained(nnfs, configuration("binary_cross_entropy"))
    saved = checkpoint.read(run / "checkpoints" / "best.safetensors")
    state = {**saved.state, "data": {**saved.state["data"], change: value}}
    checkpoint.write(Path("bad.safetensors"), saved.tensors, state)
    done = nnfs("predict", "bad.safetensors", "test.csv")
    assert (done.code, done.out, done.err.count("\n")) == (4, "", 1)


@pytest.mark.parametrize(
    ("loss", "units", "options", "message"),
    [
        (
            "cross_entropy",
            1,
            (),
            "has 2 classes: 'healthy', 'sick'. Set its units to 2. For one output, use",
        ),
        ("binary_cross_entropy", 2, (), "gives 2 outputs, but binary_cross_entropy takes 1. Set its units to 1."),
        (
            "binary_cross_entropy",
            1,
            ("dataset={type: digits}", "model={layers: [flatten, {type: dense, units: 1}]}"),
            "loss (binary_cross_entropy): tells two classes apart, digits has 10 classes. Use cross_entropy.",
        ),
        (
            "cross_entropy",
            2,
            ("dataset={type: digits}", "model={layers: [flatten, {type: dense, units: 10}]}"),
            "training.threshold: decides between two classes, but the data have 10 classes. Leave it out.",
        ),
        ("cross_entropy", 2, ("dataset.validation=0",), "training.threshold: auto is the best one on the validation"),
        ("cross_entropy", 2, ("training.threshold=1",), "expected a number between 0 and 1 or 'auto', got 1"),
        (
            "mse",
            1,
            ("dataset.target=a", "training.sampling=balanced"),
            "training.sampling: balanced draws every class as often, but the data have values to predict.",
        ),
        ("mse", 1, ("dataset.target=a",), "training.threshold: decides between two classes, but the data have values"),
        (
            "cross_entropy",
            2,
            ("training.sampling=balanced", "training.shuffle=false"),
            "training.sampling: balanced draws the examples at random, but shuffle is false. Leave one of them out.",
        ),
    ],
)
def test_what_does_not_fit_is_a_mistake_of_the_configuration(nnfs, loss, units, options, message):
    done = nnfs("check", configuration(loss, units), *(part for option in options for part in ("--set", option)))
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_validation_split_of_one_class_is_told(nnfs):
    Path("sick.csv").write_text("a,b,kind\n" + "1,1,healthy\n" * 3)
    run = nnfs("train", configuration("binary_cross_entropy"), "--set", "dataset.validation=sick.csv")
    assert run.code == 0
    assert "all 3 validation examples are of class 'healthy': training.threshold stays 0.5" in run.err
    assert checkpoint.read(Path(run.out.strip()) / "checkpoints" / "best.safetensors").state["threshold"] == 0.5


def test_the_accuracy_of_a_training_is_that_of_the_likelier_class(nnfs):
    """As evaluate says with a threshold of one half."""
    run = trained(nnfs, configuration("binary_cross_entropy", threshold="0.5"))
    last = table((run / "metrics.csv").read_text())[-1]
    file = run / "checkpoints" / "last.safetensors"
    report = json.loads(nnfs("evaluate", file, "--split", "validation", "--json").out)
    assert float(last["val_accuracy"]) == pytest.approx(report["accuracy"])
    assert float(last["val_loss"]) == pytest.approx(report["loss"], rel=1e-5)


def test_a_model_keeps_its_threshold(nnfs):
    from nnfs_cli import Model

    run = trained(nnfs, configuration("binary_cross_entropy"))
    file = run / "checkpoints" / "best.safetensors"
    model = Model.load(file)
    model.save("again.safetensors")
    first, second = (checkpoint.read(Path(path)).state["threshold"] for path in (file, "again.safetensors"))
    assert first == second != 0.5
    assert load_predictor(checkpoint.read(Path("again.safetensors"))).threshold == first


def test_one_answer_to_all_is_told_of_what_predict_says(nnfs):
    """The likelier class is always the same one here, and the threshold tells them apart."""
    Path("train.csv").write_text(rows(240, 0, shift=0.1))
    text, longer = "answers 'healthy' to all of the 72 validation examples", ("--set", "training.epochs=20")
    assert text in nnfs("train", configuration("binary_cross_entropy", threshold="0.5"), *longer).err
    assert text not in nnfs("train", configuration("binary_cross_entropy"), *longer).err


def test_the_threshold_of_more_examples_than_a_pass_holds(nnfs):
    Path("train.csv").write_text(rows(1200, 0))
    run = trained(nnfs, configuration("cross_entropy"), "--set", "dataset.validation=0.5")
    saved = checkpoint.read(run / "checkpoints" / "last.safetensors")
    predictor = load_predictor(saved)
    report = json.loads(
        nnfs("evaluate", run / "checkpoints" / "last.safetensors", "--split", "validation", "--json").out
    )
    assert report["examples"] == 600
    assert report["threshold"] == predictor.threshold == saved.state["threshold"]
    assert report["balanced_accuracy"] > 0.6


def test_two_scores_are_none_of_a_binary_loss(nnfs):
    saved = checkpoint.read(trained(nnfs, configuration("cross_entropy")) / "checkpoints" / "best.safetensors")
    checkpoint.write(Path("bad.safetensors"), saved.tensors, {**saved.state, "loss": {"type": "binary_cross_entropy"}})
    done = nnfs("predict", "bad.safetensors", "test.csv")
    assert (done.code, done.out) == (4, "")
    assert "data: binary_cross_entropy needs two classes and a network that ends in one score" in done.err
