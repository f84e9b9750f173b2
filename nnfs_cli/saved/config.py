"""Saved config: the configuration that a run left in its checkpoints."""

from __future__ import annotations

from collections.abc import Sequence

from nnfs_cli.config import Config, from_mapping
from nnfs_cli.errors import CheckpointError, ConfigError
from nnfs_cli.runs.checkpoint import Checkpoint


def saved_config(checkpoint: Checkpoint, overrides: Sequence[str] = ()) -> Config:
    """The configuration in a checkpoint, with the "key=value" options of a command line.

    Raises:
        CheckpointError: it holds none, or one with mistakes.
        ConfigError: an option is wrong.
    """
    mapping, name = checkpoint.state.get("config"), str(checkpoint.state.get("name"))
    if not isinstance(mapping, dict):
        raise CheckpointError(
            f"{checkpoint.path}: was not made by nnfs train, so it names no data and no training. "
            "Use it with nnfs predict or --init-from."
        )
    try:
        config = from_mapping(mapping, name)
    except ConfigError as error:
        where = f"{checkpoint.path}: its configuration is not valid"
        raise CheckpointError(*(f"{where}: {problem}" for problem in error.problems)) from None
    return from_mapping(mapping, name, overrides) if overrides else config
