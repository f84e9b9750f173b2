"""Config: YAML text becomes a frozen `Config`. Only this room knows YAML; it imports no NumPy by itself.

The threads of NumPy's libraries are set before it is imported, and a configuration says how many. Read `config`,
`settings`, `loading`, `checker`, then `yaml`.
"""

from nnfs_cli.config.config import Choice, Config, as_json
from nnfs_cli.config.loading import from_mapping, load, read_threads
from nnfs_cli.config.settings import (
    DataSettings,
    EarlyStopping,
    EverySteps,
    MovingAverage,
    Sampling,
    Ties,
    Training,
    Transform,
)
from nnfs_cli.config.yaml.writer import dump, dump_readable
from nnfs_cli.parameters import AUTO

__all__ = [
    "AUTO",
    "Choice",
    "Config",
    "DataSettings",
    "EarlyStopping",
    "EverySteps",
    "MovingAverage",
    "Sampling",
    "Ties",
    "Training",
    "Transform",
    "as_json",
    "dump",
    "dump_readable",
    "from_mapping",
    "load",
    "read_threads",
]
