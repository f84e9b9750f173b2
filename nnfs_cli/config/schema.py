"""Schema: the JSON schema of configurations, for editors: `python -m nnfs_cli.config.schema > configs/schema.json`."""

from __future__ import annotations

import functools
import inspect
import json
import operator
import typing
from typing import Annotated, Any, Literal

from nnfs_cli.config.checker import Parameters
from nnfs_cli.config.repeat import KEY, Repeat, may_stand_in
from nnfs_cli.config.sections import DEFAULTS, REGISTRIES, Registries
from nnfs_cli.config.settings import DataSettings, Frozen, Training
from nnfs_cli.parameters import AUTO, Count
from nnfs_cli.registry import Registry, members_in, parameters

MEMBER = "Member"


def json_schema(registries: Registries = REGISTRIES) -> dict[str, Any]:
    """The JSON schema of a configuration, from the signatures of the registered classes."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document(registries).model_json_schema()}


def document(registries: Registries = REGISTRIES) -> Any:
    """A pydantic model of a whole configuration."""
    from annotated_types import MinLen

    layers = Annotated[list[_choice(registries["layers"])], MinLen(1)]
    return _model(
        "Configuration",
        "A training run of nnfs.",
        {
            "description": (str, DEFAULTS["description"]),
            "seed": (Count, DEFAULTS["seed"]),
            "dataset": (_choice(registries["dataset"], parameters(DataSettings)), ...),
            "model": (_model("Model", "The network.", {"layers": (layers, ...), "freeze": (Frozen, ())}), ...),
            "loss": (_choice(registries["loss"]) | Literal[AUTO], DEFAULTS["loss"]),
            "optimizer": (_choice(registries["optimizer"]), DEFAULTS["optimizer"]),
            "scheduler": (_choice(registries["scheduler"]), DEFAULTS["scheduler"]),
            "training": (_model("Training", "How to train.", _fields(parameters(Training))), DEFAULTS["training"]),
        },
    )


def _choice(registry: Registry[Any], extra: Parameters | None = None) -> Any:
    """Keys with a type, a bare word for a class that needs no keys, or a repeat in a list of layers."""
    forms = [_class_model(name, registry, extra or {}) for name in registry]
    if may_stand_in(registry):
        repeat = _model("Repeat", "Layers, several times in a row.", _fields(parameters(Repeat), registry))
        forms += [repeat, _model("RepeatItem", "Stands for its layers, several times.", {KEY: (repeat, ...)})]
    bare = tuple(name for name in registry if not _required(parameters(registry[name])))
    choice = functools.reduce(operator.or_, [*forms, Literal[bare]] if bare else forms)
    for form in forms:
        form.model_rebuild(_types_namespace={MEMBER: choice})
    return choice


def _class_model(name: str, registry: Registry[Any], extra: Parameters) -> Any:
    cls = registry[name]
    summary = (inspect.getdoc(cls) or "").partition("\n")[0]
    fields = _fields({**extra, **parameters(cls)}, registry)
    return _model(f"{name}_{cls.__name__}", summary, {"type": (Literal[name], ...), **fields})


def _fields(allowed: Parameters, own: Registry[Any] | None = None) -> dict[str, Any]:
    required = _required(allowed)
    return {
        name: (_annotation(p.annotation, own), ... if name in required else p.default) for name, p in allowed.items()
    }


def _annotation(annotation: Any, own: Registry[Any] | None) -> Any:
    """What a parameter takes: where that is members of a registry, a list of their forms.

    Args:
        own: the registry whose forms are being made.
    """
    if (registry := members_in(annotation)) is None:
        return annotation
    member = MEMBER if own is not None and registry.kind == own.kind else _forms(registry)
    return Annotated[list[member], *typing.get_args(annotation)[1:]]


@functools.cache
def _forms(registry: Registry[Any]) -> Any:
    return _choice(registry)


def _required(allowed: Parameters) -> list[str]:
    return [name for name, parameter in allowed.items() if parameter.default is parameter.empty]


def _model(name: str, summary: str, fields: dict[str, Any]) -> Any:
    from pydantic import ConfigDict, create_model

    config = ConfigDict(extra="forbid", protected_namespaces=(), allow_inf_nan=False)
    return create_model(name, __config__=config, __doc__=summary, **fields)


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2))
