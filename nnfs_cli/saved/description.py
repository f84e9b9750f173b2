"""Description: what a checkpoint says of its network and its data, each word checked before it means anything."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Le, Len

from nnfs_cli.data.cells.gatherer import MOST_TEXTS
from nnfs_cli.data.columns.base import Column
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.encode.packed import unpack
from nnfs_cli.data.encode.ranges import Ranges
from nnfs_cli.data.encode.standardize import Standardizer
from nnfs_cli.data.encode.target_transform import TargetTransform
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.spec import DataSpec
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.embeddings import Embedding
from nnfs_cli.nn.evaluation.threshold import EVEN
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.parameters import Count, Means, PositiveFloat, PositiveInt
from nnfs_cli.registry import COLUMNS, LAYERS, Registry, checked, from_state, members
from nnfs_cli.text import counted, quoted

MOST_LAYERS, DEEPEST = 10_000, 16
UNSOUND = (ConfigError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What a description may raise that nobody wrote who knows the format."""


@dataclass(frozen=True)
class EmbeddingDescription:
    """The table of a column of words."""

    name: str
    rows: Annotated[PositiveInt, Le(MOST_TEXTS + 1)]

    def make(self) -> Embedding:
        """The table."""
        return Embedding(self.name, self.rows)


@checked("network")
@dataclass(frozen=True)
class NetworkDescription:
    """A network without its weights; the layers as `describe_object` writes them."""

    layers: tuple[dict, ...]
    input_shape: Annotated[tuple[PositiveInt, ...], Len(1, 3), Means("a list of 1 to 3 whole numbers")]
    seed: Count
    dtype: Literal["float32", "float64"]
    embeddings: tuple[dict, ...] = ()

    def make(self) -> Network:
        """The network, without memory.

        Raises:
            ConfigError: a layer is of no known type, has other parameters, or cannot follow the one before it.
        """
        if (count := _count(self.layers)) > MOST_LAYERS:
            raise ConfigError(f"network: has {count:,} layers, more than the {MOST_LAYERS:,} that are allowed")
        layers = [make(LAYERS, layer) for layer in self.layers]
        embeddings = [from_state(EmbeddingDescription, "embedding", table).make() for table in self.embeddings]
        if len({table.name for table in embeddings}) < len(embeddings):
            raise ConfigError("network: has two embeddings of one column")
        return Network(layers, self.input_shape, embeddings=embeddings, seed=self.seed, dtype=self.dtype)


@checked("data")
@dataclass(frozen=True)
class DataDescription:
    """A preparation as its `to_json` writes it."""

    classes: tuple[str, ...] | None
    outputs: PositiveInt
    targets: tuple[str, ...] | None
    standardizer: dict
    transform: dict
    white: PositiveFloat | None
    ranges: dict | None
    columns: tuple[dict, ...] | None
    delimiter: Annotated[str, Len(1, 1), Means("one character")]
    depth: Literal[8, 10, 12, 14, 16] | None
    array: str | None = None
    answers: tuple[dict, ...] = ()
    keep: tuple[str, ...] = ()
    fill: tuple[float, ...] | dict | None = None
    reconstruction: bool = False

    def make(self, network: Network, loss: Loss) -> Preparation:
        """The preparation.

        Args:
            loss: says how many classes the outputs of the network stand for.

        Raises:
            ConfigError, ValueError: it does not fit the network, or holds numbers that no training gives.
        """
        shape, spec = network.input_shape, self.spec(network, loss)
        standardizer = Standardizer.from_json(self.standardizer, shape)
        transform = TargetTransform.from_json(self.transform, spec.output_shape[0])
        if self.reconstruction and (transform.log or standardizer.bend is not None):
            raise ConfigError("data: logarithms and bent features are not reconstructed")
        return Preparation(
            spec,
            standardizer,
            transform,
            self.white,
            self.ranges and Ranges.from_json(self.ranges, shape),
            self.make_columns(network),
            self.delimiter,
            self.depth,
            self.array,
            self.make_answers(),
            self.keep,
            self.make_fill(shape),
        )

    def spec(self, network: Network, loss: Loss) -> DataSpec:
        """The specification of the data.

        Raises:
            ConfigError: they are not those of the network.
        """
        shape, classes = network.output_shape, self.classes
        if loss.takes_classes != (classes is not None):
            raise ConfigError(f"data: {loss.type_name} is no loss of {'classes' if classes else 'values'}")
        if loss.binary:
            if classes is None or len(classes) != 2 or shape != (1,):
                raise ConfigError(f"data: {loss.type_name} needs two classes and a network that ends in one score")
            shape = (len(classes),)
        if math.prod(shape) != self.outputs or (classes is not None and (len(classes),) != shape):
            raise ConfigError(
                f"data: {counted(self.outputs, 'output')}, which is not what the network or the classes have"
            )
        if classes is not None and len(set(classes)) < len(classes):
            raise ConfigError("data: names a class twice")
        if classes is None and self.targets is not None and (len(self.targets),) != shape:
            raise ConfigError(f"data: {counted(len(self.targets), 'name')} for {counted(self.outputs, 'value')}")
        if self.reconstruction and (classes is not None or shape != network.input_shape or self.columns is not None):
            raise ConfigError("data: is no reconstruction of the examples that the network takes")
        known = {"embeddings": network.embeddings, "reconstruction": self.reconstruction}
        return DataSpec(network.input_shape, classes, shape, self.targets, **known)

    def make_columns(self, network: Network) -> tuple[Column, ...] | None:
        """The columns of a table.

        Raises:
            ConfigError: they give other features than the network takes.
        """
        if self.columns is None:
            return None
        columns = tuple(make(COLUMNS, column) for column in self.columns)
        embeddings = tuple(column.embedding for column in columns if column.embedding)
        fits = (sum(column.width for column in columns),) == network.input_shape
        if not fits or embeddings != network.embeddings or len({one.name for one in columns}) < len(columns):
            raise ConfigError(f"data: the columns do not fit examples of shape {network.input_shape}")
        return columns

    def make_answers(self) -> tuple[Number, ...]:
        """How the values to predict are read in a table.

        Raises:
            ConfigError: these are not the values of the network.
        """
        answers = tuple(make(COLUMNS, answer) for answer in self.answers)
        numbers = tuple(answer for answer in answers if isinstance(answer, Number))
        wanted = self.targets if self.columns is not None and self.classes is None else ()
        if numbers != answers or tuple(number.name for number in numbers) != wanted:
            raise ConfigError("data: the columns of its answers are not those of its values")
        return numbers

    def make_fill(self, input_shape: Shape) -> Array | None:
        """What takes the place of missing numbers of a table.

        Raises:
            ConfigError, ValueError: it is not there, does not fit the network, or is not finite.
        """
        if (self.fill is None) != (self.columns is None):
            raise ConfigError("data: what takes the place of missing numbers belongs to the columns of a table")
        if self.fill is None:
            return None
        fill = unpack(self.fill)
        if fill.shape != input_shape or not np.isfinite(fill).all():
            raise ValueError(f"what takes the place of missing numbers does not fit examples of shape {input_shape}")
        return fill


def make_preparation(described: Mapping[str, Any], network: Network, loss: Loss) -> Preparation:
    """The preparation with this description, for a network and its loss.

    Raises:
        ConfigError, ValueError, TypeError, LookupError: there is no such thing.
    """
    return DataDescription(**described).make(network, loss)


def make_threshold(value: Any, spec: DataSpec) -> float:
    """The threshold between two classes.

    Raises:
        ConfigError: it is no probability below 1, or there are not two classes.
    """
    if type(value) is not float or not 0 <= value < 1:
        raise ConfigError(f"threshold: expected a probability, at least 0 and below 1, got {quoted(value)}")
    if value != EVEN and len(spec.classes or ()) != 2:
        raise ConfigError(f"threshold: {value} decides between two classes, which the network has not")
    return value


def make(registry: Registry, described: Mapping[str, Any], depth: int = 0) -> Any:
    """The object with this description; only names that are registered mean anything.

    Args:
        depth: how many blocks there are around it.

    Raises:
        ConfigError: its type is none of them, its parameters are wrong, or it lies too deep.
    """
    if depth > DEEPEST:
        raise ConfigError(f"network: blocks are nested deeper than {DEEPEST} levels")
    if described["type"] not in registry:
        raise ConfigError(f"no {registry.kind} is called {quoted(described['type'])}")
    cls = registry[described["type"]]
    arguments = {name: value for name, value in described.items() if name != "type"}
    for name in members(cls).keys() & arguments.keys():
        arguments[name] = [make(members(cls)[name], member, depth + 1) for member in arguments[name]]
    return cls(**arguments)


def _count(described: Any) -> int:
    """How many layers there are in descriptions, those within blocks too."""
    if isinstance(described, dict):
        return 1 + sum(map(_count, described.values()))
    return sum(map(_count, described)) if isinstance(described, list | tuple) else 0
