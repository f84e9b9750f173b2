"""What people hand to `nnfs predict`."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pytest
from PIL import Image

from nnfs_cli.data.columns.category import Category
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.encode.standardize import Standardizer
from nnfs_cli.data.encode.target_transform import TargetTransform
from nnfs_cli.data.inputs.arrays import MOST_ROWS
from nnfs_cli.data.inputs.reading import read_inputs
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.spec import DataSpec
from nnfs_cli.errors import DataError
from tests.data.samples import idx_bytes, write_csv

COLUMNS = (Number("a"), Category("colour", ("green", "red")))
IMAGES = 5 * np.arange(1, 3 * 4 * 4 + 1, dtype=np.uint8).reshape(3, 1, 4, 4)


def prepared(shape=(1, 4, 4), columns=None, white=255.0, **source):
    """A preparation that changes nothing."""
    same = Standardizer(np.zeros(1), np.ones(1))
    return Preparation(
        DataSpec(shape, None, (1,)), same, TargetTransform.unmeasured(1), white, columns=columns, **source
    )


def read(*paths, stdin="", **settings):
    """All inputs, joined; what cannot be answered is raised."""
    parts = list(read_inputs([str(path) for path in paths], prepared(**settings), io.StringIO(stdin)))
    for part in parts:
        if part.errors:
            raise DataError(part.errors[min(part.errors)])
    names = [name for part in parts for name in part.names]
    return names, np.concatenate([part.x for part in parts]), [text for part in parts for text in part.warnings]


@pytest.mark.parametrize(
    "array", [IMAGES, IMAGES[:, 0], IMAGES.reshape(3, 16), IMAGES[:1], IMAGES[0], IMAGES[0, 0], IMAGES[0].reshape(16)]
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_layouts(tmp_path, array, order):
    path = tmp_path / "x.npy"
    np.save(path, np.asarray(array, order=order))
    names, x, warnings = read(path)
    assert names == [f"{path}[{row}]" for row in range(array.size // 16)]
    assert x.dtype == np.uint8
    assert not warnings
    np.testing.assert_array_equal(x, IMAGES[: len(x)])


def test_every_kind_of_file(tmp_path):
    np.save(tmp_path / "a.npy", IMAGES)
    np.savez(tmp_path / "b.npz", x=IMAGES, y=np.zeros(3))
    np.savez(tmp_path / "c.npz", anything=IMAGES)
    np.savetxt(tmp_path / "d.csv", IMAGES.reshape(3, 16), delimiter=",", fmt="%d")
    (tmp_path / "e.idx").write_bytes(idx_bytes(IMAGES[:, 0]))
    (tmp_path / "f-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx_bytes(IMAGES[:, 0])))
    Image.fromarray(IMAGES[0, 0]).save(tmp_path / "g.PNG")
    (tmp_path / "notes.txt").write_text("not an input")
    names, x, warnings = read(tmp_path)
    assert len(names) == len(x) == 19
    assert warnings == [f"{tmp_path}: left out 1 file of no known kind, such as notes.txt"]
    assert names[-1] == str(tmp_path / "g.PNG")
    for start in range(0, 18, 3):
        np.testing.assert_array_equal(x[start : start + 3], IMAGES)


def test_vectors_take_images_of_as_many_pixels(tmp_path):
    np.save(tmp_path / "x.npy", IMAGES)
    assert read(tmp_path / "x.npy", shape=(16,))[1].shape == (3, 16)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 15)), r"model expects 16 features, got 15, shape \(15,\) instead of \(1, 4, 4\)"),
        (np.zeros((2, 1368)), r"model expects 16 features, got 1,368, shape"),
        (np.zeros((2, 4, 4, 1)), r"shape \(4, 4, 1\) has its channels last, .*transpose\(0, 3, 1, 2\)"),
        (np.zeros((2, 2, 8, 1)), r"shape \(2, 8, 1\) instead of"),
        (np.zeros((0, 16)), "holds no examples"),
        (np.full((2, 16), np.nan), r"x.npy\[0\]: feature \(0, 0, 0\): expected a finite number, got nan"),
        (np.array(["a"] * 16), "expected numbers, got text"),
    ],
)
def test_refuses_arrays(tmp_path, array, message):
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(DataError, match=message):
        read(tmp_path / "x.npy")


@pytest.mark.parametrize("name", ["none.npy", "none", "n" * 300])
def test_refuses_missing_files(tmp_path, name):
    with pytest.raises(DataError, match=f"{name}: there is no such file"):
        read(tmp_path / name)


def test_refuses_other_kinds(tmp_path):
    write_csv(tmp_path / "x.txt", "1")
    with pytest.raises(DataError, match=r"x.txt: is of no known kind. Expected a name that ends in .npy"):
        read(tmp_path / "x.txt")
    with pytest.raises(DataError, match="holds no inputs"):
        read(tmp_path)


def test_refuses_pixels_within_0_and_1_for_a_model_of_pixels_up_to_255(tmp_path):
    np.save(tmp_path / "x.npy", IMAGES / 255)
    with pytest.raises(DataError, match=r"x\.npy: has numbers from 0\S* to 0\.94\d+, .* Multiply them by 255"):
        read(tmp_path / "x.npy")
    assert read(tmp_path / "x.npy", white=None)[1].max() == 240 / 255


@pytest.mark.parametrize(
    "text",
    [
        "a,colour\n1,red\n2,green\n",
        "colour,species,a\nred,cat,1\ngreen,dog,2\n",
        "1,red\n2,green\n",
        "1;red\n2;green",
        "\ufeffa\tcolour\r\n1\tred\r\n2\tgreen\r\n",
        "a|colour\n1|red\n2|green\n",
        "a;colour;one, two, three, four\n1;red;x\n2;green;y\n",
    ],
)
def test_rows_of_tables(tmp_path, text):
    write_csv(tmp_path / "x.csv", text)
    names, x, _ = read(tmp_path / "x.csv", "-", shape=(3,), columns=COLUMNS, white=None, stdin=text)
    assert names == [f"{tmp_path / 'x.csv'}[0]", f"{tmp_path / 'x.csv'}[1]", "stdin[0]", "stdin[1]"]
    np.testing.assert_array_equal(x, [[1, 0, 1], [2, 1, 0]] * 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "stdin: holds no rows"),
        ("a,colour\n", "stdin: holds a header and no rows"),
        ("a,size\n1,2\n", "stdin: lacks the column colour. Expected a, colour"),
        (
            "1\n",
            r"stdin: expected a header that names the columns, or rows of just 2 cells \(a, colour\), got 1 cells\.",
        ),
        ("a,colour\nx,red\n", "stdin:2: column 'a': expected a number, got 'x'"),
        ("1,red\n2\n", "stdin:2: expected 2 cells, got 1"),
        ("a,colour,a\n1,red,2\n", "stdin: has the column a more than once. Keep one of each"),
    ],
)
def test_refuses_rows_of_tables(text, message):
    with pytest.raises(DataError, match=message):
        read("-", shape=(3,), columns=COLUMNS, white=None, stdin=text)


@pytest.mark.parametrize("header", ["", "p0,p1,p2\n"])
def test_rows_of_plain_numbers(header):
    names, x, _ = read("-", shape=(3,), white=None, stdin=header + "1,2,3\n" * 1500)
    assert names[-1] == "stdin[1499]"
    assert x.shape == (1500, 3)


def test_a_column_that_the_model_does_not_take_may_be_there_twice():
    text = "b,a,b,colour\n9,1,8,red\n"
    np.testing.assert_array_equal(read("-", shape=(3,), columns=COLUMNS, white=None, stdin=text)[1], [[1, 0, 1]])


def test_a_first_row_that_counts_up_is_a_header_and_is_told_of():
    _, x, warnings = read("-", shape=(4,), white=None, stdin="0, 1,2,3\n4,5,6,7\n8,9,10,11\n")
    np.testing.assert_array_equal(x, [[4, 5, 6, 7], [8, 9, 10, 11]])
    assert warnings == ["stdin: the first row, 0, 1, 2, ..., is taken for a header"]


@pytest.mark.parametrize("first", ["0,1,2,4", "1,2,3,4", "0,1,2,3.5"])
def test_a_first_row_of_other_numbers_is_an_example(first):
    _, x, warnings = read("-", shape=(4,), white=None, stdin=f"{first}\n4,5,6,7\n")
    assert (len(x), warnings) == (2, [])


def test_one_number_is_no_header():
    _, x, warnings = read("-", shape=(1,), white=None, stdin="0\n5\n")
    assert (x.tolist(), warnings) == ([[0], [5]], [])


def test_rows_without_a_header_are_separated_as_those_of_the_training():
    """Two commas and one semicolon: the semicolon of the training wins."""
    columns = (Number("a"), Category("words", ("x,y,z",)))
    assert read("-", shape=(2,), columns=columns, white=None, delimiter=";", stdin="5;x,y,z\n")[1].tolist() == [[5, 1]]


def test_numbers_keep_their_digits(tmp_path):
    stamps = np.array([[1_700_000_001.0], [1_700_000_002.0]])
    np.save(tmp_path / "x.npy", stamps)
    np.savetxt(tmp_path / "x.csv", stamps, "%d")
    for path in (tmp_path / "x.npy", tmp_path / "x.csv"):
        np.testing.assert_array_equal(read(path, shape=(1,), white=None)[1], stamps)


def test_refuses_a_first_line_that_no_table_has():
    with pytest.raises(DataError, match=r"^stdin:1: field larger than field limit"):
        read("-", shape=(3,), columns=COLUMNS, white=None, stdin="a" * 200_000 + "\n")


def test_refuses_rows_of_another_length():
    with pytest.raises(DataError, match=r"stdin: model expects 784 features, got 783\."):
        read("-", shape=(784,), stdin=",".join(["0"] * 783))


def save(folder, array, mode=None, **options):
    path = folder / "x.png"
    Image.fromarray(array, mode).save(path, **options)
    return path


def test_pictures_become_grey_or_colour(tmp_path):
    colour = np.full((4, 4, 3), (255, 0, 0), np.uint8)
    assert (read(save(tmp_path, colour))[1] == 76).all()
    grey = np.full((4, 4), 9, np.uint8)
    assert read(save(tmp_path, grey), shape=(3, 4, 4))[1].tolist() == np.full((1, 3, 4, 4), 9).tolist()


def test_pictures_are_resized_and_put_on_black(tmp_path):
    transparent = np.zeros((9, 7, 4), np.uint8)
    transparent[:, :, :3] = 255
    transparent[:, :, 3] = 128
    names, x, _ = read(save(tmp_path, transparent))
    assert names == [str(tmp_path / "x.png")]
    assert x.shape == (1, 1, 4, 4)
    assert (x == 128).all()


def test_pictures_of_16_bits(tmp_path):
    assert (read(save(tmp_path, np.full((4, 4), 65535, np.uint16)))[1] == 255).all()


def test_pictures_for_models_of_other_numbers(tmp_path):
    path = save(tmp_path, np.full((4, 4), 255, np.uint8))
    with pytest.raises(DataError, match=r"x\.png: the model was trained on numbers that are no pixels .* Give \.npy"):
        read(path, white=None)
    assert (read(path, white=1.0)[1] == 255).all()
    with pytest.raises(DataError, match=r"takes arrays of shape \(16,\), not pictures"):
        read(path, shape=(16,))


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(20), b"GIF89a" + bytes(20)])
def test_refuses_damaged_pictures(tmp_path, content):
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(DataError, match=r"x.png: is damaged or not a picture"):
        read(tmp_path / "x.png")


def test_refuses_cut_and_huge_pictures(tmp_path):
    path = save(tmp_path, np.random.default_rng(0).integers(0, 255, (40, 40), np.uint8))
    path.write_bytes(path.read_bytes()[:-600])
    with pytest.raises(DataError, match="damaged"):
        read(path)
    Image.new("1", (9000, 9000)).save(path)
    with pytest.raises(DataError, match="81,000,000 pixels"):
        read(path)


def test_an_example_in_a_later_block_is_named_by_its_place_in_the_file(tmp_path):
    numbers = np.zeros((MOST_ROWS + 100, 1))
    numbers[MOST_ROWS + 70] = np.nan
    np.save(tmp_path / "x.npy", numbers)
    with pytest.raises(DataError, match=rf"x\.npy\[{MOST_ROWS + 70}\]: feature 0: expected a finite number, got nan"):
        read(tmp_path / "x.npy", shape=(1,), white=None)
