"""Configurations: YAML text -> a frozen Config. Only this package knows YAML; it imports no NumPy by itself."""

from nnfs_cli.config.config import Choice, Config, as_json
from nnfs_cli.config.loading import from_mapping, load, read_threads
from nnfs_cli.config.settings import DataSettings, EarlyStopping, EverySteps, Training, Transform
from nnfs_cli.config.writer import dump, dump_readable

__all__ = [
    "Choice",
    "Config",
    "DataSettings",
    "EarlyStopping",
    "EverySteps",
    "Training",
    "Transform",
    "as_json",
    "dump",
    "dump_readable",
    "from_mapping",
    "load",
    "read_threads",
]
