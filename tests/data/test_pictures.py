"""Pictures: every format, mode and depth, against the numbers that were written."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from nnfs_cli.data.pictures.bit_depth import DEPTHS, BitDepth, smallest_depth
from nnfs_cli.data.pictures.picture import read_picture
from nnfs_cli.errors import DataError

GREY = np.random.default_rng(0).integers(0, 256, (5, 4), np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (5, 4, 3), np.uint8)
WORDS = {most: np.random.default_rng(most).integers(0, most + 1, (5, 4, 4), np.uint16) for most in (255, 4095, 65535)}
for _most, _words in WORDS.items():
    _words[0, 0, :3] = _most


def png(words: np.ndarray, kind: int) -> bytes:
    """A 16-bit PNG of words (height, width, channels)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", words.shape[1], words.shape[0], 16, kind, 0, 0, 0)
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in words)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def tiff(values: np.ndarray, order: str, photometric: int, sample: int = 1) -> bytes:
    """An uncompressed TIFF of values (height, width, channels); sample 1 is unsigned, 2 signed, 3 real numbers."""
    height, width, channels = values.shape
    data = values.astype(values.dtype.newbyteorder(order)).tobytes()
    many = 8 + 2 + 12 * 11 + 4
    bits, forms = struct.pack(f"{order}4H", *[values.itemsize * 8] * 4), struct.pack(f"{order}4H", *[sample] * 4)
    short = {1: "HH", 2: "HH", 3: "I", 4: "I"}[channels]
    inline = channels < 3
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, channels, values.itemsize * 8 if inline else many)]
    entries += [(259, 3, 1, 1), (262, 3, 1, photometric), (273, 4, 1, many + 16), (277, 3, 1, channels)]
    entries += [(278, 4, 1, height), (279, 4, 1, len(data)), (338, 3, 1, 2)][
        : 3 if channels == 4 and photometric == 2 else 2
    ]
    entries += [(339, 3, channels, sample if inline else many + 8)]
    body = b""
    for tag, kind, count, value in entries:
        packed = struct.pack(order + short, *((value, value) if short == "HH" else (value,)))
        whole = struct.pack(f"{order}I", value) if kind == 4 or value > 65535 or count > 2 else packed
        body += struct.pack(f"{order}HHI", tag, kind, count) + (
            struct.pack(f"{order}HH", value, 0) if kind == 3 and count == 1 else whole
        )
    start = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HIH", 42, 8, len(entries))
    return (start + body + bytes(4)).ljust(many, b"\0") + bits + forms + data


def read(path, channels: int = 1, depth: int | None = None) -> np.ndarray:
    return read_picture(path, (channels, 5, 4), BitDepth(depth))


@pytest.mark.parametrize("name", ["x.webp", "x.bmp", "x.gif", "x.tif", "x.TIFF", "x.png"])
def test_formats_that_lose_nothing(tmp_path, name):
    Image.fromarray(GREY).save(tmp_path / name, lossless=True)
    np.testing.assert_array_equal(read(tmp_path / name)[0], GREY)
    if "gif" not in name:
        Image.fromarray(COLOUR).save(tmp_path / name, lossless=True)
        np.testing.assert_array_equal(read(tmp_path / name, 3), COLOUR.transpose(2, 0, 1))


@pytest.mark.parametrize("form", ["webp", "gif", "png", "tiff"])
def test_the_content_decides_and_the_first_frame_is_read(tmp_path, form):
    frames = [Image.fromarray(level * np.ones((5, 4), np.uint8)) for level in (250, 10)]
    frames[0].save(tmp_path / "x.jpg", form, save_all=True, append_images=frames[1:], lossless=True)
    assert (read(tmp_path / "x.jpg") == 250).all()


def test_modes(tmp_path):
    bits = GREY > 127
    Image.fromarray(bits).save(tmp_path / "bits.png")
    np.testing.assert_array_equal(read(tmp_path / "bits.png")[0], bits * 255)
    half = np.full((5, 4), 128, np.uint8)
    Image.merge("LA", [Image.fromarray(half + 127), Image.fromarray(half)]).save(tmp_path / "la.png")
    assert (read(tmp_path / "la.png") == 128).all()
    palette = Image.fromarray(GREY % 2, "P")
    palette.putpalette([200, 200, 200, 90, 90, 90])
    palette.save(tmp_path / "p.gif", transparency=0)
    np.testing.assert_array_equal(read(tmp_path / "p.gif")[0], np.where(GREY % 2, 90, 0))
    Image.new("CMYK", (4, 5), (0, 255, 255, 0)).save(tmp_path / "cmyk.tif")
    assert read(tmp_path / "cmyk.tif", 3)[:, 0, 0].tolist() == [255, 0, 0]
    turned = Image.Exif()
    turned[0x112] = 6
    Image.fromarray(np.rot90(GREY)).save(tmp_path / "turned.png", exif=turned)
    np.testing.assert_array_equal(read(tmp_path / "turned.png")[0], GREY)


@pytest.mark.parametrize("most", WORDS)
def test_every_kind_of_16_bits_by_its_own_depth(tmp_path, most):
    words, path = WORDS[most], tmp_path / "x.png"
    grey, colour = words[..., :1], words[..., :3]
    opaque = np.concatenate([colour, np.full((5, 4, 1), 65535, np.uint16)], axis=2)
    contents = [png(grey, 0), png(opaque[..., 2:], 4), png(colour, 2), png(opaque, 6)]
    for order in "<>":
        contents += [tiff(grey, order, 1), tiff(colour, order, 2), tiff(opaque, order, 2)]
        contents += [tiff(grey.astype(np.int32), order, 1, 2), tiff((grey / most).astype(np.float32), order, 1, 3)]
    expected = np.rint(words * (255 / most))
    kinds = [0, 2, slice(0, 3), slice(0, 3), *[0, slice(0, 3), slice(0, 3), 0, 0] * 2]
    for content, kind in zip(contents, kinds, strict=True):
        path.write_bytes(content)
        wanted = expected[..., kind].reshape(5, 4, -1).transpose(2, 0, 1)
        np.testing.assert_array_equal(read(path, len(wanted)), wanted)


@pytest.mark.parametrize("largest", [0, 255, 256, 1023, 1024, 4095, 4096, 16383, 16384, 65535])
def test_a_depth_is_the_first_with_as_many_bits_as_the_largest_value(largest):
    assert smallest_depth(largest, DEPTHS) == min(depth for depth in DEPTHS if depth >= largest.bit_length())


def test_a_known_depth(tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(png(WORDS[4095][..., :1], 0))
    np.testing.assert_array_equal(read(path, depth=14)[0], np.rint(WORDS[4095][..., 0] * (255 / 16383)))
    with pytest.raises(DataError, match=r"x.png: has values up to 4,095, the training was read as 10-bit, .* 1,023"):
        read(path, depth=10)


def test_opacity_of_16_bits(tmp_path):
    half = np.full((5, 4, 2), 32768, np.uint16)
    half[0, 0] = 65535, 0
    (tmp_path / "x.png").write_bytes(png(half, 4))
    assert read(tmp_path / "x.png")[0, 0, 0] == 0
    assert read(tmp_path / "x.png")[0, 1, 1] == 64


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (tiff(-np.ones((5, 4, 1), np.int32), "<", 1, 2), "has values from -1"),
        (tiff(np.full((5, 4, 1), 70_000, np.int32), "<", 1, 2), "up to 70,000, pictures have up to 16 bits"),
        (tiff(np.full((5, 4, 1), 9, np.float32), "<", 1, 3), "numbers from 9 to 9, expected 0 .black. to 1"),
        (tiff(np.full((5, 4, 1), np.nan, np.float32), ">", 1, 3), "expected 0 .black. to 1"),
        (tiff(WORDS[255][..., :1], "<", 0), "is a 16-bit negative"),
        (tiff(WORDS[255], "<", 5), "16-bit channels stored as CMYK;16L"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is damaged or not a picture .PNG, JPEG"),
        (b"%PDF-1.4\n", "is damaged or not a picture"),
        (b"P5 2 2 255 abcd", "is damaged or not a picture"),
    ],
)
def test_refuses(tmp_path, content, message):
    (tmp_path / "x.tif").write_bytes(content)
    with pytest.raises(DataError, match=f"x.tif: {message}|{message}"):
        read(tmp_path / "x.tif")


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "bmp", "gif", "tiff"])
def test_refuses_what_is_cut(tmp_path, form):
    path = tmp_path / "x.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(path, form)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DataError, match=r"x.png: is damaged or not a picture"):
        read(path)


def test_another_size_is_computed_as_pillow_does_with_lanczos(tmp_path):
    large = np.random.default_rng(2).integers(0, 256, (23, 17), np.uint8)
    Image.fromarray(large).save(tmp_path / "x.png")
    expected = Image.fromarray(large).resize((4, 5), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(read(tmp_path / "x.png")[0], expected)
