"""Bounds: every number that users give is taken and works, or is refused in one line; never a traceback."""

from __future__ import annotations

import math
import typing
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli.config.settings import EarlyStopping, EverySteps
from nnfs_cli.config.yaml.scalars import write
from nnfs_cli.config.yaml.writer import flow
from nnfs_cli.nn.schedulers.step import Step
from nnfs_cli.parameters import describe
from nnfs_cli.registry import describe_object, parameters
from tests.bounded import CHOICES, FIELDS, RECORDS, VALUES, beside, leaves, name_of, outcome
from tests.cli.conftest import directory, nnfs, quick_pictures
from tests.sessions.trainings import flowers

__all__ = ["directory", "nnfs", "quick_pictures"]

BASE = """\
dataset: {type: digits, limit: 40, validation: 4}
model: {layers: [flatten, {type: dense, units: 10}]}
optimizer: {type: sgd, lr: 1e-3}
training: {epochs: 2, max_steps: 3, workers: 1, batch_size: 8}
"""
WORKS, USAGE, DATA, DIVERGED, MEMORY = 0, 2, 3, 5, 6


def bounds(annotation: Any) -> list[tuple[bool, bool]]:
    """Of each number in an annotation, whether it has a lowest and a highest value."""
    members = typing.get_args(annotation)
    if annotation in (int, float):
        return [(False, False)]
    if typing.get_origin(annotation) is typing.Annotated:
        inner = bounds(members[0])
        low = any(hasattr(note, "ge") or hasattr(note, "gt") for note in members[1:])
        high = any(hasattr(note, "le") or hasattr(note, "lt") for note in members[1:])
        return [(low or a, high or b) for a, b in inner]
    if typing.get_origin(annotation) is typing.Literal:
        return []
    return [bound for member in members for bound in bounds(member)]


def test_every_kind_is_walked_over():
    assert {registry.kind for registry, _, _ in CHOICES} == {"layer", "loss", "optimizer", "scheduler", "data set"}
    assert len(CHOICES) > 25
    assert {record for record, _ in FIELDS} == set(RECORDS)


@pytest.mark.parametrize(("cls", "name"), [(cls, name) for _, cls, name in CHOICES] + FIELDS, ids=name_of)
def test_every_number_has_a_lowest_and_a_highest_value(cls, name):
    assert all(low and high for low, high in bounds(parameters(cls)[name].annotation))


@pytest.mark.parametrize(("cls", "name"), [(cls, name) for _, cls, name in CHOICES] + FIELDS, ids=name_of)
def test_constructors(cls, name):
    words = describe(parameters(cls)[name].annotation)
    for value in (*VALUES, [2**64, 2**64], [math.nan, 1]):
        line = outcome(cls, name, value)
        assert not line or (f": {name}: expected {words}, got " in line and len(line) < 300)
    for value in (math.nan, math.inf, 1e308, [math.nan, math.nan]):
        assert outcome(cls, name, value)
    if float not in leaves(parameters(cls)[name].annotation):
        assert outcome(cls, name, 2**63)


def tried(cls: type, name: str) -> Iterator[Any]:
    """All values that a constructor takes, and two that it refuses; `test_constructors` knows the other refusals."""
    refused = [value for value in VALUES if outcome(cls, name, value)]
    alike = {repr(value) for value in refused[1:-1]}
    return (value for value in VALUES if repr(value) not in alike)


def trained(nnfs: Any, *options: str) -> Any:
    """How `check` and a few steps of training end; both agree."""
    overrides = [part for option in options for part in ("--set", option)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        checked = nnfs("check", "base.yaml", *overrides)
        assert checked.code in (WORKS, USAGE, DATA, MEMORY), checked.err
        done = nnfs("train", "base.yaml", *overrides, "--quiet")
    assert done.code in (WORKS, USAGE, DATA, DIVERGED, MEMORY), done.err
    if checked.code == USAGE:
        assert (done.code, checked.err) == (USAGE, done.err)
    if done.code:
        assert 1 <= done.err.count("\n") <= 2, done.err
        assert len(done.err) < 600
    return done


@pytest.fixture
def base(directory: Path) -> None:
    """A tiny configuration, and small data of every kind."""
    from PIL import Image

    Path("base.yaml").write_text(BASE)
    np.savez("flowers.npz", **flowers())
    Path("t.csv").write_text("x,y\n" + "".join(f"{k},{'ab'[k % 2]}\n" for k in range(16)))
    for name in ("a", "b"):
        Path("pictures", name).mkdir(parents=True)
        for number in range(4):
            Image.new("L", (8, 8), 10 * number).save(Path("pictures", name, f"{number}.png"))


def _plain(value: Any) -> Any:
    """An argument as a configuration has it: schedulers are keys with a type."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return describe_object(value) if hasattr(value, "type_name") else value


def settings(registry: Any, cls: type, name: str, value: Any) -> list[str]:
    """The options that put a value into a tiny configuration, everything else fitting."""
    type_name = cls.type_name
    arguments = {"type": type_name, **beside(cls, name), name: value}
    entry = "{" + ", ".join(f"{key}: {flow(_plain(given))}" for key, given in arguments.items()) + "}"
    last = "flatten, {type: dense, units: 10}"
    match registry.kind:
        case "layer":
            first = f"flatten, {entry}" if type_name == "dense" else entry
            return [f"model.layers=[{first}, {last}]"]
        case "data set":
            units = {"npz": 3, "csv": 2, "images": 2}.get(type_name, 10)
            layers = "" if type_name in ("npz", "csv") else "flatten, "
            return [f"dataset={entry}", f"model.layers=[{layers}{{type: dense, units: {units}}}]"]
        case "scheduler":
            return [f"scheduler={entry}"]
        case "loss" if type_name != "cross_entropy":
            return [f"loss={entry}"]
        case kind:
            rest = ["optimizer.lr=0.1"] if kind == "optimizer" and name != "lr" else []
            return [f"{kind}={entry}", *rest]


@pytest.mark.parametrize(
    ("registry", "cls", "name"), CHOICES, ids=lambda v: getattr(v, "__name__", getattr(v, "kind", v))
)
def test_choices_in_a_configuration(nnfs, base, registry, cls, name):
    for value in tried(cls, name):
        line = outcome(cls, name, value)
        done = trained(nnfs, *settings(registry, cls, name, value))
        assert not line or done.code == USAGE, (value, line)


@pytest.mark.parametrize(("record", "name"), FIELDS, ids=name_of)
def test_settings_in_a_configuration(nnfs, base, record, name):
    section = {"Training": "training", "DataSettings": "dataset", "EarlyStopping": "training.early_stopping"}
    path = f"{section.get(record.__name__, 'training.checkpoint_every')}.{name}"
    for value in tried(record, name):
        option = f"{path}={write(value)}"
        if record is EverySteps:
            option = f"training.checkpoint_every={{steps: {write(value)}}}"
        if record is EarlyStopping:
            option = f"training.early_stopping={{{name}: {write(value)}}}"
        done = trained(nnfs, option)
        assert not outcome(record, name, value) or done.code == USAGE, value


@pytest.mark.parametrize("value", [*map(str, VALUES), "1_0", "x", ""])
@pytest.mark.parametrize(
    ("command", "option"),
    [
        *(("lr-find", option) for option in ("--min-lr", "--max-lr", "--steps", "--seed")),
        *(("train", option) for option in ("--seed", "--workers")),
        ("predict", "--top"),
    ],
)
def test_options(nnfs, base, command, option, value):
    rest = {"lr-find": ["base.yaml"], "train": ["base.yaml", "--quiet"], "predict": ["none", "x.csv"]}[command]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = nnfs(command, *rest, f"{option}={value}")
    assert done.code in (WORKS, USAGE, *([4] if command == "predict" else [DIVERGED]))
    assert done.code == WORKS or done.err.splitlines()
    if value in ("nan", "inf", "1e+308", "x", ""):
        assert (done.code, done.err.count("\n")) == (USAGE, 1)


EITHER = (WORKS, DIVERGED)
EXTREMES = {
    "scheduler={type: one_cycle, max_lr: 1e30, div_factor: 1e-30, final_div_factor: 1e-30}": EITHER,
    "scheduler={type: one_cycle, max_lr: 1e-30, div_factor: 1e30, final_div_factor: 1e30, pct_start: 1e-308}": EITHER,
    "scheduler={type: step, max_lr: 1e-30, step_size: 1, gamma: 1e30}": EITHER,
    "scheduler={type: step, max_lr: 1e30, step_size: 1000000000, gamma: 1e-30}": EITHER,
    "scheduler={type: cosine, max_lr: 1e-30, min_lr: 1e30, warmup: 1}": (USAGE,),
    "scheduler={type: cosine, max_lr: 1e30, min_lr: 1e30, warmup: 1}": EITHER,
    "scheduler={type: cyclical, max_lr: 1e-30, base_lr: 1e30, step_size: 1e-30, mode: triangular2}": (USAGE,),
    "scheduler={type: cyclical, max_lr: 1e30, base_lr: 1e30, step_size: 1e-30, mode: triangular2}": EITHER,
    "scheduler={type: cyclical, max_lr: 1e30, base_lr: 1e-30, step_size: 1e30, mode: exp_range, gamma: 0}": EITHER,
    "scheduler={type: cosine_restarts, max_lr: 1e30, period: 1000000000, factor: 1000000000}": EITHER,
    "scheduler={type: polynomial, max_lr: 1e30, min_lr: 1e30, power: 1e30, warmup: 1}": EITHER,
    "scheduler={type: plateau, max_lr: 1e-30, min_lr: 1e30, factor: 1e-300, patience: 0, threshold: 1e30}": (USAGE,),
    "scheduler={type: plateau, max_lr: 1e30, min_lr: 1e30, factor: 1e-300, patience: 0, threshold: 1e30}": EITHER,
    "optimizer={type: adam, lr: 1e30, weight_decay: 1e30, decoupled: true, eps: 1e-30, beta1: 0.99999999}": (DIVERGED,),
    "optimizer={type: adam, lr: 1e-30, eps: 1e30, beta2: 0.9999999999999999, weight_decay: 1e30}": (WORKS,),
    "optimizer={type: sgd, lr: 1e30, weight_decay: 1e30, momentum: 0.9999999999999999, nesterov: true}": (DIVERGED,),
    "training={epochs: 1000000000, max_steps: 2, batch_size: 8, gradient_clip_norm: 1e-30}": (WORKS,),
    "training={max_steps: 3, mixup: 1e-30, batch_size: 1}": (WORKS,),
    "training={max_steps: 3, mixup: 1e30}": (WORKS,),
    "training={epochs: 1000000000, max_steps: 2, gradient_clip_norm: 1e30, checkpoint_every: 1000000000}": (WORKS,),
    "training={epochs: 1000000000, max_steps: 2, batch_size: 8, gradient_clip_value: 1e-30}": (WORKS,),
    "training={epochs: 1, max_steps: 2, batch_size: 1000000000, accumulate: 10000, gradient_clip_value: 1e30}": (
        WORKS,
    ),
    "training={epochs: 1, accumulate: 10001}": (USAGE,),
    "training={epochs: 1, max_steps: 2, ema: {decay: 0.9999999999999999}}": (WORKS,),
    "training={epochs: 1, max_steps: 2, ema: {decay: 1.0}}": (USAGE,),
    "model.layers=[{type: conv2d, filters: 1000000000, kernel_size: 1, padding: 1000000000}, flatten]": (USAGE,),
    "dataset={type: digits, augment: [{type: shift, pixels: 1000000000}]}": (USAGE,),
    "dataset={type: digits, augment: [{type: crop, padding: 7}, {type: cutout, size: 8}]}": (WORKS,),
    "dataset={type: digits, augment: [{type: crop, padding: 1000000000}]}": (USAGE,),
    "dataset={type: digits, augment: [{type: cutout, size: 1000000000}]}": (USAGE,),
    "dataset={type: digits, augment: [{type: rotate, degrees: 180}, {type: shear, degrees: 89.99999999999999}]}": (
        WORKS,
    ),
    "dataset={type: digits, augment: [{type: scale, by: 0.9999999999999999}, {type: rotate, degrees: 1e-300}]}": (
        WORKS,
    ),
    "dataset={type: digits, augment: [{type: elastic, strength: 1e30, smoothness: 1e-30}]}": (WORKS,),
    "dataset={type: digits, augment: [{type: elastic, strength: 1e-30, smoothness: 1e30}]}": (WORKS,),
    "dataset={type: digits, augment: [{type: noise, deviation: 1e30}, {type: noise, deviation: 1e-30}]}": (WORKS,),
    "dataset={type: digits, augment: [{type: brightness, by: 1}, {type: contrast, by: 1}]}": (WORKS,),
    "dataset={type: digits, augment: [{type: flip, chance: 1e-300}, {type: flip, axis: vertical}]}": (WORKS,),
    "model.layers=[{type: max_pool2d, size: 1, stride: 1000000000}, flatten, {type: dense, units: 10}]": (WORKS,),
    "dataset={type: digits, size: 1000000000}": (USAGE,),
}


@pytest.mark.parametrize("option", EXTREMES)
def test_extremes_together(nnfs, base, option):
    long = ["training.epochs=1000000000"] if option.startswith("scheduler") else []
    assert trained(nnfs, option, *long).code in EXTREMES[option]


def test_a_long_training_has_no_list_of_its_rates():
    rate = Step(1.0, step_size=1, gamma=0.5).plan(10**18, 10)["lr"].value
    assert [rate(step) for step in (0, 9, 10, 19, 20, 10**18 - 1)] == [1, 1, 0.5, 0.5, 0.25, 0]
    rate = Step(1.0, step_size=2, gamma=10.0).plan(10**18, 1)["lr"].value
    assert [rate(step) for step in (1, 2, 58, 60, 10**18 - 1)] == [1, 10, pytest.approx(1e29), 1e30, 1e30]
