"""--init-from a network that is not quite the same: what its weights are given to, and what is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from nnfs_cli.runs import checkpoint
from tests.cli.program import ROWS, Done

BEST = "runs/tiny/checkpoints/best.safetensors"
DENSE, HEAD = "{type: dense, units: 16}", "{type: dense, units: 10}"
BLOCK = "{type: residual, layers: [{type: dense, units: 16}]}"
STILL = ["--set", "optimizer.lr=1e-30", "--set", "training.max_steps=1", "--quiet"]


def weights(run: str) -> dict[str, np.ndarray]:
    tensors = load_file(Path("runs", run, "checkpoints/last.safetensors"))
    return {name: array for name, array in tensors.items() if name.startswith("model.")}


def begun(nnfs, layers: str, *options: str, name: str = "new", source: str = "tiny") -> Done:
    """A training with these layers whose weights do not move."""
    chosen = () if source is None else ("--init-from", source)
    return nnfs("train", "tiny.yaml", "--name", name, *chosen, "--set", f"model.layers=[{layers}]", *STILL, *options)


CASES = {
    "a head on top": (
        f"flatten, {DENSE}, relu, {HEAD}, {HEAD}",
        {"1": "1", "3": "3"},
        "gives its weights to 2 layers; model.layers[4] begins anew",
    ),
    "a norm and dropout between": (
        f"flatten, {DENSE}, batch_norm, relu, dropout, {HEAD}".replace("dropout", "{type: dropout, rate: 0.1}"),
        {"1": "1", "5": "3"},
        "gives its weights to 2 layers; model.layers[2] begins anew",
    ),
    "a block between": (
        f"flatten, {DENSE}, {BLOCK}, {HEAD}",
        {"1": "1", "3": "3"},
        "gives its weights to 2 layers; model.layers[2] begins anew",
    ),
    "a norm before all": (
        f"flatten, batch_norm, {DENSE}, {HEAD}",
        {"2": "1", "3": "3"},
        "gives its weights to 2 layers; model.layers[1] begins anew",
    ),
    "another head": (
        f"flatten, {DENSE}, relu, {{type: dense, units: 10, bias: false}}",
        {"1": "1"},
        "gives its weights to 1 layer; model.layers[3] begins anew; its model.layers[3] is not used",
    ),
    "moved by layers without weights": (
        f"{{type: dropout, rate: 0.1}}, flatten, {DENSE}, relu, {{type: dropout, rate: 0.1}}, {HEAD}",
        {"2": "1", "5": "3"},
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_layers_that_are_the_same_take_the_weights_and_the_others_are_drawn(nnfs, runs, case, workers):
    layers, pairs, told = CASES[case]
    done = begun(nnfs, layers, "--workers", workers)
    assert (done.code, done.err) == (0, f"warning: {BEST}: {told}\n" if told else "")
    assert begun(nnfs, layers, name="drawn", source=None).code == 0
    before, after, drawn = load_file(BEST), weights("new"), weights("drawn")
    for name, array in after.items():
        _, layer, key = name.split(".", 2)
        expected = before[f"model.{pairs[layer]}.{key}"] if layer in pairs else drawn[name]
        if "running" not in name:
            np.testing.assert_allclose(array, expected, rtol=0, atol=1e-20, err_msg=name)


def test_a_layer_that_is_left_out(nnfs, runs):
    assert begun(nnfs, f"flatten, {DENSE}, {DENSE}, {HEAD}", name="deep").code == 0
    done = begun(nnfs, f"flatten, {DENSE}, {HEAD}", source="deep", name="less")
    best = "runs/deep/checkpoints/best.safetensors"
    assert done.err == f"warning: {best}: gives its weights to 2 layers; its model.layers[2] is not used\n"
    deep, less = weights("deep"), weights("less")
    np.testing.assert_array_equal(less["model.2.weight"], deep["model.3.weight"])


def three_classes() -> str:
    """Digits of three classes in an array, as the keys of a data set."""
    rng = np.random.default_rng(0)
    np.savez("three.npz", x=rng.integers(0, 17, (60, 1, 8, 8)).astype(np.float32), y=np.arange(60) % 3)
    return "dataset={type: npz, train: three.npz}"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_other_classes_take_a_new_head_on_frozen_layers(nnfs, runs, workers):
    options = ("--set", three_classes(), "--set", "model.freeze=[1]", "--workers", workers, "--quiet")
    layers = ("--set", f"model.layers=[flatten, {DENSE}, relu, {{type: dense, units: auto}}]")
    done = nnfs("train", "tiny.yaml", "--init-from", "tiny", "--name", "new", *layers, *options)
    told = "gives its weights to 1 layer; model.layers[3] begins anew; its model.layers[3] is not used"
    assert (done.code, f"{BEST}: {told} (3 outputs instead of 10)" in done.err) == (0, True)
    before, after = load_file(BEST), weights("new")
    assert after["model.1.weight"].tobytes() == before["model.1.weight"].tobytes()
    assert after["model.3.weight"].shape == (3, 16)
    assert nnfs("evaluate", "new", "--split", "validation").code == 0
    assert nnfs("predict", "new", "three.npz").code == 0
    more = nnfs("train", "--resume", "new", "--set", "training.epochs=3", "--quiet")
    assert more.code == 0
    assert weights("new")["model.1.weight"].tobytes() == before["model.1.weight"].tobytes()


def test_the_average_of_a_training_is_taken_not_its_last_weights(nnfs, runs):
    averaged = ("--set", "training.ema={decay: 0.9}", "--set", "optimizer.lr=0.1", "--quiet")
    assert nnfs("train", "tiny.yaml", "--name", "averaged", *averaged).code == 0
    before = load_file("runs/averaged/checkpoints/best.safetensors")
    assert np.abs(before["model.1.weight"] - before["raw.1.weight"]).max() > 1e-4
    for name, layers in (("same", f"flatten, {DENSE}, relu, {HEAD}"), ("deeper", f"flatten, {DENSE}, {BLOCK}, {HEAD}")):
        assert begun(nnfs, layers, name=name, source="averaged").code == 0
        np.testing.assert_array_equal(weights(name)["model.1.weight"], before["model.1.weight"])


def test_a_frozen_layer_that_gets_no_weights_is_told(nnfs, runs):
    done = begun(nnfs, f"flatten, {DENSE}, {BLOCK}, {HEAD}", "--set", "model.freeze=[1, 2.layers.0]")
    frozen = "gives no weights to model.layers[2].layers[0], which model.freeze keeps as random as it begins"
    assert done.err.splitlines()[1:] == [f"warning: {BEST}: {frozen}"]


def test_weights_that_are_no_numbers_are_refused_and_leave_no_run(nnfs, runs):
    saved = checkpoint.read(Path(BEST))
    tensors = {**saved.tensors, "model.1.bias": np.full(16, np.nan, np.float32)}
    checkpoint.write(Path(BEST), tensors, {key: value for key, value in saved.state.items() if key != "format"})
    done = begun(nnfs, f"flatten, {DENSE}, {HEAD}, {HEAD}")
    assert (done.code, "model.1.bias holds something else than finite numbers" in done.err) == (4, True)
    assert not Path("runs/new").exists()


def test_only_what_is_behind_a_first_layer_that_fits_is_taken(nnfs, runs):
    done = begun(nnfs, f"flatten, {{type: dense, units: 9}}, {DENSE}, {HEAD}")
    assert (done.code, "is of another network" in done.err) == (4, True)
    assert not Path("runs/new").exists()


def table_begun(nnfs, rows: str) -> list[str]:
    """What is said when the weights of `kinds` are the first ones of a training on other rows."""
    Path("table.csv").write_text(rows)
    done = nnfs("train", "kinds.yaml", "--init-from", "kinds", "--quiet")
    assert done.code == 0
    return done.err.splitlines()


def test_other_columns_are_told(nnfs, runs):
    head, _, body = ROWS.partition("\n")
    first = head.split(",")[0]
    (line,) = table_begun(nnfs, f"{head.replace(first, 'else')}\n{body}")
    told = "was trained on other columns, or on these in other places: else"
    assert line == f"warning: runs/kinds/checkpoints/best.safetensors: {told}"


def test_inputs_on_another_scale_are_told(nnfs, runs):
    head, _, body = ROWS.partition("\n")
    rows = [line.split(",") for line in body.splitlines()]
    far = "\n".join(",".join([str(1000 * float(row[0]) + 5), *row[1:]]) for row in rows)
    said = table_begun(nnfs, f"{head}\n{far}\n")
    told = "was trained on data with another mean or deviation in 1 feature"
    assert said == [f"warning: runs/kinds/checkpoints/best.safetensors: {told}"]


@pytest.mark.parametrize("option", ["--init-from", "--resume"])
def test_an_empty_name_of_a_run(nnfs, option):
    config = ["tiny.yaml"] if option == "--init-from" else []
    done = nnfs("train", *config, option, "")
    assert (done.code, done.out) == (2, "")
    assert f"'{option}': expected a run or a checkpoint, got an empty name." in done.err
