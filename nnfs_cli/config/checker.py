"""Checker: nodes -> values, records and choices; what is allowed is read from the signatures of the classes."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from nnfs_cli.config.config import Choice
from nnfs_cli.config.repeat import EXAMPLE, KEY, Repeat, may_stand_in, repeat_in
from nnfs_cli.config.yaml.problems import Spot
from nnfs_cli.config.yaml.suggestions import closest, did_you_mean, value_hint
from nnfs_cli.errors import ConfigError
from nnfs_cli.parameters import Refused, accept, describe
from nnfs_cli.registry import Registry, members_in, parameters

Record = TypeVar("Record")
Parameters = Mapping[str, inspect.Parameter]


def check_value(spot: Spot, annotation: Any) -> Any:
    """The value in the type that the annotation names; None, and a problem, if it is not of that type."""
    if registry := members_in(annotation):
        return check_choices(spot, registry, annotation)
    record = _record_in(annotation)
    if record and isinstance(spot.node.value, dict):
        if _is_by_name(annotation):
            return {name: check_record(child, record) for name, child in spot.children().items()}
        return check_record(spot, record)
    is_right, value = _convert(spot.node.plain(), annotation)
    if not is_right:
        hint = value_hint(spot.node.plain(), annotation, lambda guess: _convert(guess, annotation)[0])
        spot.expected(describe(annotation), hint)
    return value


def check_record(spot: Spot, record: type[Record]) -> Record | None:
    """A record whose fields are the keys of a mapping; None if there are mistakes anywhere."""
    if not isinstance(spot.node.value, dict):
        spot.expected(f"keys such as {next(iter(parameters(record)))}")
        return None
    arguments = check_arguments(spot, parameters(record), owner=spot.name)
    if len(spot.problems):
        return None
    try:
        return record(**arguments)
    except ConfigError as error:
        for sentence in error.problems:
            spot.wrong(sentence)
        return None


def check_arguments(spot: Spot, allowed: Parameters, owner: str, type_name: str = "") -> dict[str, Any]:
    """The values of the keys that are given; unknown and missing keys and wrong values are problems.

    Args:
        owner: what has the keys, for "adam has no such key".
        type_name: the type of a choice, shown behind its path.
    """
    given = spot.children()
    if type_name:
        given.pop("type", None)
    meant = {closest(name, allowed) for name in given if name not in allowed}
    for name, parameter in allowed.items():
        if name not in given and name not in meant and parameter.default is parameter.empty:
            spot.wrong(f"{name} is missing: expected {describe(parameter.annotation)}.", type_name)
    for name, child in given.items():
        if name not in allowed:
            child.wrong(f"{owner} has no such key.{did_you_mean(name, allowed)}")
    return {name: check_value(child, allowed[name].annotation) for name, child in given.items() if name in allowed}


def check_choice(spot: Spot, registry: Registry[Any], extra: Parameters | None = None) -> Choice | None:
    """A class and its arguments; None, and problems, if there are mistakes.

    The class is tried out once, so that what its constructor refuses is found here too.

    Args:
        extra: further keys that may stand beside the arguments of the constructor, which wins over them.
    """
    if (name := _check_type(spot, registry)) is None:
        return None
    before, cls = len(spot.problems), registry[name]
    arguments = check_arguments(spot, {**(extra or {}), **parameters(cls)}, name, name)
    choice = Choice(name, arguments, spot.path, cls)
    if len(spot.problems) == before and not any(child.node.reported for child in spot.children().values()):
        own = {key: value for key, value in arguments.items() if key in parameters(cls)}
        _try_out(spot, choice if own == arguments else dataclasses.replace(choice, arguments=own))
    return choice if len(spot.problems) == before else None


def check_choices(spot: Spot, registry: Registry[Any], annotation: Any) -> tuple[Choice | None, ...]:
    """A list of choices, what is repeated written out; problems, if it is none or too short."""
    choices = tuple(choice for item in spot.items() for choice in check_item(item, registry))
    if not isinstance(spot.node.value, list) or not (choices or _convert((), annotation)[0]):
        value = spot.node.value
        alone = "type" in value if isinstance(value, dict) else isinstance(value, str) and value in registry
        spot.expected(describe(annotation), " Put it into a list: [...]." if alone else "")
    return choices


def check_item(spot: Spot, registry: Registry[Any]) -> tuple[Choice | None, ...]:
    """The choices that an item of a list stands for: one, or those of a repeat, each as often as it says."""
    if not may_stand_in(registry) or (inner := repeat_in(spot)) is None:
        return (check_choice(spot, registry),)
    if not isinstance(inner.node.value, dict):
        inner.expected(f"keys, such as {EXAMPLE}")
        return ()
    given = check_arguments(inner, parameters(Repeat), KEY)
    return tuple(filter(None, given.get("layers", ()))) * (given.get("times") or 1)


def _try_out(spot: Spot, choice: Choice) -> None:
    """Problems for what a constructor refuses although every argument is of the right type."""
    try:
        choice.resolved()
    except ConfigError as error:
        children = spot.children()
        for sentence in error.problems:
            key = sentence.partition(":")[0].partition("[")[0]
            place = children[key].node.location if key in children else spot.node.location
            Spot(spot.node.moved(place), spot.path, spot.problems).wrong(sentence, choice.type)


def _check_type(spot: Spot, registry: Registry[Any]) -> str | None:
    """The type of a choice, a bare word or the key `type`; None, and a problem, if there is no such class."""
    children = spot.children()
    word = children.get("type", spot)
    name = word.node.value
    if isinstance(name, str) and name in registry:
        return name
    if isinstance(name, str):
        hint = f" Write {EXAMPLE}." if name == KEY and may_stand_in(registry) else did_you_mean(name, registry)
        word.wrong(f"no {registry.kind} is called {word.node.brief()}.{hint}")
    elif word is spot and (name := _misspelt_repeat(children, registry)):
        children[name].wrong(f"a {registry.kind} has no such key. Did you mean '{KEY}'?")
    elif word is spot and children:
        spot.wrong(f"type is missing: expected one of {', '.join(registry)}.{_type_hint(children, registry)}")
    else:
        word.expected(f"one of {', '.join(registry)}")
    return None


def _misspelt_repeat(children: Mapping[str, Spot], registry: Registry[Any]) -> str | None:
    """The key that is like that of a repeat, more than like the types, where one may stand."""
    names = children if may_stand_in(registry) else ()
    return next((name for name in names if closest(name, [*registry, KEY]) == KEY), None)


def _type_hint(children: Mapping[str, Spot], registry: Registry[Any]) -> str:
    """A hint for people who write {dense: {units: 10}}."""
    name = next((name for name in children if name in registry), None)
    return f" Write {{type: {name}, ...}}." if name else ""


@functools.cache
def _record_in(annotation: Any) -> type | None:
    """The record among the types that an annotation admits."""
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return annotation
    records = (_record_in(member) for member in typing.get_args(annotation))
    return next((record for record in records if record), None)


def _is_by_name(annotation: Any) -> bool:
    """Whether an annotation admits records by names of people's own, in a dict, rather than one record."""
    return typing.get_origin(annotation) is dict or any(map(_is_by_name, typing.get_args(annotation)))


def _convert(value: Any, annotation: Any) -> tuple[bool, Any]:
    """Whether the annotation admits the value, and the value in its type."""
    try:
        return True, accept(annotation, value)
    except Refused:
        return False, None
