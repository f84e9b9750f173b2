"""Sections: what stands at the top level of a configuration, and the checks that concern more than one of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nnfs_cli.config.checker import check_choice, check_item, check_record, check_value
from nnfs_cli.config.config import Choice, Config
from nnfs_cli.config.repeat import refuse_bombs
from nnfs_cli.config.settings import RECONSTRUCTION, DataSettings, Frozen, Training
from nnfs_cli.config.written_out import refuse_too_long
from nnfs_cli.config.yaml.problems import Problems, Spot
from nnfs_cli.config.yaml.suggestions import closest, did_you_mean
from nnfs_cli.config.yaml.tree import Node
from nnfs_cli.parameters import AUTO, Count
from nnfs_cli.registry import LAYERS, LOSSES, OPTIMIZERS, SCHEDULERS, SOURCES, Registry, parameters

Registries = Mapping[str, Registry[Any]]
REGISTRIES: Registries = {
    "dataset": SOURCES,
    "layers": LAYERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "scheduler": SCHEDULERS,
}
DEFAULTS: Mapping[str, Any] = {
    "description": "",
    "seed": 0,
    "loss": AUTO,
    "optimizer": "adam",
    "scheduler": "constant",
    "training": {},
}
UNTOLD = {"optimizer": {"type": "adam", "weight_decay": 1e-3}, "scheduler": {"type": "one_cycle", "max_lr": 3e-3}}
"""Other defaults where neither is said: a constant rate would have to be known."""

EXAMPLES = {
    "dataset": "dataset: digits",
    "model": "model: {layers: [flatten, {type: dense, units: 10}]}",
}


def check(root: Node, name: str, source: str, problems: Problems, registries: Registries = REGISTRIES) -> Config:
    """The configuration that a tree says.

    Args:
        root: the top level, defaults put in.
        name, source: what the configuration is called and where it comes from.
        problems: mistakes found before.

    Raises:
        ConfigError: all mistakes.
    """
    sections = Spot(root, "", problems).children()
    checks = _checks(registries)
    for key, spot in sections.items():
        if key not in checks:
            spot.wrong(f"no such section.{_home(key) or did_you_mean(key, checks)}")
    meant = {closest(key, checks) for key in sections if key not in checks}
    for key, example in EXAMPLES.items():
        if key not in sections and key not in meant:
            problems.add(root.location, f"{key} is missing. Add a section such as {example}.")
    values = {key: check_section(sections[key]) for key, check_section in checks.items() if key in sections}
    _check_rate(sections["optimizer"], values["optimizer"], values["scheduler"])
    if dataset := values.get("dataset"):
        _check_fold(sections["dataset"], dataset)
    problems.raise_if_any()
    dataset, data = _split_data(values.pop("dataset"))
    layers, freeze = values.pop("model")
    config = Config(name, source, dataset=dataset, data=data, layers=layers, freeze=freeze, tree=root, **values)
    refuse_too_long(config)
    return config


def _checks(registries: Registries) -> dict[str, Callable[[Spot], Any]]:
    """The check of every section, by its name."""
    return {
        "description": lambda spot: check_value(spot, str),
        "seed": lambda spot: check_value(spot, Count),
        "dataset": functools.partial(check_choice, registry=registries["dataset"], extra=parameters(DataSettings)),
        "model": functools.partial(_check_model, registry=registries["layers"]),
        "loss": functools.partial(_check_loss, registry=registries["loss"]),
        "optimizer": functools.partial(check_choice, registry=registries["optimizer"]),
        "scheduler": functools.partial(check_choice, registry=registries["scheduler"]),
        "training": functools.partial(check_record, record=Training),
    }


def _check_loss(spot: Spot, registry: Registry[Any]) -> Choice | None:
    """The loss; None where the data say which. A key that it is given with --set is one of cross_entropy."""
    if spot.node.value == AUTO:
        return None
    keys = spot.node.value
    if isinstance(keys, dict) and "type" in keys and keys["type"].value == AUTO:
        named = {**keys, "type": replace(keys["type"], value="cross_entropy")}
        return check_choice(Spot(replace(spot.node, value=named), spot.path, spot.problems), registry)
    return check_choice(spot, registry)


def _check_model(spot: Spot, registry: Registry[Any]) -> tuple[tuple[Choice | None, ...], Frozen]:
    """The layers of `model`, what is repeated written out, each at its place, and which are frozen."""
    refuse_bombs(spot)
    children = spot.children()
    for key, child in children.items():
        if key not in ("layers", "freeze"):
            child.wrong(f"model has no such key.{did_you_mean(key, ['layers', 'freeze'])}")
    if "layers" not in children:
        spot.expected("the key layers with a list", " Put the list under layers." if spot.items() else "")
        return (), ()
    layers = children["layers"].items()
    if not layers:
        children["layers"].expected("a list of at least one layer")
    choices = tuple(choice for layer in layers for choice in check_item(layer, registry))
    placed = tuple(choice and choice.placed(f"{spot.path}.layers[{index}]") for index, choice in enumerate(choices))
    return placed, check_value(children["freeze"], Frozen) if "freeze" in children else ()


def _check_rate(spot: Spot, optimizer: Choice | None, scheduler: Choice | None) -> None:
    """A problem if nothing says what the learning rate is."""
    if not optimizer or not scheduler or scheduler.cls.sets_lr or "lr" not in parameters(optimizer.cls):
        return
    if optimizer.arguments.get("lr") is None:
        rate = Spot(spot.node, "optimizer.lr", spot.problems)
        whole = f"Set optimizer: {{type: {optimizer.type}, lr: 1e-3}}"
        section = whole if isinstance(spot.node.value, str) else "Add lr: 1e-3 to the optimizer"
        rate.wrong(f"is missing: scheduler {scheduler.type} does not set the rate. {section}.")


def _check_fold(spot: Spot, dataset: Choice) -> None:
    """A problem if a fold is none of the folds."""
    fold, folds = (dataset.arguments.get(key) for key in ("fold", "folds"))
    if (fold is None) != (folds is None) or (fold or 0) > (folds or 0):
        Spot(spot.node, "dataset.fold", spot.problems).wrong(
            "expected one of the folds, such as fold: 2 with folds: 5."
        )


def _split_data(choice: Choice) -> tuple[Choice, DataSettings]:
    """The source with its own arguments, and the settings of all sources.

    A source that takes `validation` itself gets it; nothing is held out where it is a path. Of a `task` that it takes
    itself the settings know whether it is reconstruction.
    """
    given, own = choice.arguments, parameters(choice.cls)
    common = {key: value for key, value in given.items() if key not in own}
    held = given.get("validation") if "validation" in own else None
    if held is not None:
        common["validation"] = held if isinstance(held, int | float) else 0
    if "task" in own and given.get("task") == RECONSTRUCTION:
        common["task"] = RECONSTRUCTION
    arguments = {key: value for key, value in given.items() if key in own}
    return replace(choice, arguments=arguments), DataSettings(**common)


def _home(key: str) -> str:
    """A hint where a key belongs that stands at the top level."""
    if key in parameters(Training):
        return f" Put {key} under training."
    return " Put layers under model." if key == "layers" else ""
