"""nnfs evaluate --augment and nnfs predict --augment: the mean over versions of each image, in every form."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

COUNT = 300
X = np.random.default_rng(0).integers(0, 256, (COUNT, 1, 6, 5)).astype(np.uint8)


@pytest.fixture(params=[1, 2])
def answers(nnfs, request):
    """The answers of a run in `npy`, to an array, with more options; trained with one and with two workers."""
    np.savez("images.npz", x=X, y=np.arange(COUNT) % 4)
    Path("images.yaml").write_text(
        "dataset: {type: npz, train: images.npz, test: 0.2, augment: [flip, rotate]}\n"
        "model: {layers: [flatten, {type: dense, units: 4}]}\n"
        f"training: {{epochs: 1, workers: {request.param}, batch_size: 16}}\n"
    )
    assert nnfs("train", "images.yaml", "--name", "images", "--quiet").code == 0

    def answer(x: np.ndarray, *options: str) -> np.ndarray:
        np.save("asked.npy", x)
        assert nnfs("predict", "images", "asked.npy", "--output", "answers.npy", *options).code == 0
        return np.load("answers.npy")

    return answer


def versions(x: np.ndarray) -> list[np.ndarray]:
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    places = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    moved = [padded[:, :, top : top + x.shape[2], left : left + x.shape[3]] for top, left in places]
    return [*moved, *(image[..., ::-1] for image in moved)]


def test_every_form_of_an_answer(nnfs, answers):
    expected = np.mean([answers(version) for version in versions(X)], axis=0)
    averaged = answers(X, "--augment")
    np.testing.assert_allclose(averaged, expected, rtol=1e-6)
    assert np.abs(averaged - answers(X)).max() > 1e-3
    assert np.abs(averaged - answers(X[..., ::-1], "--augment")).max() < 1e-6
    np.save("asked.npy", X)
    rows = [*csv.DictReader(io.StringIO(nnfs("predict", "images", "asked.npy", "--augment").out))]
    lines = nnfs("predict", "images", "asked.npy", "--augment", "--format", "jsonl", "--top", "4").out.splitlines()
    for p, row, line in zip(expected, rows, map(json.loads, lines), strict=True):
        assert (row["label"], line["label"]) == (str(p.argmax()), str(p.argmax()))
        assert float(row["probability"]) == pytest.approx(p.max(), rel=1e-5)
        for answer in line["top"]:
            assert answer["probability"] == pytest.approx(p[int(answer["label"])], rel=1e-5)


def test_figures_stand_in_files_of_their_own(nnfs, answers):
    before = json.loads(nnfs("evaluate", "images", "--json").out)
    plain = Path("runs/images/evaluation-test.json").read_bytes()
    report = json.loads(nnfs("evaluate", "images", "--augment", "--json").out)
    assert report == json.loads(Path("runs/images/evaluation-test-augmented.json").read_text())
    assert (report["views"], "views" in before) == (10, False)
    assert report["loss"] != before["loss"]
    assert Path("runs/images/evaluation-test.json").read_bytes() == plain
    assert Path("runs/images/confusion-test-augmented.csv").exists()
    lines = nnfs("evaluate", "images", "--augment").out.splitlines()
    assert lines[0].startswith("60 test examples of ")
    assert lines[1] == "the mean answer to 10 versions of each"


def test_a_bad_example_has_its_reason(nnfs, answers):
    np.save("asked.npy", np.full((2, 1, 6, 5), 1e300))
    done, plain = (nnfs("predict", "images", "asked.npy", *more) for more in (("--augment",), ()))
    assert (done.code, done.out, done.err) == (plain.code, plain.out, plain.err)
    assert done.code == 3


def test_a_run_without_such_changes(nnfs, runs):
    for command in (("evaluate", "tiny"), ("predict", "prices", "table.csv")):
        done = nnfs(*command, "--augment")
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("--augment: ")
        assert "has no flip, shift, crop, rotate or the like in the dataset.augment of its training" in done.err
        assert done.err.count("\n") == 1


def test_images_that_are_given_back_are_not_averaged(nnfs, runs):
    """Their training may move them, since each is its own answer; but the answers would have to be moved back."""
    layers = "[flatten, {type: dense, units: 4}, {type: dense, units: 64}, {type: reshape, shape: [1, 8, 8]}]"
    chosen = ("dataset={type: digits, task: reconstruction, augment: [shift]}", "loss=mse", "training.max_steps=2")
    options = [word for one in (*chosen, f"model.layers={layers}") for word in ("--set", one)]
    assert nnfs("train", "tiny.yaml", "--name", "back", "--quiet", *options).code == 0
    for command in (("evaluate", "back"), ("predict", "back", "asked.npy")):
        np.save("asked.npy", np.zeros((2, 1, 8, 8), np.uint8))
        assert nnfs(*command).code == 0
        done = nnfs(*command, "--augment")
        assert (done.code, done.out) == (2, "")
        assert "gives its examples back, which would have to be moved back too. Leave --augment out." in done.err
