"""Check: what a configuration stands for, and whether its tables can be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnfs_cli.build import Parts, build_parts, complete, footprint_of
from nnfs_cli.config import Config
from nnfs_cli.data.inspection.inspection import Inspection, inspect
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import DataError
from nnfs_cli.footprint import Footprint
from nnfs_cli.nn.shapes import Shape
from nnfs_cli.sessions.profile import PassTimes, profile


@dataclass(frozen=True)
class LayerSize:
    """One layer: its name, its type, the shape of an example's output, and what it costs, without those within it.

    Attributes:
        receptive_field: the stretch of an example that one place of the output depends on, far from all edges, (height,
            width) of an image, (length,) of a sequence; None where it is the whole example, or a vector.
        frozen: whether its parameters stay as they are.
    """

    name: str
    layer: str
    output: Shape
    receptive_field: Shape | None
    parameters: int
    multiply_adds: int
    frozen: bool


@dataclass(frozen=True)
class Checked:
    """A valid configuration.

    Attributes:
        learned: how many of the parameters are not frozen.
        memory_bytes: of a training at its peak, in all its processes.
        memory: what of that is data, network and program.
        notes: what people should know of how the data is read.
        profile: the times of a training step, if they were measured.
        data: what there is to learn from, if it was looked at.
        open_rates: the keys whose rate a training finds first.
    """

    config: str
    input_shape: Shape
    classes: tuple[str, ...] | None
    layers: tuple[LayerSize, ...]
    parameters: int
    learned: int
    multiply_adds: int
    memory_bytes: int
    memory: Footprint
    notes: tuple[str, ...]
    profile: tuple[PassTimes, ...] | None = None
    data: Inspection | None = None
    open_rates: tuple[str, ...] = ()


def check(config: Config, locator: Locator, *, timed: bool = False, inspected: bool = False) -> Checked:
    """Make all parts of a configuration and measure them.

    Args:
        timed: time a training step as well.
        inspected: read all data as a training does, and look at it.

    Raises:
        ConfigError: they do not fit together.
        DataError: the shape of the data is not known without its files, and they cannot be read, or are not all there;
            or a table has rows that cannot be used.
    """
    parts = build_parts(config, locator)
    if parts.spec.lacking:
        raise DataError(*parts.spec.lacking, *parts.spec.notes)
    layers, memory = tuple(_sizes(parts)), footprint_of(parts)
    notes, data = parts.spec.notes, None
    if inspected:
        dataset = complete(parts, drawn=False).dataset
        balanced, ordered = parts.recipe.is_balanced, parts.config.data.split == "ordered"
        notes, data = dataset.notes, inspect(dataset, balanced=balanced, ordered=ordered)
    else:
        parts.source.examine(parts.locator)
    return Checked(
        config.source,
        parts.spec.input_shape,
        parts.spec.classes,
        layers,
        parts.recipe.network.size,
        parts.recipe.network.learned,
        sum(layer.multiply_adds for layer in layers),
        memory.total,
        memory,
        notes,
        profile(parts) if timed else None,
        data,
        config.open_rates,
    )


def _sizes(parts: Parts) -> Iterator[LayerSize]:
    network = parts.recipe.network
    fields = network.receptive_fields()
    for name, layer in network.walk():
        parameters = sum(variable.size for variable in layer.variables.values())
        shape, costs = layer.output_shape, (parameters, layer.multiply_adds())
        yield LayerSize(name, layer.type_name, shape, fields[name], *costs, layer.frozen)
