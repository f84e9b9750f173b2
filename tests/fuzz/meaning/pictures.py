"""Pictures: other modes, sizes, depths, formats and names, animated and cut off, to train on and to predict."""

from __future__ import annotations

import io
import json
import shutil
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, features

from tests.fuzz.meaning.world import BASES, World
from tests.fuzz.mutate import Random

TRAINED = [sound for sound in BASES if "one.png" in sound.inputs]
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16", "I;16B")
SIZES = ((1, 1), (1, 50), (50, 1), (6, 6), (5, 7), (28, 28), (300, 200), (1, 3000))
FORMATS = (
    "PNG",
    "PNG",
    "PNG",
    "JPEG",
    "BMP",
    "GIF",
    "TIFF",
    *(["WEBP"] if features.check("webp") else []),
    "PPM",
    "ICO",
    "TGA",
)
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "BMP": ".bmp", "GIF": ".gif", "TIFF": ".tif", "WEBP": ".webp"}
NAMES = ("one", "a b", "\x1b[1m", "é", "x" * 200, "=1+1", "a\nb", "-", ".hidden", "..x")
TIFFS = ("raw", "raw", "tiff_lzw", "packbits", "tiff_adobe_deflate", "group4", "jpeg")


def make(rng: Random, world: World, folder: Path) -> list[str]:
    """A command on one to three pictures."""
    sound = rng.choice(TRAINED)
    names = []
    for number in range(rng.choice((1, 1, 2, 3))):
        content, suffix = picture(rng)
        names.append(f"{rng.choice(NAMES)}{number}{suffix}")
        (folder / names[-1]).write_bytes(content)
    if rng.random() < 0.3:
        return _train(rng, world, folder, names)
    shutil.copytree(world.run_of(sound), folder / "run")
    form = rng.choice(([], [], ["--format", "jsonl"], ["--output", "a.csv"], ["--spreadsheet"]))
    if rng.random() < 0.8:
        return ["predict", "run", *(f"./{name}" for name in names), *form]
    (folder / "given").mkdir()
    for name in names:
        shutil.move(folder / name, folder / "given" / name)
    return ["predict", "run", "given", *form]


def _train(rng: Random, world: World, folder: Path, names: list[str]) -> list[str]:
    """Train on the sound pictures with these among them, or measure them."""
    shutil.copytree(world.folder / "pictures", folder / "pictures")
    for name in names:
        target = folder / "pictures" / rng.choice(("dark", "light", "new", "dark/deeper", "."))
        target.mkdir(exist_ok=True)
        shutil.move(folder / name, target / name)
    sound = next(sound for sound in BASES if sound.name == "pictures")
    if rng.random() < 0.3:
        shutil.copytree(world.run_of(sound), folder / "run")
        return ["evaluate", "run", "--set", "dataset.test=./pictures"]
    config = world.config(sound)
    config["dataset"] |= {"size": rng.choice((6, 1, [3, 5], 28)), "channels": rng.choice((1, 3))}
    (folder / "c.yaml").write_text(json.dumps(config))
    return rng.choice((["train", "c.yaml"], ["check", "c.yaml"]))


def picture(rng: Random) -> tuple[bytes, str]:
    """The bytes of a picture, and a suffix that is mostly the right one."""
    form, content = rng.choice(FORMATS), b""
    while not content:
        content = _saved(rng, form)
    if rng.random() < 0.15:
        content = rng.choice(
            (content[: len(content) // 2], content[:-1], content[:20], content + b"x" * 50, content[8:])
        )
    suffix = (
        SUFFIXES.get(form, ".png")
        if rng.random() < 0.85
        else rng.choice((*SUFFIXES.values(), ".PNG", ".txt", "", ".ppm"))
    )
    return content, suffix


def _saved(rng: Random, form: str) -> bytes:
    """A picture in a format; nothing if it cannot hold one of that mode."""
    frames = [_image(rng) for _ in range(rng.choice((1, 1, 1, 3)))]
    several = (
        {"save_all": True, "append_images": frames[1:]}
        if len(frames) > 1 and form in ("GIF", "TIFF", "WEBP", "PNG")
        else {}
    )
    how = {"TIFF": {"compression": rng.choice(TIFFS)}, "PNG": {"transparency": 0} if rng.random() < 0.1 else {}}
    exif = Image.Exif()
    exif[0x0112] = rng.choice((1, 3, 6, 8, 99))
    how_exif = {"exif": exif} if form in ("JPEG", "PNG", "WEBP") and rng.random() < 0.3 else {}
    file = io.BytesIO()
    with warnings.catch_warnings(action="ignore"):
        try:
            frames[0].save(file, form, **several, **how.get(form, {}), **how_exif)
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            SystemError,
            AttributeError,
            RuntimeError,
            Image.DecompressionBombError,
        ):
            return b""
    return file.getvalue()


def _image(rng: Random) -> Image.Image:
    mode, size = rng.choice(MODES), rng.choice(SIZES)
    level, largest = np.random.default_rng(rng.randrange(1 << 30)), rng.choice((1, 2, 255, 256, 4095, 65535))
    if mode in ("I", "F", "I;16", "I;16B"):
        dtype = {"I": np.int32, "F": np.float32, "I;16": np.uint16, "I;16B": ">u2"}[mode]
        low = -largest if mode in "IF" and rng.random() < 0.3 else 0
        numbers = level.integers(low, largest, (size[1], size[0]), endpoint=True).astype(dtype)
        if mode == "F" and rng.random() < 0.3:
            numbers.flat[0] = rng.choice((np.nan, np.inf, 1e38))
        return Image.fromarray(numbers) if mode != "I;16B" else Image.frombytes(mode, size, numbers.tobytes())
    made = Image.fromarray(level.integers(0, 256, (size[1], size[0], 3), np.uint8))
    return _converted(made, mode)


def _converted(made: Image.Image, mode: str) -> Image.Image:
    try:
        return made.convert(mode)
    except ValueError:
        return made.convert("RGBA").convert("L" if mode == "PA" else "RGB")
