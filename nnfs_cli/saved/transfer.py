"""Transfer: the weights of a checkpoint for a network that is not quite the same, and what people should know then."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nnfs_cli.data.encode.standardize import Standardizer
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.nn.embeddings import NAME
from nnfs_cli.nn.layers.base import path_of
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.registry import describe_object
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.saved.description import UNSOUND
from nnfs_cli.saved.tensors import RAW, SLOTS, copy_weights, refuse_other_weights, restore_weights, shapes_of
from nnfs_cli.text import counted, listed, quoted

Layers = dict[str, dict[str, Shape]]
"""The shapes of what each layer with weights saves, those of a block together."""
MOVED, WIDENED = 0.5, 1.5
"""How far a mean may be from what it was, in deviations, and how much larger or smaller a deviation may be."""
MEANING = ("name", "type", "encoding", "indicator")
"""What says, with its words, which features a column of a table becomes."""


def take_weights(network: Network, saved: Checkpoint) -> tuple[str, ...]:
    """Give a network, which need not have memory yet, the weights of a checkpoint as far as they fit.

    Layers are compared in their order by the shapes of what they save. Those that are the same from the first one on,
    and those from the last one back, take the weights. All between them begin anew; a block is one layer.

    Returns:
        What begins anew and what is not used; nothing if all weights fit.

    Raises:
        CheckpointError: no layers are the same, or the first ones differ, from which the others learned, and not all of
            the checkpoint's are there; a table says how.
    """
    own = _by_layer(shapes_of(network))
    tensors = {name: array.shape for name, array in saved.tensors.items() if not name.startswith((RAW, SLOTS))}
    theirs = _by_layer(tensors)
    pairs = _alike(own, theirs)
    known = sum(map(len, theirs.values()))
    if known == len(tensors) and list(own.items()) == list(theirs.items()):
        restore_weights(network, saved)
        return ()
    begins_alike = pairs.get(next(iter(own), "")) == next(iter(theirs), "")
    if known < len(tensors) or not pairs or not (begins_alike or len(pairs) == len(theirs)):
        refuse_other_weights(network, saved)
    network.allocate()
    network.initialize()
    copy_weights(
        network, saved, {f"{layer}.{name}": f"{pairs[layer]}.{name}" for layer in pairs for name in own[layer]}
    )
    return tuple(f"{saved.path}: {told}" for told in _told(network, own, theirs, pairs))


def differences(saved: Checkpoint, now: Preparation) -> Iterator[str]:
    """What the weights were trained on that this data is not, as far as what the file says of it makes sense."""
    data = saved.state.get("data")
    before = data if isinstance(data, Mapping) else {}
    classes, others = before.get("classes"), now.spec.classes or ()
    if isinstance(classes, list) and len(classes) == len(others) and classes != list(others):
        moved = [f"{quoted(old)} becomes {quoted(new)}" for old, new in zip(classes, others, strict=True) if old != new]
        yield f"{saved.path}: {_other_classes(classes, others)}. Outputs keep their places: {listed(moved)}"
    if names := _other_columns(before.get("columns"), now):
        yield f"{saved.path}: was trained on other columns, or on these in other places: {listed(names)}"
    elif (count := _rescaled(before.get("standardizer"), now)) > 0:
        features = counted(count, "feature" if len(now.spec.input_shape) < 3 else "channel")
        yield f"{saved.path}: was trained on data with another mean or deviation in {features}"


def _by_layer(shapes: Mapping[str, Shape]) -> Layers:
    """What each layer saves, in the order of the layers, embeddings first."""
    found: Layers = {}
    for name, shape in shapes.items():
        if match := re.fullmatch(rf"({NAME}|model\.\d{{1,9}})\.(.+)", name):
            found.setdefault(match[1], {})[match[2]] = shape
    return dict(sorted(found.items(), key=lambda layer: int(layer[0].rpartition(".")[2]) if "." in layer[0] else -1))


def _alike(own: Layers, theirs: Layers) -> dict[str, str]:
    """The layers that are the same from the first one on, and from the last one back, with their names in the file."""
    rest, others, pairs = [*own], [*theirs], {}
    for end in (0, -1):
        while rest and others and own[rest[end]] == theirs[others[end]]:
            pairs[rest.pop(end)] = others.pop(end)
    return pairs


def _told(network: Network, own: Layers, theirs: Layers, pairs: Mapping[str, str]) -> Iterator[str]:
    """What begins anew and what is left out, as sentences."""
    new = [layer for layer in own if layer not in pairs]
    gone = [layer for layer in theirs if layer not in pairs.values()]
    if new or gone:
        told = [f"gives its weights to {counted(len(pairs), 'layer')}"]
        told += [f"{listed(list(map(_place, new)))} {'begins' if len(new) == 1 else 'begin'} anew"] if new else []
        told += [f"its {listed(list(map(_place, gone)))} {'is' if len(gone) == 1 else 'are'} not used"] if gone else []
        yield f"{'; '.join(told)}{_outputs(own[[*own][-1]], theirs[[*theirs][-1]])}"
    for name, layer in network.walk():
        if layer.frozen and layer.variables and any(f"model.{name}.".startswith(f"{one}.") for one in new):
            yield f"gives no weights to {_place(name)}, which model.freeze keeps as random as it begins"


def _outputs(own: Mapping[str, Shape], theirs: Mapping[str, Shape]) -> str:
    """How many outputs there are, and were, where the last layers differ in that alone."""
    now, before = own.get("weight", ()), theirs.get("weight", ())
    fits = own.keys() == theirs.keys() and len(now) > 1 and now[1:] == before[1:] and now != before
    return f" ({now[0]:,} outputs instead of {before[0]:,})" if fits else ""


def _place(layer: str) -> str:
    return "the embeddings" if layer == NAME else f"model.{path_of(layer.removeprefix('model.'))}"


def _other_classes(before: Sequence[Any], now: Sequence[str]) -> str:
    """How two lists of classes, as many but not the same, differ."""
    gone = [quoted(name) for name in before if name not in now]
    new = [quoted(name) for name in now if name not in before]
    if not gone:
        return "was trained on these classes in another order"
    return f"was trained on other classes: {listed(gone)} instead of {listed(new)}"


def _other_columns(before: Any, now: Preparation) -> list[str]:
    """The names of columns that are not where they were, or become other features."""
    described = [describe_object(column) for column in now.columns or ()]
    if not isinstance(before, list) or not all(isinstance(column, Mapping) for column in before) or not described:
        return []
    one, other = ([_meaning(column) for column in columns] for columns in (described, before))
    names = [str(column["name"]) for column, meaning in zip(described, one, strict=True) if meaning not in other]
    return names or ([str(column["name"]) for column in described] if one != other else [])


def _meaning(column: Mapping[str, Any]) -> list[Any]:
    return [*(column.get(key) for key in MEANING), list(column.get("categories") or ())]


def _rescaled(before: Any, now: Preparation) -> int:
    """How many features had another mean or deviation; those that did not vary in one of both say nothing."""
    try:
        was, own = Standardizer.from_json(before, now.spec.input_shape), now.standardizer
    except UNSOUND:
        return 0
    if was.mean.shape != own.mean.shape:
        return 0
    with np.errstate(over="ignore"):
        return int(_differ(was, own).sum())


def _differ(was: Standardizer, own: Standardizer) -> Array:
    varies = (was.deviation > 0) & (own.deviation > 0)
    wide, narrow = np.maximum(was.deviation, own.deviation), np.minimum(was.deviation, own.deviation)
    return varies & ((abs(was.mean - own.mean) > MOVED * narrow) | (wide > WIDENED * narrow))
