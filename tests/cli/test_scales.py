"""Every scale of numbers that was trained on, asked on every other: the answer that NumPy gives, or none."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from nnfs_cli import Model
from nnfs_cli.errors import DataError
from tests.data.samples import idx_bytes

CONFIG = """\
dataset: {type: npz, train: x.npz, validation: 0, standardize: STANDARDIZE}
model: {layers: [flatten, {type: dense, units: 2}]}
loss: cross_entropy
optimizer: {type: sgd, lr: 1e-5}
training: {epochs: 1}
"""
SCALES = {
    "bytes": (np.uint8, lambda v: v),
    "int64": (np.int64, lambda v: v),
    "float 255": (np.float32, lambda v: v * 0.999),
    "float 1": (np.float32, lambda v: v / 255),
    "overshoot": (np.float64, lambda v: v * 1.06 / 255),
    "uint16": (np.uint16, lambda v: v * 257),
    "12 bits": (np.uint16, lambda v: np.rint(v * 4095 / 255)),
    "standardized": (np.float64, lambda v: (v - 128) / 70),
    "sixteen": (np.int64, lambda v: v // 16),
    "mask": (np.uint8, lambda v: v > 127),
}
FILES = {"png", "idx", "rows"}
BYTES, UP_TO_255 = {"png", "idx", "bytes"}, {"rows", "int64", "float 255"}
ANSWERED = {
    "bytes": BYTES | UP_TO_255,
    "int64": BYTES | UP_TO_255,
    "float 255": BYTES | UP_TO_255,
    "float 1": BYTES | {"float 1", "overshoot"},
    "overshoot": BYTES | {"float 1", "overshoot"},
    "uint16": BYTES | {"uint16"},
    "12 bits": BYTES | {"12 bits"},
    "standardized": {"standardized"},
    "sixteen": {"sixteen"},
    "mask": {"mask", "float 1", "overshoot"},
}
WHITE = {"float 1": 1, "overshoot": 1, "uint16": 65535, "12 bits": 4095}


def scaled(name: str, values: np.ndarray) -> np.ndarray:
    dtype, scale = SCALES[name]
    return scale(values.astype(np.float64)).astype(dtype)


def write(name: str, values: np.ndarray) -> tuple[str, np.ndarray]:
    """An image (channels, 4, 4) as a file, and the numbers that it holds."""
    pixels = values.astype(np.uint8)
    if name == "png":
        Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)).save("x.png")
        return "x.png", pixels
    if name == "idx":
        Path("x.idx").write_bytes(idx_bytes(pixels[None]))
        return "x.idx", pixels
    if name == "rows":
        with open("x.csv", "w", newline="") as file:
            csv.writer(file).writerow(values.ravel())
        return "x.csv", values
    np.save("x.npy", scaled(name, values)[None])
    return "x.npy", scaled(name, values)


def answer(run: str, x: np.ndarray, raw: np.ndarray, *, standardize: bool) -> np.ndarray:
    """The probabilities that NumPy computes from the weights and the training data alone."""
    weights = load_file(Path(run, "checkpoints", "best.safetensors"))
    axes = (0, 2, 3)
    unit = 255 if x.dtype == np.uint8 else 1
    mean = x.mean(axis=axes, keepdims=True)[0] if standardize else 0
    deviation = x.std(axis=axes, keepdims=True)[0] if standardize else unit
    scores = weights["model.1.weight"].astype(float) @ ((raw - mean) / deviation).ravel() + weights["model.1.bias"]
    shares = np.exp(scores - scores.max())
    return shares / shares.sum()


@pytest.mark.parametrize(("channels", "standardize"), [(1, True), (3, True), (1, False), (3, False)])
@pytest.mark.parametrize("trained", SCALES)
def test_every_scale_asked_of_every_other(nnfs, trained, channels, standardize):
    values = np.random.default_rng(channels).integers(0, 256, (24, channels, 4, 4))
    values[:, :, 0, 0], values[:, :, 3, 3] = 255, 0
    x = scaled(trained, values)
    np.savez("x.npz", x=x, y=np.arange(24) % 2)
    Path("c.yaml").write_text(CONFIG.replace("STANDARDIZE", str(standardize).lower()))
    assert nnfs("train", "c.yaml", "--name", "r", "--quiet").code == 0
    model = Model.load("runs/r/checkpoints/best.safetensors")
    for asked in (*FILES, *SCALES):
        path, raw = write(asked, values[0])
        done = nnfs("predict", "r", path, "--output", "answers.npy")
        array = path == "x.npy"
        if asked == "sixteen" and done.code == 0 and trained != asked:
            assert "Are they on another scale?" in done.err
            continue
        if asked not in ANSWERED[trained]:
            assert done.code == 3, asked
            assert "scale" in done.err or "ultiply" in done.err or "ivide" in done.err or "no pixels" in done.err
            if array:
                with pytest.raises(DataError):
                    model.predict(np.load(path))
            continue
        assert (done.code, done.err) == (0, ""), asked
        white = WHITE.get(trained, 255) if asked in BYTES else 255
        expected = answer("runs/r", x.astype(x.dtype), raw.astype(float) * white / 255, standardize=standardize)
        np.testing.assert_allclose(np.load("answers.npy")[0], expected, atol=1e-5, err_msg=asked)
        if array:
            np.testing.assert_allclose(model.predict(np.load(path))[0], expected, atol=1e-5, err_msg=asked)
