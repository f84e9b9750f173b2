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
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from nnfs_cli.errors import ConfigError
from nnfs_cli.parameters import describe
from nnfs_cli.text import quoted

T = TypeVar("T")
STRICT: dict[str, Any] = {"strict": True, "allow_inf_nan": False, "arbitrary_types_allowed": True}


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
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self._package}.{module.name}")
        return dict(sorted(self._classes.items()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __getitem__(self, name: str) -> type[T]:
        return self._members[name]


def checked(name: str) -> Callable[[type[T]], type[T]]:
    """Decorate a class: its constructor refuses what its annotations do not admit, and an error calls it `name`."""

    def check(cls: type[T]) -> type[T]:
        if "__init__" in vars(cls):
            cls.__init__ = _checked(name, cls.__init__)  # type: ignore[misc]
        return cls

    return check


@functools.cache
def parameters(cls: type) -> dict[str, inspect.Parameter]:
    """The parameters of a constructor, by name, in order, with resolved annotations."""
    hints = _hints(cls.__init__)
    signature = inspect.signature(cls.__init__).parameters.values()
    return {p.name: p.replace(annotation=hints[p.name]) for p in signature if p.name in hints}


def describe_object(thing: Any) -> dict[str, Any]:
    """The configuration that makes `thing` again: its type name and the values of its parameters."""
    arguments = {name: getattr(thing, name) for name in parameters(type(thing))}
    return {"type": thing.type_name, **arguments}


def plain(value: Any) -> Any:
    """A value in the types that annotations name: NumPy scalars become Python's, lists become tuples."""
    if isinstance(value, list | tuple):
        return tuple(plain(item) for item in value)
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return value.item()
    return value


def _hints(construct: Callable[..., None]) -> dict[str, Any]:
    hints = typing.get_type_hints(construct, include_extras=True)
    return {name: hint for name, hint in hints.items() if name != "return"}


def _checked(name: str, construct: Callable[..., None]) -> Callable[..., None]:
    """A constructor that refuses what its annotations do not admit, in the words of a configuration's errors."""
    signature = inspect.signature(construct)

    @functools.cache
    def adapters() -> dict[str, tuple[Any, Any]]:
        from pydantic import TypeAdapter

        return {key: (hint, TypeAdapter(hint, config=STRICT)) for key, hint in _hints(construct).items()}

    @functools.wraps(construct)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        from pydantic import ValidationError

        bound = signature.bind(self, *args, **kwargs)
        problems = []
        for key, value in bound.arguments.items():
            if key not in adapters():
                continue
            hint, adapter = adapters()[key]
            try:
                bound.arguments[key] = adapter.validate_python(plain(value))
            except ValidationError:
                problems.append(f"{name}: {key}: expected {describe(hint)}, got {quoted(value)}")
        if problems:
            raise ConfigError(*problems)
        construct(*bound.args, **bound.kwargs)

    return __init__


LAYERS: Registry[Any] = Registry("layer", "nnfs_cli.nn.layers")
LOSSES: Registry[Any] = Registry("loss", "nnfs_cli.nn.losses")
OPTIMIZERS: Registry[Any] = Registry("optimizer", "nnfs_cli.nn.optimizers")
SCHEDULERS: Registry[Any] = Registry("scheduler", "nnfs_cli.nn.schedulers")
SOURCES: Registry[Any] = Registry("data set", "nnfs_cli.data.sources")
