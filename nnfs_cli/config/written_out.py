"""Written out: with its repeats and defaults, as a run saves it, a configuration must be one that can be read."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from nnfs_cli.config.config import Config
from nnfs_cli.config.repeat import KEY
from nnfs_cli.config.yaml.tree import MOST_VALUES, find
from nnfs_cli.errors import ConfigError

_ITEM = re.compile(r"model\.layers\[[0-9]+\]")


def refuse_too_long(config: Config) -> None:
    """Refuse a configuration that a run could save but not read again.

    Raises:
        ConfigError: more values than a configuration may have; told of the entry that most of them are of.
    """
    resolved = config.resolved()
    if (count := _values(resolved)) <= MOST_VALUES:
        return
    layers, place, advice = resolved["model"]["layers"], "", "Shorten it."
    if 2 * _values(layers) > count:
        shares: Counter[str] = Counter()
        for choice, layer in zip(config.layers, layers, strict=True):
            item = _ITEM.match(choice.written or choice.path)[0]
            repeats = choice.written.startswith(f"{item}.{KEY}.")
            shares[f"{item}.{KEY}" if repeats else "model.layers"] += _values(layer)
        ((place, _),) = shares.most_common(1)
        advice = "Use fewer layers." if place == "model.layers" else "Repeat it less often."
    where = f"{find(config.tree, place).location}: {place}" if place else config.source
    raise ConfigError(f"{where}: stands for more than {MOST_VALUES:,} values with all defaults written out. {advice}")


def _values(value: Any) -> int:
    """How many values there are in one, itself included."""
    if isinstance(value, dict):
        return 1 + sum(map(_values, value.values()))
    return 1 + sum(map(_values, value)) if isinstance(value, list) else 1
