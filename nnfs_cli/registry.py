"""Type names -> classes; the signature of a constructor is the schema of its YAML.

A class registers itself under the word that a configuration uses for it:

    @LAYERS.register("dropout")
    class Dropout(Layer):
        def __init__(self, rate: ProperFraction): ...

The annotations of the constructor say what a configuration may hold; the same check, with the same words,
guards a call from Python. By convention a constructor keeps each parameter in an attribute of the same name,
so that `describe_object` can write any object back as configuration.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from nnfs_cli.errors import ConfigError
from nnfs_cli.parameters import Refused, accept
from nnfs_cli.text import quoted

T = TypeVar("T")


class Registry(Generic[T]):
    """The classes of one kind, by type name; the modules of its package are imported when it is first asked.

    Args:
        kind: what an error calls a member, such as "layer".
        package: the package whose modules register members.
    """

    def __init__(self, kind: str, package: str):
        self.kind = kind
        self._package = package
        self._classes: dict[str, type[T]] = {}

    def register(self, name: str) -> Callable[[type[T]], type[T]]:
        """Decorate a class: `name` means it in a configuration, and its constructor checks its arguments."""

        def add(cls: type[T]) -> type[T]:
            cls.type_name = name  # type: ignore[attr-defined]
            self._classes[name] = checked(name)(cls)
            return cls

        return add

    @functools.cached_property
    def _members(self) -> dict[str, type[T]]:
        for name in self.files:
            importlib.import_module(f"{self._package}.{name}")
        return dict(sorted(self._classes.items()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    @property
    def files(self) -> list[str]:
        """The names of the modules of the package, none of which is imported for that, nor NumPy."""
        spec = importlib.util.find_spec(self._package)
        return sorted(module.name for module in pkgutil.iter_modules(spec.submodule_search_locations))

    def items(self) -> Iterable[tuple[str, type[T]]]:
        """The names and their classes, in the order of the names."""
        return self._members.items()

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __getitem__(self, name: str) -> type[T]:
        return self._members[name]


@dataclass(frozen=True)
class Members:
    """Says of a parameter that it takes a list of members of a registry."""

    registry: Registry[Any]


def members_in(annotation: Any) -> Registry[Any] | None:
    """The registry whose members an annotation admits in a list."""
    notes = typing.get_args(annotation)[1:] if typing.get_origin(annotation) is typing.Annotated else ()
    return next((note.registry for note in notes if isinstance(note, Members)), None)


@functools.cache
def members(cls: type) -> dict[str, Registry[Any]]:
    """The parameters of a constructor that take members of a registry, and which one."""
    found = {name: members_in(parameter.annotation) for name, parameter in parameters(cls).items()}
    return {name: registry for name, registry in found.items() if registry is not None}


def checked(name: str) -> Callable[[type[T]], type[T]]:
    """Decorate a class: its constructor refuses what its annotations do not admit, and an error calls it `name`."""

    def check(cls: type[T]) -> type[T]:
        if cls.__init__ is not object.__init__:
            cls.__init__ = _checked(name, getattr(cls.__init__, "__wrapped__", cls.__init__))  # type: ignore[misc]
        return cls

    return check


def from_state(cls: type[T], name: str, state: Any) -> T:
    """The object whose arguments a file gives, each checked against its annotation; an error calls it `name`.

    Raises:
        ConfigError: these are no keys and values, or not those that the constructor takes.
    """
    hints = {name: parameter.annotation for name, parameter in parameters(cls).items()}
    if not isinstance(state, dict) or set(state) != set(hints):
        raise ConfigError(f"{name}: expected the keys {', '.join(hints)}, got {quoted(state)}")
    return cls(**_accepted(name, hints, state))


@functools.cache
def parameters(cls: type) -> dict[str, inspect.Parameter]:
    """The parameters of a constructor, by name, in order, with resolved annotations."""
    hints = _hints(cls.__init__)
    signature = inspect.signature(cls.__init__).parameters.values()
    return {p.name: p.replace(annotation=hints[p.name]) for p in signature if p.name in hints}


def describe_object(thing: Any) -> dict[str, Any]:
    """The configuration that makes `thing` again: its type name and the values of its parameters."""
    arguments = {name: getattr(thing, name) for name in parameters(type(thing))}
    inner = {name: [describe_object(member) for member in arguments[name]] for name in members(type(thing))}
    return {"type": thing.type_name, **arguments, **inner}


def _hints(construct: Callable[..., None]) -> dict[str, Any]:
    hints = typing.get_type_hints(construct, include_extras=True)
    return {name: hint for name, hint in hints.items() if name != "return"}


def _checked(name: str, construct: Callable[..., None]) -> Callable[..., None]:
    """A constructor that refuses what its annotations do not admit, in the words of a configuration's errors."""
    signature = inspect.signature(construct)
    hints = functools.cache(lambda: _hints(construct))

    @functools.wraps(construct)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(self, *args, **kwargs)
        bound.arguments |= _accepted(name, hints(), bound.arguments)
        construct(*bound.args, **bound.kwargs)

    return __init__


def _accepted(name: str, hints: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that have a hint, in the types of their hints.

    Raises:
        ConfigError: some are not admitted; all are told.
    """
    accepted, problems = {}, []
    for key in [key for key in arguments if key in hints]:
        try:
            accepted[key] = accept(hints[key], arguments[key])
        except Refused as words:
            problems.append(f"{name}: {key}: expected {words}, got {quoted(arguments[key])}")
    if problems:
        raise ConfigError(*problems)
    return accepted


LAYERS: Registry[Any] = Registry("layer", "nnfs_cli.nn.layers")
LOSSES: Registry[Any] = Registry("loss", "nnfs_cli.nn.losses")
OPTIMIZERS: Registry[Any] = Registry("optimizer", "nnfs_cli.nn.optimizers")
METRICS: Registry[Any] = Registry("metric", "nnfs_cli.nn.metrics")
SCHEDULERS: Registry[Any] = Registry("scheduler", "nnfs_cli.nn.schedulers")
SOURCES: Registry[Any] = Registry("data set", "nnfs_cli.data.sources")
AUGMENTATIONS: Registry[Any] = Registry("augmentation", "nnfs_cli.data.augment")
COLUMNS: Registry[Any] = Registry("column", "nnfs_cli.data.columns")
