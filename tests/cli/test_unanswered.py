"""Examples that cannot be answered have a row with the reason, the others their answers; the exit code is 3."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.samples import idx_bytes

PLAIN = np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8)
SUM = " could not be answered"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def answers(nnfs, *arguments) -> dict[str, tuple[str, str]]:
    """Label and probability by source, where everything is answered."""
    done = nnfs("predict", *arguments)
    assert (done.code, done.err) == (0, "")
    return {row["source"]: (row["label"], row["probability"]) for row in rows(done.out)}


def check(done, expected: dict[str, tuple[str, str]], reasons: dict[str, str]) -> None:
    """Rows in the order of these two: the same answers as alone, and reasons that begin like these."""
    found = rows(done.out)
    assert done.code == 3
    assert {row["source"] for row in found} == expected.keys() | reasons.keys()
    assert len(found) == len(expected) + len(reasons)
    for row in found:
        if row["source"] in expected:
            assert (row["label"], row["probability"], row["error"]) == (*expected[row["source"]], "")
        else:
            assert (row["label"], row["probability"]) == ("", "")
            assert row["error"].startswith(reasons[row["source"]])
    first = next(row["error"] for row in found if row["error"])
    told = "example" if len(found) == 1 else "examples"
    between = ": " if len(reasons) == 1 else ", the first: "
    assert done.err == f"{len(reasons)} of {len(found)} {told}{SUM}{between}{first}\n"


def test_a_folder_with_bad_pictures(nnfs, runs):
    Path("p").mkdir()
    for number, image in enumerate(PLAIN):
        Image.fromarray(image).save(f"p/{number}.png")
    expected = answers(nnfs, "tiny", "p")
    for number in (1, 4):
        Path(f"p/{number}.png").write_bytes(b"no picture")
        del expected[f"p/{number}.png"]
    reasons = {f"p/{number}.png": f"p/{number}.png: is damaged or not a picture" for number in (1, 4)}
    check(nnfs("predict", "tiny", "p"), expected, reasons)
    done = nnfs("predict", "tiny", "p", "--strict")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("p/1.png: is damaged or not a picture")


def test_rows_of_a_table(nnfs, runs):
    good = {0: "3,red,1.5", 4: "4,blue,2"}
    bad = {
        1: ("4,red,1;2", "x.csv:3: column 'price': expected a number, got '1;2'. Fix the cell or remove the row."),
        2: (
            "x,red,y",
            "x.csv:4: column 'size': expected a number, got 'x'; column 'price': expected a number, got 'y'",
        ),
        3: ("4,red", "x.csv:5: expected 3 cells, got 2. Fix or remove the row."),
        5: ("4,red,inf", "x.csv:7: column 'price': expected a finite number, got 'inf'"),
        6: ("big,red,2", "x.csv:8: column 'size': expected a number, got 'big'"),
    }
    Path("good.csv").write_text("size,colour,price\n" + "\n".join(good.values()) + "\n")
    expected = dict(zip(["x.csv[0]", "x.csv[4]"], answers(nnfs, "kinds", "good.csv").values(), strict=True))
    lines = good | {row: text for row, (text, _) in bad.items()}
    Path("x.csv").write_text("\n".join(["size,colour,price", *(lines[row] for row in sorted(lines))]))
    check(nnfs("predict", "kinds", "x.csv"), expected, {f"x.csv[{row}]": said for row, (_, said) in bad.items()})


def test_rows_before_damage_are_answered(nnfs, runs, monkeypatch):
    text = "size,colour,price\n3,red,1.5\n4,blue,2\n" + '5,"red,3\n6,red,4\n'
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(text.split("\n")[:3])))
    expected = answers(nnfs, "kinds", "-")
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    check(nnfs("predict", "kinds", "-"), expected, {"stdin": "stdin:4: unexpected end of data. Check the quotes"})


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_numbers_that_are_not_finite(nnfs, runs, name):
    x = PLAIN.reshape(6, 64).astype(np.float32)
    np.save("whole.npy", x)
    np.savez("whole.npz", x=x)
    same = answers(nnfs, "tiny", f"whole.{name[2:]}")
    x[1, 5], x[4, 63] = np.nan, -np.inf
    np.save("x.npy", x)
    np.savez("x.npz", x=x)
    reasons = {
        f"{name}[1]": f"{name}[1]: feature (0, 0, 5): expected a finite number, got nan.",
        f"{name}[4]": f"{name}[4]: feature (0, 7, 7): expected a finite number, got -inf.",
    }
    expected = {source.removeprefix("whole").replace(".", "x.", 1): answer for source, answer in same.items()}
    check(nnfs("predict", "tiny", name), {k: v for k, v in expected.items() if k not in reasons}, reasons)


def test_an_answer_that_is_not_finite(nnfs, runs):
    Path("x.csv").write_text("size,colour,price\n3,red,1\n3e38,red,3e38\n")
    done = nnfs("predict", "kinds", "x.csv")
    assert [bool(row["error"]) for row in rows(done.out)] in ([False, True], [False, False])
    assert done.code == (3 if "too large" in done.out else 0)


WHOLE = {
    "none.npy": (None, "none.npy: there is no such file."),
    "x.xyz": (b"", "x.xyz: is of no known kind."),
    "x.npy": (b"no array", "x.npy: is damaged or not a .npy file"),
    "x.csv": (b"a,b\n1,2\n", "x.csv: model expects 64 features, got 2"),
    "x-ubyte.gz": (gzip.compress(idx_bytes(PLAIN))[:-4], "x-ubyte.gz: is damaged or not an IDX file"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_input_is_one_row(nnfs, runs, name):
    content, said = WHOLE[name]
    np.save("good.npy", PLAIN)
    expected = answers(nnfs, "tiny", "good.npy")
    if content is not None:
        Path(name).write_bytes(content)
    check(nnfs("predict", "tiny", name, "good.npy"), expected, {name: said})
    check(nnfs("predict", "tiny", name), {}, {name: said})


@pytest.mark.parametrize("form", ["jsonl", "npy", "csv"])
def test_a_file_is_written_although_some_failed(nnfs, runs, form):
    np.save("good.npy", PLAIN[:2])
    Path("bad.png").write_bytes(b"")
    nnfs("predict", "tiny", "good.npy", "--output", f"all.{form}")
    done = nnfs("predict", "tiny", "good.npy", "bad.png", "good.npy", "--output", f"a.{form}")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("1 of 5 examples could not be answered: bad.png: is damaged")
    assert not list(Path().glob(".*.tmp"))
    if form == "npy":
        found, good = np.load("a.npy"), np.load("all.npy")
        assert np.isnan(found[2]).all()
        assert (found[[0, 1, 3, 4]] == np.concatenate([good, good])).all()
    elif form == "jsonl":
        found = [json.loads(line) for line in Path("a.jsonl").read_text().splitlines()]
        good = [json.loads(line) for line in Path("all.jsonl").read_text().splitlines()]
        assert [*found[:2], *found[3:]] == [*good, *good]
        assert set(found[2]) == {"source", "error"}
    else:
        assert [bool(row["error"]) for row in rows(Path("a.csv").read_text())] == [False, False, True, False, False]


def test_strict_answers_like_before_where_nothing_is_wrong(nnfs, runs):
    np.save("x.npy", PLAIN)
    strict, usual = (rows(nnfs("predict", "tiny", "x.npy", *more).out) for more in (["--strict"], []))
    assert list(strict[0]) == ["source", "label", "probability"]
    assert [{**row, "error": ""} for row in strict] == usual


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("form", ["csv", "npy"])
def test_a_pipe_gets_the_same_bytes(nnfs, runs, form):
    np.save("x.npy", PLAIN)
    os.mkfifo("pipe")
    got = list[bytes]()
    reader = threading.Thread(target=lambda: got.append(Path("pipe").read_bytes()))
    reader.start()
    assert nnfs("predict", "tiny", "x.npy", "--format", form, "--output", "pipe").code == 0
    reader.join()
    assert nnfs("predict", "tiny", "x.npy", "--output", f"a.{form}").code == 0
    assert got == [Path(f"a.{form}").read_bytes()]
    assert Path("pipe").is_fifo()


def test_memory_does_not_grow_with_the_rows(nnfs, runs):
    def peak(count: int, form: str) -> int:
        np.save("x.npy", np.resize(PLAIN, (count, 64)))
        tracemalloc.start()
        try:
            assert nnfs("predict", "tiny", "x.npy", "--output", f"a.{form}").code == 0
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(20_000, "npy") < 1.2 * peak(8192, "npy")
    assert peak(16_384, "jsonl") < 1.2 * peak(8192, "jsonl")


@pytest.mark.parametrize(
    ("name", "dtype", "order"),
    [
        *(("x.npy", "float32", "C"), ("x.npy", ">f8", "F"), ("x.npy", "uint8", "F"), ("x.npy", "int64", "C")),
        *(("x.npz", "float32", "F"), ("x.npz", ">f8", "C"), ("x.npz", "uint8", "C"), ("x.npz", "int64", "F")),
    ],
)
def test_more_examples_than_a_block_holds(nnfs, runs, monkeypatch, name, dtype, order):
    x = np.random.default_rng(1).integers(0, 256, (1000, 8, 8)).astype(dtype)
    for path, rows_at_once in (("whole.npy", 4096), ("parts.npy", 256)):
        monkeypatch.setattr("nnfs_cli.data.inputs.arrays.MOST_ROWS", rows_at_once)
        np.save("x.npy", np.asarray(x, order=order))
        np.savez_compressed("x.npz", x=np.asarray(x, order=order))
        assert nnfs("predict", "tiny", name, "--output", path).code == 0
    assert Path("whole.npy").read_bytes() == Path("parts.npy").read_bytes()
    np.save("plain.npy", x.astype(np.uint8) if dtype == "uint8" else x.astype(np.float64))
    assert nnfs("predict", "tiny", "plain.npy", "--output", "plain-answers.npy").code == 0
    assert np.load("parts.npy") == pytest.approx(np.load("plain-answers.npy"), abs=1e-6)


def test_tabs_separate_the_cells_of_tsv(nnfs, runs):
    table = Path("table.csv").read_text()
    Path("table.tsv").write_text(table.replace(",", "\t"))
    nnfs("predict", "kinds", "table.csv", "--output", "a.csv")
    assert nnfs("predict", "kinds", "table.tsv", "--output", "b.csv").code == 0
    assert Path("b.csv").read_text().replace("table.tsv", "table.csv") == Path("a.csv").read_text()
    assert nnfs("evaluate", "kinds", "--set", "dataset.test=table.tsv").code == 0
    more = ("--set", "dataset.train=table.tsv", "--name", "tabs", "--quiet")
    assert nnfs("train", "kinds.yaml", *more).code == 0
    assert nnfs("predict", "tabs", "table.tsv", "--output", "c.csv").code == 0
    assert Path("c.csv").read_text() == Path("b.csv").read_text()


@pytest.mark.parametrize(
    ("targets", "source", "error"),
    [
        (("error", "error_2"), "source", "error_3"),
        (("source", "label"), "source_2", "error"),
        (("error", "source"), "source_2", "error_2"),
        (("note", "error"), "source", "error_2"),
    ],
)
def test_targets_that_are_called_as_other_columns(nnfs, targets, source, error):
    one, other = targets
    Path("t.csv").write_text(f"a,{one},{other}\n" + "".join(f"{k},{k / 2},{k / 3}\n" for k in range(20)))
    Path("c.yaml").write_text(
        f"dataset: {{type: csv, train: t.csv, target: [{one}, {other}], validation: 0}}\n"
        "model: {layers: [{type: dense, units: 2}]}\nloss: mse\noptimizer: {type: adam, lr: 1e-2}\n"
        "training: {epochs: 1, workers: 1}\n"
    )
    assert nnfs("train", "c.yaml", "--name", "e", "--quiet").code == 0
    Path("new.csv").write_text("a\n1\nx\n\n")
    note = "note_2" if "note" in targets else "note"
    done = nnfs("predict", "e", "new.csv")
    first, second = rows(done.out)
    assert list(first) == [source, one, other, note, error]
    assert (first[source], float(first[one]) is not None, first[error]) == ("new.csv[0]", True, "")
    assert (second[one], second[error].startswith("new.csv:3: column 'a'")) == ("", True)
    good, bad = map(json.loads, nnfs("predict", "e", "new.csv", "--format", "jsonl").out.splitlines())
    assert list(good) == [source, one, other]
    assert list(bad) == [source, error]


def test_answers_never_take_the_place_of_what_they_answer(nnfs, runs):
    Path("in.csv").write_text(Path("table.csv").read_text())
    Path("link.csv").symlink_to("in.csv")
    before = Path("in.csv").read_bytes()
    for output in ("in.csv", "./in.csv", "link.csv"):
        done = nnfs("predict", "kinds", "table.csv", "in.csv", "--output", output)
        assert (done.code, done.out) == (2, "")
        assert f"--output {Path(output)}: is an input, which would be lost. Choose another name." in done.err
    assert Path("in.csv").read_bytes() == before
    assert nnfs("predict", "kinds", "in.csv", "--output", "out.csv").code == 0
    assert nnfs("predict", "kinds", "in.csv", "--output", "out.csv").code == 0


@pytest.mark.parametrize(
    "name",
    [
        "checkpoints/best.safetensors",
        "checkpoints/other.csv",
        "config.yaml",
        "metrics.csv",
        "steps.csv",
        "summary.json",
    ],
)
def test_answers_never_take_the_place_of_what_a_run_is(nnfs, runs, name):
    Path("in.csv").write_text(Path("table.csv").read_text())
    before = {path: path.read_bytes() for path in Path("runs/kinds").rglob("*") if path.is_file()}
    done = nnfs("predict", "kinds", "in.csv", "--output", f"runs/kinds/{name}", "--format", "csv")
    assert (done.code, done.out) == (2, "")
    assert "is a file of " in done.err
    assert {path: path.read_bytes() for path in Path("runs/kinds").rglob("*") if path.is_file()} == before
    assert nnfs("predict", "kinds", "in.csv", "--output", "runs/kinds/answers.csv").code == 0


def test_answers_never_take_the_place_of_the_checkpoint_that_gives_them(nnfs, runs):
    Path("in.csv").write_text(Path("table.csv").read_text())
    before = Path("runs/kinds/checkpoints/best.safetensors").read_bytes()
    Path("alone.safetensors").write_bytes(before)
    done = nnfs("predict", "alone.safetensors", "in.csv", "--output", "./alone.safetensors", "--format", "csv")
    assert (done.code, "is a file of " in done.err) == (2, True)
    assert Path("alone.safetensors").read_bytes() == before


@pytest.mark.parametrize("name", ["o.xlsx", "o.PARQUET", "o.npz", "o.json", "o.csv.gz"])
def test_a_format_that_is_not_written_is_refused(nnfs, runs, name):
    np.save("x.npy", PLAIN)
    done = nnfs("predict", "tiny", "x.npy", "--output", name)
    assert (done.code, "cannot be written. Give --format csv or jsonl or npy." in done.err) == (2, True)
    assert not Path(name).exists()
    assert nnfs("predict", "tiny", "x.npy", "--output", name, "--format", "csv").code == 0
    assert len(rows(Path(name).read_text())) == len(PLAIN)
