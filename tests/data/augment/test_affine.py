"""Affine maps: where the pixels go, alone and after each other, against places that are computed one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnfs_cli.data.augment import sampling
from nnfs_cli.data.augment.chain import Chain
from nnfs_cli.data.augment.flip import Flip
from nnfs_cli.data.augment.rotate import Rotate
from nnfs_cli.data.augment.scale import Rescale
from nnfs_cli.data.augment.shear import Shear
from nnfs_cli.data.augment.shift import Shift
from nnfs_cli.errors import ConfigError, ShapeError
from tests.data.augment import oracle

SHAPES = [(1, 7, 7), (3, 6, 9), (2, 1, 5), (1, 1, 1)]
EVERY = np.arange(25)


def images(shape: tuple[int, ...], dtype: str, count: int = 25) -> np.ndarray:
    x = np.random.default_rng(5).uniform(0, 255, (count, *shape))
    return x.astype(dtype)


def rng(number: int = 0, epoch: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([7, 4, epoch, number])))


MOVES = {
    "rotate": (Rotate(70.0), lambda rng: [oracle.turned(a * math.pi / 180) for a in rng.uniform(-70, 70, 25)]),
    "scale": (Rescale(0.4), lambda rng: [oracle.scaled(s) for s in rng.uniform(0.6, 1.4, 25)]),
    "shear": (Shear(30.0), lambda rng: [oracle.slanted(math.tan(math.radians(a))) for a in rng.uniform(-30, 30, 25)]),
    "shift": (Shift(3), lambda rng: [oracle.shifted(v, h) for v, h in rng.integers(-3, 4, (25, 2))]),
    "flip": (Flip(), lambda rng: [oracle.mirrored("horizontal") if m < 0.5 else still for m in rng.random(25)]),
    "upside down": (
        Flip("vertical", 0.8),
        lambda rng: [oracle.mirrored("vertical") if m < 0.8 else still for m in rng.random(25)],
    ),
}


def still(row: float, column: float) -> oracle.Place:
    return row, column


def compare(names: list[str], shape: tuple[int, ...], dtype: str) -> None:
    x, chain = images(shape, dtype), Chain([MOVES[name][0] for name in names])
    chain.start_epoch(25, 7, 2)
    moves = [MOVES[name][1](rng(number, 2)) for number, name in enumerate(names)]
    together = [oracle.one_after_the_other(*each) for each in zip(*moves, strict=True)]
    expected = np.stack([oracle.moved_image(image, move) for image, move in zip(x, together, strict=True)])
    y = chain.apply(x, EVERY)
    assert y.dtype == x.dtype
    # Half a byte for the rounding, and what single precision makes of places.
    np.testing.assert_allclose(y, expected, rtol=0, atol=0.51 if dtype == "uint8" else 2e-3)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", MOVES)
def test_each_pixel_shows_the_place_it_comes_from(name, shape, dtype):
    compare([name], shape, dtype)


@pytest.mark.parametrize("dtype", ["uint8", "float64"])
@pytest.mark.parametrize(
    "names",
    [
        ["rotate", "shift"],
        ["shift", "rotate"],
        ["shear", "rotate", "scale"],
        ["rotate", "scale", "shear", "shift"],
        ["upside down", "shift", "scale", "flip", "rotate"],
    ],
    ids=" ".join,
)
def test_maps_after_each_other_are_one_interpolation(names, dtype):
    compare(names, (2, 6, 9), dtype)


def test_those_that_only_move_pixels_are_not_interpolated():
    """Shift after flip is exact, with the edge of the mirrored image beyond it."""
    x, chain = images((2, 5, 6), "float64"), Chain([Flip(), Shift(2)])
    chain.start_epoch(25, 7, 0)
    mirrored, shifts = rng(0).random(25) < 0.5, rng(1).integers(-2, 3, (25, 2))
    for image, y, flip, (v, h) in zip(x, chain.apply(x, EVERY), mirrored, shifts, strict=True):
        image = image[:, :, ::-1] if flip else image
        for r, q in np.ndindex(5, 6):
            assert (y[:, r, q] == image[:, min(max(r + v, 0), 4), min(max(q + h, 0), 5)]).all()


@pytest.mark.parametrize("others", [[], [Shift(2)]], ids=["alone", "behind a shift"])
def test_alternating_flips_draw_once_and_turn_every_epoch(others):
    """Also where epochs are visited in another order, as by a training that is resumed."""
    x, chain = images((2, 4, 5), "uint8"), Chain([*others, Flip(chance=0.3, alternate=True)])
    first = rng(len(others)).random(25) < 0.3
    for epoch in (3, 0, 2, 1):
        chain.start_epoch(25, 7, epoch)
        moved = others[0].apply(x, rng(0, epoch).integers(-2, 3, (25, 2))) if others else x
        mirrored = first != (epoch in (1, 3))
        expected = np.stack([image[:, :, ::-1] if flip else image for image, flip in zip(moved, mirrored, strict=True)])
        np.testing.assert_array_equal(chain.apply(x, EVERY), expected)


@pytest.mark.parametrize("dtype", ["uint8", "float64"])
def test_a_quarter_turn_is_clockwise_and_a_half_turn_exact(dtype):
    x = images((2, 6, 6), dtype)
    step = Rotate(180.0)
    np.testing.assert_allclose(step.apply(x, np.full(25, math.pi / 2)), np.rot90(x, -1, (2, 3)), atol=1e-3)
    np.testing.assert_allclose(step.apply(x, np.full(25, math.pi)), x[:, :, ::-1, ::-1], atol=1e-3)


def test_nothing_drawn_is_nothing_changed():
    x = images((3, 8, 7), "uint8")
    for step, drawn in ((Rotate(), 0.0), (Rescale(), 1.0), (Shear(), 0.0)):
        np.testing.assert_array_equal(step.apply(x, np.full(25, drawn)), x)


def test_a_larger_factor_is_a_larger_image():
    """What is bright in the middle covers more."""
    x = np.zeros((1, 1, 9, 9))
    x[..., 3:6, 3:6] = 1
    assert Rescale(0.5).apply(x, np.array([1.4])).sum() > 12 > 9 > Rescale(0.5).apply(x, np.array([0.6])).sum()


def test_a_constant_image_stays_one():
    for value, dtype in ((255, "uint8"), (-3.75, "float64"), (1e30, "float32")):
        x = np.full((25, 2, 5, 5), value, dtype)
        chain = Chain([Rotate(180.0), Rescale(0.9), Shear(80.0), Shift(4)])
        chain.start_epoch(25, 1, 0)
        np.testing.assert_array_equal(chain.apply(x, EVERY), x)


def test_blocks_do_not_show(monkeypatch):
    x, chain = images((2, 6, 9), "uint8"), Chain([Rotate(50.0), Shift(2)])
    chain.start_epoch(25, 3, 1)
    whole = chain.apply(x, EVERY)
    for pixels in (1, 54, 200):
        monkeypatch.setattr(sampling, "BLOCK", pixels)
        np.testing.assert_array_equal(chain.apply(x, EVERY), whole)


def test_what_was_drawn_goes_with_the_example():
    """Also where maps have become one."""
    x, chain = images((1, 6, 5), "float32"), Chain([Rotate(50.0), Shift(2), Flip()])
    chain.start_epoch(25, 3, 1)
    whole, some = chain.apply(x, EVERY), np.array([4, 24, 0, 4])
    np.testing.assert_array_equal(chain.apply(x[some], some), whole[some])


@pytest.mark.parametrize("steps", [[Rotate()], [Shift(1), Rotate()], [Flip()]])
def test_an_epoch_that_was_not_started_is_no_epoch(steps):
    with pytest.raises(ValueError, match="shorter"):
        Chain(steps).apply(images((1, 4, 4), "uint8"), EVERY)


@pytest.mark.parametrize("step", [Rotate(), Rescale(), Shear(), Flip()], ids=lambda step: step.type_name)
def test_refuses_what_is_no_image_and_answers_that_are(step):
    with pytest.raises(ShapeError, match=r"moves images \(channels, height, width\), got vectors of 30 features\."):
        step.refuse((30,), (2,))
    with pytest.raises(ShapeError, match="moves the examples, but not the images that are their answers"):
        step.refuse((1, 9, 9), (1, 9, 9))
    step.refuse((1, 1, 1), (2,))


@pytest.mark.parametrize(
    ("kind", "wrong", "words"),
    [
        (Rotate, 0.0, "degrees: expected a number above 0, at most 180, got 0"),
        (Rotate, 181.0, "degrees: expected a number above 0, at most 180, got 181"),
        (Shear, 90.0, "degrees: expected a number above 0 and below 90, got 90"),
        (Rescale, 1.0, "by: expected a number between 0 and 1, got 1"),
        (Flip, "diagonal", "axis: expected 'horizontal' or 'vertical', got 'diagonal'"),
    ],
)
def test_bounds(kind, wrong, words):
    with pytest.raises(ConfigError, match=words):
        kind(wrong)
