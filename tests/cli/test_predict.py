"""nnfs predict: every kind of input and every format of output."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnfs_cli.cli.predictions import ClassRows, _short


@pytest.fixture
def digits() -> np.ndarray:
    """Three pictures (3, 8, 8) of noise."""
    return np.random.default_rng(0).integers(0, 256, (3, 8, 8), dtype=np.uint8)


def table(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines()))


def write_idx(path: str, images: np.ndarray) -> None:
    sizes = b"".join(size.to_bytes(4, "big") for size in images.shape)
    Path(path).write_bytes(bytes([0, 0, 8, images.ndim]) + sizes + images.tobytes())


def write_folder(folder: str, images: np.ndarray) -> None:
    Path(folder).mkdir()
    for number, image in enumerate(images):
        Image.fromarray(image).save(Path(folder, f"{number}.png"))


WRITERS = {
    "x.npy": lambda path, images: np.save(path, images),
    "flat.npy": lambda path, images: np.save(path, images.reshape(3, 64)),
    "x.npz": lambda path, images: np.savez(path, x=images, y=np.zeros(3)),
    "x.csv": lambda path, images: np.savetxt(path, images.reshape(3, 64), "%d", ","),
    "x-ubyte": write_idx,
    "pictures": write_folder,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_input_gives_the_same_answers(nnfs, runs, digits, name):
    np.save("expected.npy", digits)
    expected = table(nnfs("predict", "tiny", "expected.npy").out)
    WRITERS[name](name, digits)
    done = nnfs("predict", "tiny", name)
    head, *rows = table(done.out)
    sources = [f"pictures/{k}.png" if name == "pictures" else f"{name}[{k}]" for k in range(3)]
    assert (done.code, done.err) == (0, "")
    assert head == ["source", "label", "probability", "error"]
    assert [row[0] for row in rows] == sources
    assert [row[1] for row in rows] == [row[1] for row in expected[1:]]
    assert [float(row[2]) for row in rows] == pytest.approx([float(row[2]) for row in expected[1:]], rel=1e-4)


def test_rows_on_standard_input(nnfs, runs, digits, monkeypatch):
    np.save("x.npy", digits)
    text = "\n".join(",".join(map(str, row)) for row in digits.reshape(3, 64))
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    answers = table(nnfs("predict", "tiny", "-").out)
    assert [row[0] for row in answers[1:]] == ["stdin[0]", "stdin[1]", "stdin[2]"]
    assert [row[1:] for row in answers] == [row[1:] for row in table(nnfs("predict", "tiny", "x.npy").out)]


def test_a_picture_is_brought_to_the_size_and_channels_of_the_network(nnfs, runs):
    colours = np.random.default_rng(0).integers(0, 256, (30, 20, 3), dtype=np.uint8)
    Image.fromarray(colours).save("große Ziffer.png")
    done = nnfs("predict", "tiny", "große Ziffer.png")
    assert done.code == 0
    assert table(done.out)[1][0] == "große Ziffer.png"


def test_the_most_likely_classes_in_order(nnfs, runs, digits):
    np.save("x.npy", digits)
    head, *rows = table(nnfs("predict", "tiny", "x.npy", "--top", "3").out)
    assert head[1:-1] == ["label", "probability", "label_2", "probability_2", "label_3", "probability_3"]
    for row in rows:
        assert float(row[2]) >= float(row[4]) >= float(row[6])


def test_top_ends_at_the_number_of_classes(nnfs, runs, digits):
    np.save("x.npy", digits)
    row = table(nnfs("predict", "tiny", "x.npy", "--top", "99").out)[1]
    assert sorted(row[1:-1:2]) == list("0123456789")
    assert sum(map(float, row[2:-1:2])) == pytest.approx(1, abs=1e-4)


def test_json_lines(nnfs, runs, digits):
    np.save("x.npy", digits)
    answers = [json.loads(line) for line in nnfs("predict", "tiny", "x.npy", "--format", "jsonl").out.splitlines()]
    assert [set(answer) for answer in answers] == [{"source", "label", "probability"}] * 3
    done = nnfs("predict", "tiny", "x.npy", "--format", "jsonl", "--top", "2")
    for answer, line in zip(answers, done.out.splitlines(), strict=True):
        top = json.loads(line)["top"]
        assert len(top) == 2
        assert top[0] == {"label": answer["label"], "probability": answer["probability"]}


def test_an_array_of_probabilities(nnfs, runs, digits):
    np.save("x.npy", digits)
    done = nnfs("predict", "tiny", "x.npy", "x.npy", "--output", "answers.npy")
    answers = np.load("answers.npy")
    assert (done.code, done.out) == (0, "")
    assert answers.shape == (6, 10)
    assert answers.sum(axis=1) == pytest.approx(np.ones(6))
    assert (answers[:3] == answers[3:]).all()


@pytest.mark.parametrize(("name", "start"), [("a.csv", "source,"), ("a.jsonl", '{"source"'), ("a.txt", "source,")])
def test_the_name_of_a_file_chooses_its_format(nnfs, runs, digits, name, start):
    np.save("x.npy", digits)
    assert nnfs("predict", "tiny", "x.npy", "--output", name).out == ""
    assert Path(name).read_text().startswith(start)


def test_an_array_is_not_text(nnfs, runs):
    done = nnfs("predict", "tiny", "x.npy", "--format", "npy")
    assert done.code == 2
    assert "give --output FILE" in done.err


def test_a_file_is_written_whole_or_not_at_all(nnfs, runs, digits):
    np.save("x.npy", digits)
    np.save("bad.npy", np.zeros((2, 9)))
    Path("old.csv").write_text("old")
    done = nnfs("predict", "tiny", "x.npy", "bad.npy", "--output", "old.csv", "--strict")
    assert done.code == 3
    assert Path("old.csv").read_text() == "old"
    assert not list(Path().glob("*.tmp"))


def test_a_folder_that_is_not_there(nnfs, runs, digits):
    np.save("x.npy", digits)
    done = nnfs("predict", "tiny", "x.npy", "--output", "missing/a.csv")
    assert (done.code, done.err) == (6, "missing/a.csv: cannot be written: No such file or directory.\n")


def test_a_row_of_a_table_with_words(nnfs, runs, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("colour,size,price\nred,3,1\nblue,4,2\n"))
    rows = table(nnfs("predict", "kinds", "-").out)[1:]
    assert {row[1] for row in rows} <= {"cup", "mug"}
    assert nnfs("predict", "kinds", "table.csv").out.count("\n") == 25


def test_values(nnfs, runs):
    head, *rows = table(nnfs("predict", "prices", "table.csv").out)
    assert head == ["source", "price", "note", "error"]
    assert all(np.isfinite(float(row[1])) for row in rows)
    record = json.loads(nnfs("predict", "prices", "table.csv", "--format", "jsonl").out.splitlines()[0])
    assert set(record) == {"source", "price"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("small.csv", "1,2,3\n", "small.csv: model expects 64 features, got 3"),
        ("empty.csv", "", "empty.csv: holds no rows"),
        ("words.csv", ",".join(["x"] * 64) + "\n", "words.csv"),
        ("infinite.csv", ",".join(["inf"] * 64) + "\n", "infinite.csv"),
        ("damaged.npy", "no array", "damaged.npy: "),
        ("damaged.png", "no picture", "damaged.png: "),
        ("strange.xyz", "", "strange.xyz: is of no known kind. Expected a name that ends in .npy"),
    ],
)
def test_an_input_that_cannot_be_used(nnfs, runs, name, content, words):
    Path(name).write_text(content)
    done = nnfs("predict", "tiny", name, "--strict")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith(words)


def test_an_input_that_is_not_there(nnfs, runs):
    done = nnfs("predict", "tiny", "missing.png", "--strict")
    assert (done.code, done.err) == (3, "missing.png: there is no such file. Correct the path.\n")


def test_a_picture_for_a_model_of_tables(nnfs, runs):
    Image.new("L", (8, 8)).save("x.png")
    assert nnfs("predict", "prices", "x.png").code == 3


def test_a_run_that_is_not_there(nnfs, runs):
    done = nnfs("predict", "tinny", "x.npy")
    assert (done.code, done.err) == (4, "tinny: no such run or checkpoint. Did you mean 'tiny'?\n")


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
@pytest.mark.parametrize("name", ["answers.csv", "link.csv"])
def test_the_permissions_of_an_output_are_kept(nnfs, runs, name):
    Path("answers.csv").write_text("old")
    Path("answers.csv").chmod(0o606)
    Path("link.csv").symlink_to("answers.csv")
    assert nnfs("predict", "kinds", "table.csv", "--output", name).code == 0
    assert Path("answers.csv").read_text().startswith("source,label")
    assert Path("answers.csv").stat().st_mode & 0o777 == 0o606
    assert Path("link.csv").is_symlink()


@pytest.mark.parametrize("unit", [1.0, 3.0, 0.02])
@pytest.mark.parametrize("value", [1.2345678, 2_512_345.678912345, 9_999_999.123456789, 1e-3, 0.0])
def test_a_value_has_six_digits_of_its_own_or_of_its_unit(value, unit):
    largest = max(value, unit if value > unit else 0) or 1
    digits = 5 - math.floor(math.log10(unit if value > unit else largest))
    assert _short(value, unit) == pytest.approx(value, abs=0.5001 * 10.0**-digits)


def test_classes_whose_probabilities_are_the_same_stand_in_the_order_of_their_scores():
    scores = np.array([-900.0, 0.0, -800.0])
    cells = ClassRows(("a", "b", "c"), 3).flat(scores, np.exp(scores))
    assert cells == ["b", 1.0, "c", 0.0, "a", 0.0]
