"""What happens to the pixels of an image by elastic, crop, brightness, contrast, noise and cutout, one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnfs_cli.data.augment.brightness import Brightness
from nnfs_cli.data.augment.contrast import Contrast
from nnfs_cli.data.augment.crop import Crop
from nnfs_cli.data.augment.cutout import Cutout
from nnfs_cli.data.augment.elastic import Elastic
from nnfs_cli.data.augment.noise import Noise
from nnfs_cli.errors import ShapeError
from tests.data.augment import oracle

COUNT = 20
DTYPES = pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])


def images(dtype: str, shape: tuple[int, ...] = (2, 6, 5)) -> np.ndarray:
    return np.random.default_rng(5).uniform(0, 255, (COUNT, *shape)).astype(dtype)


def as_bytes(values: np.ndarray, dtype: str) -> np.ndarray:
    """Bytes are rounded and cut."""
    return np.round(np.clip(values, 0, 255)) if dtype == "uint8" else values


def keyed(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=int(key)))


@DTYPES
@pytest.mark.parametrize(("strength", "smoothness"), [(34.0, 4.0), (3.0, 0.5), (10.0, 1e-30), (50.0, 1e30)])
def test_elastic(dtype, strength, smoothness):
    """Both fields smoothed by the definition of a convolution, then looked up."""
    x, step = images(dtype)[:3], Elastic(strength, smoothness)
    drawn = step.draw(3, np.random.default_rng(0))
    for image, key, y in zip(x, drawn, step.apply(x, drawn), strict=True):
        noise = keyed(key).random((2, 6, 5), dtype=np.float32) * 2.0 - 1.0
        weights = [math.exp(-0.5 * (k / smoothness) ** 2) for k in range(-60, 61)]
        total = sum(weights) if smoothness < 1e9 else math.sqrt(2 * math.pi) * smoothness
        field = np.zeros((2, 6, 5))
        for r, q in np.ndindex(6, 5):
            for s, t in np.ndindex(6, 5):
                field[:, r, q] += weights[r - s + 60] * weights[q - t + 60] / total**2 * noise[:, s, t]
        expected = np.empty(image.shape)
        for r, q in np.ndindex(6, 5):
            expected[:, r, q] = oracle.at(image, r + strength * field[0, r, q], q + strength * field[1, r, q])
        np.testing.assert_allclose(y, expected, rtol=0, atol=0.51 if dtype == "uint8" else 5e-3)


@DTYPES
@pytest.mark.parametrize("fill", ["zero", "edge"])
def test_crop(dtype, fill):
    x, step = images(dtype), Crop(3, fill)
    drawn = step.draw(COUNT, np.random.default_rng(0))
    assert drawn.min() == -3
    assert drawn.max() == 3
    for image, (v, h), y in zip(x, drawn, step.apply(x, drawn), strict=True):
        for r, q in np.ndindex(6, 5):
            inside = 0 <= r + v < 6 and 0 <= q + h < 5
            nearest = image[:, min(max(r + v, 0), 5), min(max(q + h, 0), 4)]
            assert (y[:, r, q] == (nearest if inside or fill == "edge" else 0)).all()


@DTYPES
def test_brightness(dtype):
    x, step = images(dtype), Brightness(0.8)
    factors = np.random.default_rng(0).uniform(0.2, 1.8, COUNT)
    y = step.apply(x, step.draw(COUNT, np.random.default_rng(0)))
    expected = np.stack(
        [as_bytes(image * factor, dtype) for image, factor in zip(x.astype(float), factors, strict=True)]
    )
    np.testing.assert_allclose(y, expected, atol=1e-4 if dtype != "uint8" else 0, rtol=1e-6)
    assert (y.max() == 255) == (dtype == "uint8")


@DTYPES
def test_contrast(dtype):
    x, step = images(dtype), Contrast(0.9)
    factors = np.random.default_rng(0).uniform(0.1, 1.9, COUNT)
    y = step.apply(x, step.draw(COUNT, np.random.default_rng(0)))
    for image, factor, changed in zip(x.astype(float), factors, y, strict=True):
        expected = as_bytes(image.mean() + factor * (image - image.mean()), dtype)
        np.testing.assert_allclose(changed, expected, atol=1 if dtype == "uint8" else 2e-4, rtol=0)
        if dtype != "uint8":
            assert changed.std() == pytest.approx(factor * image.std(), rel=1e-5)
            assert changed.mean() == pytest.approx(image.mean(), rel=1e-5)


@DTYPES
@pytest.mark.parametrize("shape", [(2, 6, 5), (40,), (3, 7)], ids=str)
def test_noise(dtype, shape):
    x, step = images(dtype, shape), Noise(30.0)
    drawn = step.draw(COUNT, np.random.default_rng(0))
    kind = np.float64 if dtype == "float64" else np.float32
    for image, key, y in zip(x, drawn, step.apply(x, drawn), strict=True):
        noise = keyed(key).standard_normal(shape, dtype=kind)
        np.testing.assert_allclose(y, as_bytes(image + 30 * noise, dtype), rtol=1e-5, atol=1e-4)
    wide = Noise(5.0).apply(np.zeros((1, 100_000), dtype), np.array([3]))
    assert wide.std() == pytest.approx(5 if dtype != "uint8" else 2.94, rel=0.02)


@DTYPES
@pytest.mark.parametrize("size", [1, 2, 5])
def test_cutout(dtype, size):
    """Each pixel is the centre with the same probability; what is hidden has the mean of its channel."""
    x, step = images(dtype), Cutout(size)
    centres = np.floor(np.random.default_rng(0).random((COUNT, 2)) * (6, 5)).astype(int)
    y = step.apply(x, step.draw(COUNT, np.random.default_rng(0)))
    for image, (row, column), changed in zip(x, centres, y, strict=True):
        mean = as_bytes(image.astype(float).mean(axis=(1, 2)), dtype)
        for r, q in np.ndindex(6, 5):
            low = -(size // 2)
            hidden = low <= r - row < low + size and low <= q - column < low + size
            np.testing.assert_allclose(changed[:, r, q], mean if hidden else image[:, r, q], rtol=1e-6)


@pytest.mark.parametrize(
    ("step", "shape", "answer", "sentence"),
    [
        (Crop(4), (1, 9, 4), (2,), r"cuts images out of a margin of 4 pixels, but images are 9 x 4: padding can be at"),
        (Crop(1), (1, 9, 1), (2,), r"images are 9 x 1: nothing can be moved\. Remove it"),
        (Crop(1), (9,), (2,), r"moves images \(channels, height, width\), got vectors of 9 features"),
        (Crop(1), (1, 9, 9), (1, 9, 9), "moves the examples, but not the images that are their answers"),
        (Elastic(), (1, 9, 9), (1, 9, 9), "moves the examples, but not the images that are their answers"),
        (Elastic(), (1, 9), (2,), r"moves images \(channels, height, width\), got"),
        (Brightness(), (9,), (2,), r"changes images \(channels, height, width\), got vectors of 9 features\. Remove"),
        (Contrast(), (9,), (2,), r"changes images \(channels, height, width\), got vectors"),
        (Cutout(5), (9,), (2,), r"changes images \(channels, height, width\), got vectors"),
        (Cutout(5), (1, 4, 9), (2,), r"hides squares of 5 x 5 pixels, but images are 4 x 9: size can be at most 4\."),
    ],
)
def test_refuses(step, shape, answer, sentence):
    with pytest.raises(ShapeError, match=sentence):
        step.refuse(shape, answer)


@pytest.mark.parametrize("step", [Brightness(), Contrast(), Noise(1.0), Cutout(4)], ids=lambda step: step.type_name)
def test_images_that_are_answers_stay_where_pixels_do(step):
    step.refuse((1, 4, 9), (1, 4, 9))
