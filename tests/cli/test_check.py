"""nnfs check: layers and costs of a configuration, or every mistake in it, without its data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnfs_cli import footprint
from nnfs_cli.registry import METRICS


@pytest.fixture
def small(monkeypatch):
    """A program of exactly 100 MiB."""
    monkeypatch.setattr(footprint, "program", lambda: 100 << 20)


@pytest.mark.usefixtures("small")
def test_every_layer_with_its_shape_and_costs(nnfs):
    done = nnfs("check", "tiny.yaml")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "tiny.yaml: valid; examples of shape (1, 8, 8), 10 classes\n"
        "\n"
        "#  layer    output  parameters  multiply-adds\n"
        "0  flatten  (64,)            0              0\n"
        "1  dense    (16,)        1,040          1,024\n"
        "2  relu     (16,)            0              0\n"
        "3  dense    (10,)          170            160\n"
        "   total                 1,210          1,184\n"
        "\n"
        "training takes about 148.0 MiB at its peak: program 147.8 MiB, data 126.4 KiB, network 52.0 KiB\n"
    )


BLOCKS = """
  layers:
    - flatten
    - {type: dense, units: 16}
    - type: residual
      layers: [relu, {type: residual, layers: [{type: dense, units: 16}, relu]}]
      shortcut: [{type: dropout, rate: 0.5}]
    - {type: dense, units: 10}
"""


@pytest.mark.usefixtures("small")
def test_layers_within_a_block_are_indented(nnfs):
    text = Path("tiny.yaml").read_text()
    start, end = text.index("\n  layers:"), text.index("loss:")
    Path("tiny.yaml").write_text(text[:start] + BLOCKS + text[end:])
    done = nnfs("check", "tiny.yaml", "--profile")
    assert done.out.splitlines()[2:13] == [
        "#                    layer       output  parameters  multiply-adds",
        "0                    flatten     (64,)            0              0",
        "1                    dense       (16,)        1,040          1,024",
        "2                    residual    (16,)            0              0",
        "2.layers.0             relu      (16,)            0              0",
        "2.layers.1             residual  (16,)            0              0",
        "2.layers.1.layers.0      dense   (16,)          272            256",
        "2.layers.1.layers.1      relu    (16,)            0              0",
        "2.shortcut.0           dropout   (16,)            0              0",
        "3                    dense       (10,)          170            160",
        "                     total                    1,482          1,440",
    ]
    timed = [line.split("  ")[0] or line.strip().split("  ")[0] for line in done.out.splitlines()[17:28]]
    assert timed == [
        *("flatten", "dense", "residual", "relu", "residual", "dense", "relu", "dropout", "dense"),
        *("cross_entropy", "adam"),
    ]
    done = nnfs("check", "tiny.yaml", "--set", "model.layers.2.layers.1.layers.0.units=15")
    assert done.err == (
        "tiny.yaml:10: model.layers[2].layers[1] (residual): adds (15,) of its layers and (16,) of its shortcut, which "
        "must have the same shape. Set shortcut: [{type: dense, units: 15}].\n"
    )


PICTURES = """
  layers:
    - type: residual
      layers: [{type: conv2d, filters: 4, kernel_size: [3, 1], padding: [1, 0]}, relu]
      shortcut: [{type: conv2d, filters: 4, kernel_size: 1}]
    - max_pool2d
    - flatten
    - {type: dense, units: 10}
"""


@pytest.mark.usefixtures("small")
def test_receptive_fields_of_pictures(nnfs):
    text = Path("tiny.yaml").read_text()
    start, end = text.index("\n  layers:"), text.index("loss:")
    Path("tiny.yaml").write_text(text[:start] + PICTURES + text[end:])
    done = nnfs("check", "tiny.yaml")
    assert done.out.splitlines()[2:11] == [
        "#             layer       output     receptive field  parameters  multiply-adds",
        "0             residual    (4, 8, 8)            3 x 1           0              0",
        "0.layers.0      conv2d    (4, 8, 8)            3 x 1          16            768",
        "0.layers.1      relu      (4, 8, 8)            3 x 1           0              0",
        "0.shortcut.0    conv2d    (4, 8, 8)            1 x 1           8            256",
        "1             max_pool2d  (4, 4, 4)            4 x 2           0              0",
        "2             flatten     (64,)                  all           0              0",
        "3             dense       (10,)                  all         650            640",
        "              total                                          674          1,664",
    ]
    fields = [layer["receptive_field"] for layer in json.loads(nnfs("check", "tiny.yaml", "--json").out)["layers"]]
    assert fields == [[3, 1], [3, 1], [3, 1], [1, 1], [4, 2], None, None]


def test_json(nnfs):
    answer = json.loads(nnfs("check", "tiny.yaml", "--json").out)
    assert (answer["valid"], answer["parameters"], answer["input_shape"]) == (True, 1210, [1, 8, 8])
    assert [layer["output"] for layer in answer["layers"]] == [[64], [16], [16], [10]]


@pytest.mark.parametrize("data", ["mnist", "fashion_mnist", "kmnist"])
def test_no_data_is_needed(nnfs, data):
    answer = json.loads(nnfs("check", "tiny.yaml", "--set", f"dataset.type={data}", "--json").out)
    assert answer["input_shape"] == [1, 28, 28]
    assert not Path("data").exists()


def test_overrides(nnfs):
    done = nnfs("check", "tiny.yaml", "--set", "model.layers.1.units=300", "--json")
    assert json.loads(done.out)["layers"][1]["output"] == [300]


MISTAKES = {
    "images for a dense layer": (
        ("    - flatten\n", ""),
        "tiny.yaml:7: model.layers[0] (dense): takes vectors, got images of shape (1, 8, 8). Put a flatten layer "
        "before it.",
    ),
    "vectors for a convolution": (
        ("    - relu\n", "    - {type: conv2d, filters: 2, kernel_size: 3}\n"),
        "tiny.yaml:9: model.layers[2] (conv2d): ",
    ),
    "outputs": (
        ("units: 10}", "units: 11}"),
        "tiny.yaml:10: model.layers[3] (dense): gives 11 outputs, but digits has 10 classes. Set its units to 10.",
    ),
    "loss": (
        ("loss: cross_entropy", "loss: mse"),
        "tiny.yaml:12: loss (mse): does not fit digits, which has classes. Use cross_entropy.",
    ),
    "monitor": (
        ("{epochs: 2}", "{epochs: 2, monitor: accuracy}"),
        "tiny.yaml:14: training.monitor: expected val_ or train_ with one of loss, "
        f"{', '.join(METRICS)}, "
        "got 'accuracy'. Did you mean 'val_accuracy'?",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_its_cure(nnfs, mistake):
    (old, new), message = MISTAKES[mistake]
    Path("tiny.yaml").write_text(Path("tiny.yaml").read_text().replace(old, new))
    done = nnfs("check", "tiny.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(message)
    assert done.err.count("\n") == 1


def test_a_metric_that_the_loss_does_not_have(nnfs, runs):
    done = nnfs("check", "prices.yaml", "--set", "training.monitor=val_accuracy")
    assert done.code == 2
    assert done.err == (
        "--set training.monitor=val_accuracy: training.monitor: accuracy is a metric of classes, and values are "
        "predicted. Choose among r2, mae, mape, mse, rmse. Write val_ before it, or use val_loss.\n"
    )


def test_all_mistakes_at_once(nnfs):
    done = nnfs("check", "tiny.yaml", "--set", "loss=mse", "--set", "model.layers.3.units=3")
    assert len(done.err.splitlines()) == 2


def test_a_huge_network_is_measured_without_being_made(nnfs):
    answer = json.loads(nnfs("check", "tiny.yaml", "--set", "model.layers.1.units=1000000000", "--json").out)
    assert answer["parameters"] == 75_000_000_010


def test_a_file_that_is_not_there(nnfs):
    done = nnfs("check", "tinny.yaml")
    assert (done.code, done.err) == (2, "tinny.yaml: no such file. Did you mean tiny.yaml?\n")
