"""Config: a whole configuration, checked and frozen."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnfs_cli.config.overrides import OPTION
from nnfs_cli.config.settings import DataSettings, Training
from nnfs_cli.config.yaml.tree import Node, find, texts_from
from nnfs_cli.parameters import AUTO
from nnfs_cli.registry import describe_object, members, parameters


@dataclass(frozen=True)
class Choice:
    """A class that was chosen, and the arguments that were given for it.

    Args:
        type: its name in its registry.
        arguments: checked values, without defaults; choices, where the class takes members of a registry.
        path: the place in the configuration with all repeats written out, such as "optimizer" or "model.layers[3]".
        cls: the class itself.
        written: the place where it was written, such as "model.layers[2].repeat.layers[0]"; the path if left out.
    """

    type: str
    arguments: dict[str, Any]
    path: str
    cls: type = field(repr=False)
    written: str = field(default="", compare=False, repr=False)

    def placed(self, path: str) -> Choice:
        """The same choice at a place of the written-out configuration, those within it there too."""
        if path == self.path:
            return self
        inner = {
            name: tuple(choice.placed(f"{path}.{name}[{index}]") for index, choice in enumerate(choices))
            for name, choices in self._inner().items()
        }
        written = self.written or self.path
        return dataclasses.replace(self, arguments={**self.arguments, **inner}, path=path, written=written)

    def make(self) -> Any:
        """A new object of the class."""
        inner = {name: tuple(choice.make() for choice in choices) for name, choices in self._inner().items()}
        return self.cls(**{**self.arguments, **inner})

    def walk(self) -> Iterator[Choice]:
        """This choice and all within it."""
        yield self
        for choices in self._inner().values():
            for choice in choices:
                yield from choice.walk()

    def resolved(self) -> dict[str, Any]:
        """The type and every argument, the constructor's own included, in the types of JSON."""
        return as_json(self._description)

    @functools.cached_property
    def _description(self) -> dict[str, Any]:
        return describe_object(self.make())

    def _inner(self) -> dict[str, tuple[Choice, ...]]:
        return {name: self.arguments[name] for name in members(self.cls) if name in self.arguments}


@dataclass(frozen=True)
class Config:
    """What a configuration says.

    Args:
        name: the stem of the file's name.
        source: the path of the file as it was given.
        dataset: the source of the data and its own arguments.
        data: the keys of `dataset` that all sources share.
        freeze: the layers that do not learn, by number or name.
        loss: None where the data say which.
        tree: the values with their places.
        folders: that the file lies in: that of the path, and that of the real file where a link leads there.
    """

    name: str
    source: str
    seed: int
    description: str
    dataset: Choice
    data: DataSettings
    layers: tuple[Choice, ...]
    loss: Choice | None
    optimizer: Choice
    scheduler: Choice
    training: Training
    tree: Node = field(repr=False, compare=False)
    freeze: tuple[int | str, ...] = ()
    folders: tuple[Path, ...] = field(default=(), compare=False)

    @property
    def typed(self) -> frozenset[str]:
        """The texts in `dataset` that come from the command line, paths among them."""
        return frozenset(texts_from(find(self.tree, "dataset"), OPTION))

    def location(self, path: str) -> str:
        """Where a path was written, as errors begin: "configs/x.yaml:14: model.layers[3] (dense)".

        Of a layer that is repeated the path of the copy is told too.
        """
        choices = (self.dataset, *self.data.augment, *self.layers, self.loss, self.optimizer, self.scheduler)
        known = {inner.path: inner for choice in choices if choice for inner in choice.walk()}
        if path not in known:
            return f"{find(self.tree, path).location}: {path}"
        written = known[path].written or path
        copy = f", written out {path}" if written != path else ""
        return f"{find(self.tree, written).location}: {written} ({known[path].type}){copy}"

    @property
    def rate_key(self) -> str | None:
        """The key that says how large the learning rate is; None where the scheduler has several, or another one."""
        if not self.scheduler.cls.sets_lr:
            return "optimizer.lr"
        return "scheduler.max_lr" if "max_lr" in parameters(self.scheduler.cls) else None

    @property
    def open_rates(self) -> tuple[str, ...]:
        """The keys of the scheduler that leave a rate to the range test."""
        choices = self.scheduler.walk()
        return tuple(f"{choice.path}.max_lr" for choice in choices if choice.arguments.get("max_lr") == AUTO)

    def warnings(self) -> tuple[str, ...]:
        """Valid settings that are probably mistakes."""
        told = [(f"scheduler.{key}", why) for key, why in self.scheduler.make().idle()]
        if self.scheduler.cls.sets_lr and self.optimizer.arguments.get("lr") is not None:
            instead = f"Set {self.rate_key}." if self.rate_key else "Set the rates there."
            told.append(("optimizer.lr", f"scheduler {self.scheduler.type} sets the rate. {instead}"))
        return tuple(f"{self.location(key)}: has no effect, {why}" for key, why in told)

    def resolved(self) -> dict[str, Any]:
        """Everything, defaults written out, in the types of JSON and the order of a file."""
        return {
            **({"description": self.description} if self.description else {}),
            "seed": self.seed,
            "dataset": {**self.dataset.resolved(), **self._data_settings()},
            "model": {
                "layers": [layer.resolved() for layer in self.layers],
                **({"freeze": list(self.freeze)} if self.freeze else {}),
            },
            "loss": self.loss.resolved() if self.loss else AUTO,
            "optimizer": self.optimizer.resolved(),
            "scheduler": self.scheduler.resolved(),
            "training": as_json(dataclasses.asdict(self.training)),
        }

    def _data_settings(self) -> dict[str, Any]:
        """The common settings, except those that the source has itself (`validation`)."""
        settings = {field.name: getattr(self.data, field.name) for field in dataclasses.fields(self.data)}
        settings["augment"] = [choice.resolved() for choice in self.data.augment]
        empty = [] if self.data.found else ["found"]
        return {key: value for key, value in settings.items() if key not in (*parameters(self.dataset.cls), *empty)}


def as_json(value: Any) -> Any:
    """A value in the types of JSON: tuples become lists, records those of their fields that say something."""
    if dataclasses.is_dataclass(value):
        return {name: as_json(item) for name, item in vars(value).items() if item is not None}
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list | tuple) else value
