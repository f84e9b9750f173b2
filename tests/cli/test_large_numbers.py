"""Numbers that are finite, and too large for single precision at once or once they are augmented."""

from __future__ import annotations

import numpy as np
import pytest

CONFIG = """
dataset: {type: npz, train: big.npz, validation: 0.1, augment: [{type: brightness, by: 0.2}]}
model: {layers: [flatten, {type: dense, units: 2}]}
optimizer: {type: sgd, lr: 0.001}
training: {epochs: 1, batch_size: 8}
"""


def written(folder, scale: float) -> str:
    x = np.random.default_rng(0).uniform(-1, 1, (40, 1, 5, 7)) * scale
    np.savez(folder / "big.npz", x=x.astype(np.float32) if scale < 1e39 else x, y=np.arange(40) % 2)
    (folder / "big.yaml").write_text(CONFIG)
    return str(folder / "big.yaml")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_augmentation_that_overflows_is_a_matter_of_the_data(nnfs, tmp_path, workers):
    done = nnfs("train", written(tmp_path, 3.4e38), "--workers", workers)
    assert done.code == 3
    assert "no longer finite once they are augmented" in done.err
    assert "smaller rate" not in done.err


def test_a_number_beyond_single_precision_is_told_as_such(nnfs, tmp_path):
    done = nnfs("train", written(tmp_path, 1e300))
    assert done.code == 3
    assert "e+299, too large for single precision" in done.err
