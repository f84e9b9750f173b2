"""A repeat stands for its layers written out, wherever layers are listed; mistakes are told where they stand."""

from __future__ import annotations

import bisect

import pytest

from nnfs_cli.config import from_mapping, load
from nnfs_cli.errors import ConfigError

TEXT = """\
dataset: digits
model:
  layers:
    - flatten
    - {type: dense, units: 8}
    - repeat:
        times: 2
        layers:
          - type: residual
            layers:
              - repeat:
                  times: 3
                  layers:
                    - relu
                    - {type: dense, units: 8}
            shortcut: [repeat: {times: 2, layers: [tanh]}]
          - repeat: {times: 2, layers: [sigmoid]}
    - {type: dense, units: 10}
"""
DENSE = ", ".join(["relu, {type: dense, units: 8}"] * 3)
BLOCK = f"{{type: residual, layers: [{DENSE}], shortcut: [tanh, tanh]}}"
WRITTEN_OUT = f"""\
dataset: digits
model:
  layers:
    - flatten
    - {{type: dense, units: 8}}
    - {BLOCK}
    - sigmoid
    - sigmoid
    - {BLOCK}
    - sigmoid
    - sigmoid
    - {{type: dense, units: 10}}
"""


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = (tmp_path / "x.yaml").relative_to(tmp_path)
    path.write_text(TEXT)
    return path


def problems(path, *overrides):
    with pytest.raises(ConfigError) as caught:
        load(path, overrides)
    return list(caught.value.problems)


def test_it_is_the_list_written_out(path, tmp_path):
    (tmp_path / "out.yaml").write_text(WRITTEN_OUT)
    out = load(tmp_path / "out.yaml")
    assert load(path).layers == out.layers
    assert load(path).resolved() == out.resolved()


def test_each_copy_is_a_layer_of_its_own(path):
    first, second = (load(path).layers[index].make() for index in (2, 5))
    layers = [*first.layers, *second.layers, *first.shortcut, *second.shortcut]
    assert len({id(layer) for layer in layers}) == len(layers) == 16


def test_a_place_in_the_network_is_one_in_the_file(path):
    config = load(path)
    inner = "model.layers[2].repeat.layers[0].layers[0].repeat.layers[1]"
    assert (
        config.location("model.layers[5].layers[3]")
        == f"x.yaml:15: {inner} (dense), written out model.layers[5].layers[3]"
    )
    assert config.location("model.layers[1]") == "x.yaml:5: model.layers[1] (dense)"
    assert config.location("model.layers[8]") == "x.yaml:18: model.layers[3] (dense), written out model.layers[8]"


def test_options_change_what_is_repeated(path):
    assert len(load(path, ["model.layers.2.repeat.times=4"]).layers) == 15
    config = load(path, ["model.layers.2.repeat.layers.0.layers.0.repeat.layers.1.units=7"])
    dense = [choice.arguments["units"] for layer in config.layers for choice in layer.walk() if choice.type == "dense"]
    assert dense == [8, *[7] * 6, 10]
    assert [layer.type for layer in load(path, ["model.layers.2=relu"]).layers] == ["flatten", "dense", "relu", "dense"]


@pytest.mark.parametrize(
    ("option", "place", "sentence"),
    [
        ("repeat.times=0", "repeat.times", "expected a whole number from 1 to 1,000,000,000, got 0."),
        ("repeat.times=2.5", "repeat.times", "expected a whole number from 1 to 1,000,000,000, got 2.5."),
        (
            "repeat={layers: [relu]}",
            "repeat",
            "times is missing: expected a whole number from 1 to 1,000,000,000.",
        ),
        ("repeat.layers=[]", "repeat.layers", "expected a list of at least one layer, got []."),
        (
            "repeat.layers=relu",
            "repeat.layers",
            "expected a list of at least one layer, got 'relu'. Put it into a list: [...].",
        ),
        ("repeat.tims=3", "repeat.tims", "repeat has no such key. Did you mean 'times'?"),
        ("repeat=3", "repeat", "expected keys, such as repeat: {times: 3, layers: [...]}, got 3."),
        (
            "times=3",
            "times",
            "stands beside repeat. Put it under repeat, or into one of its layers: repeat: {times: 3, layers: [...]}.",
        ),
        (
            "repeat.layers.0.layers.0.repeat.layers.1.unit=8",
            "repeat.layers[0].layers[0].repeat.layers[1].unit",
            "dense has no such key. Did you mean 'units'?",
        ),
    ],
)
def test_mistakes_are_told_once(path, option, place, sentence):
    option = f"model.layers.2.{option}"
    assert problems(path, option) == [f"--set {option}: model.layers[2].{place}: {sentence}"]


@pytest.mark.parametrize("times", [1000, 10**9])
def test_a_repeat_of_repeats_does_not_explode(path, times):
    option = f"model.layers.2.repeat.times={times}"
    sentence = "stands for more than 10,000 values, counting all that is repeated. Repeat it less often."
    assert problems(path, option) == [f"x.yaml:8: model.layers[2].repeat.layers: {sentence}"]


def test_many_small_repeats_do_not_either(path):
    items = ", ".join(["repeat: {times: 4000, layers: [relu]}"] * 3)
    path.write_text(f"dataset: digits\nmodel:\n  layers: [{items}]\n")
    sentence = "stands for more than 10,000 values, counting all that is repeated. Repeat it less often."
    assert problems(path) == [f"x.yaml:3: model.layers: {sentence}"]


def test_a_number_that_is_no_number_within_a_repeat_is_told_alone(path):
    path.write_text(TEXT.replace("- relu\n", "- 017\n").replace("times: 3", "times: 018"))
    assert [line.partition(" the ")[0] for line in problems(path)] == [
        "x.yaml:12: model.layers[2].repeat.layers[0].layers[0].repeat.times:",
        "x.yaml:14: model.layers[2].repeat.layers[0].layers[0].repeat.layers[0]:",
    ]


def test_augmentations_are_no_layers(path):
    path.write_text(
        TEXT.replace("dataset: digits", "dataset: {type: digits, augment: [repeat: {times: 2, layers: [shift]}]}")
    )
    assert problems(path)[0].startswith("x.yaml:1: dataset.augment[0]: type is missing")


RESIDUAL = "{type: residual, layers: [relu]}"
LONG = "stands for more than 10,000 values with all defaults written out. Repeat it less often."


def test_what_a_run_could_not_read_again_is_refused_at_once(path):
    """A residual is read as 4 values and written out as 6."""
    lines = "dataset: digits\nmodel:\n  layers:\n    - repeat: {times: %d, layers: [relu]}\n    - repeat:\n"
    lines += f"        times: %d\n        layers: [{RESIDUAL}]\n"
    path.write_text(lines % (2, 2000))
    assert problems(path) == [f"x.yaml:5: model.layers[1].repeat: {LONG}"]
    assert problems(path, "model.layers.0.repeat.times=1") == [f"x.yaml:5: model.layers[1].repeat: {LONG}"]
    path.write_text(lines % (2, 1600))
    config = load(path)
    assert from_mapping(config.resolved(), "again").resolved() == config.resolved()


def test_the_limit_is_that_of_what_is_read_again(path):
    """Between the longest configuration that is accepted and the shortest that is refused is one layer."""
    lines = f"dataset: digits\nmodel: {{layers: [repeat: {{times: 1600, layers: [{RESIDUAL}]}}, repeat: {{times: %d, "
    lines += "layers: [relu]}]}\n"

    def refused(times: int) -> bool:
        path.write_text(lines % times)
        try:
            load(path)
        except ConfigError:
            return True
        return False

    times = bisect.bisect_left(range(1, 201), True, key=refused)
    path.write_text(lines % times)
    values = load(path).resolved()
    assert from_mapping(values, "again").resolved() == values
    values["model"]["layers"].append({"type": "relu"})
    with pytest.raises(ConfigError, match="more than 10,000 values"):
        from_mapping(values, "again")


def test_many_layers_without_a_repeat_are_told_without_one(path):
    path.write_text(f"dataset: digits\nmodel:\n  layers: [{', '.join([RESIDUAL] * 2000)}]\n")
    sentence = "stands for more than 10,000 values with all defaults written out. Use fewer layers."
    assert problems(path) == [f"x.yaml:3: model.layers: {sentence}"]


def test_long_lists_elsewhere_are_told_of_the_whole(path):
    names = ", ".join(f"c{number}" for number in range(9980))
    data = f"dataset: {{type: csv, train: t.csv, target: y, drop: [{names}]}}"
    path.write_text(f"{data}\nmodel: {{layers: [{{type: dense, units: 1}}]}}\n")
    sentence = "stands for more than 10,000 values with all defaults written out. Shorten it."
    assert problems(path) == [f"x.yaml: {sentence}"]
