"""Make: writes the hostile files of this folder anew: `python -m tests.hostile.make`. Files called found_* stay."""

from __future__ import annotations

from pathlib import Path

from tests.hostile.making.arrays import numpy_files
from tests.hostile.making.checkpoints import checkpoints, states
from tests.hostile.making.configurations import configurations
from tests.hostile.making.pictures import pictures
from tests.hostile.making.tables import idx_files, tables

HERE = Path(__file__).parent
MAKERS = {
    "checkpoint": checkpoints,
    "state": states,
    "yaml": configurations,
    "idx": idx_files,
    "csv": tables,
    "npz": numpy_files,
    "pictures": pictures,
}

if __name__ == "__main__":
    for kind, make in MAKERS.items():
        (HERE / kind).mkdir(exist_ok=True)
        for name, content in make().items():
            (HERE / kind / name).write_bytes(content)
