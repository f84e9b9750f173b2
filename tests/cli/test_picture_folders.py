"""Folders of pictures: spellings of a class, a share to test on, and the memory that they take."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnfs_cli import footprint
from tests.cli.test_bad_pictures import CONFIG, write

COMPOSED, DECOMPOSED = "gr\u00fcn", "gru\u0308n"


@pytest.fixture(autouse=True)
def configuration(directory):
    Path("c.yaml").write_text(CONFIG)
    write("tr")


def spelled(folder: str, name: str, picture: str = "0.png") -> None:
    """The upper pictures under another name, made by somebody else."""
    Path(folder, name).mkdir(parents=True, exist_ok=True)
    Image.open(f"tr/top/{picture}").save(Path(folder, name, picture))


@pytest.mark.parametrize(("train", "test"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
def test_a_class_in_two_spellings_is_one(nnfs, train, test):
    Path("tr/top").rename(f"tr/{train}")
    write("te")
    Path("te/top").rename(f"te/{test}")
    assert nnfs("train", "c.yaml", "--name", "r", "--quiet", "--set", "dataset.test=te").code == 0
    report = json.loads(nnfs("evaluate", "r", "--json").out)
    assert [row["class"] for row in report["classes"]] == [COMPOSED, "low"]
    assert [row["examples"] for row in report["classes"]] == [6, 6]


def test_two_spellings_side_by_side_are_one_class_with_all_pictures(nnfs):
    spelled("tr", COMPOSED, "1.png")
    spelled("tr", DECOMPOSED, "2.png")
    if len(list(Path("tr").iterdir())) < 4:
        pytest.skip("this file system knows one spelling only")
    done = nnfs("train", "c.yaml", "--name", "r", "--set", "model.layers=[flatten, {type: dense, units: 3}]")
    assert "14 training examples" in done.err
    report = json.loads(nnfs("evaluate", "r", "--split", "train", "--json").out)
    assert {row["class"]: row["examples"] for row in report["classes"]} == {COMPOSED: 2, "low": 6, "top": 6}
    assert unicodedata.is_normalized("NFC", report["classes"][0]["class"])


def test_a_share_is_held_out_once_and_for_all(nnfs):
    """Three of six in each class, the same whatever the seed; the rest is trained on."""
    shares = ("--set", "dataset.test=0.5", "--set", "dataset.validation=2")
    announced = nnfs("check", "c.yaml", *shares)
    assert announced.code == 0
    reports = []
    for seed in ("1", "2"):
        done = nnfs("train", "c.yaml", "--name", f"r{seed}", "--seed", seed, *shares)
        assert "4 training examples" in done.err
        reports.append(json.loads(nnfs("evaluate", f"r{seed}", "--json").out))
    assert [row["examples"] for row in reports[0]["classes"]] == [3, 3]
    assert reports[0]["sha256"] == reports[1]["sha256"]
    train, held = (
        json.loads(nnfs("evaluate", "r1", "--split", name, "--json").out) for name in ("train", "validation")
    )
    assert (train["examples"], held["examples"]) == (4, 2)
    Image.new("L", (8, 8)).save("tr/low/more.png")
    done = nnfs("evaluate", "r1")
    assert done.code == 3
    assert "the test split was drawn from this file, and comes out differently" in done.err


@pytest.mark.parametrize("share", ["0.0", "1.0", "-0.5"])
def test_a_share_of_nothing_or_all(nnfs, share):
    done = nnfs("train", "c.yaml", "--set", f"dataset.test={share}")
    assert done.code == 2
    assert "expected a path, a share between 0 and 1, or null" in done.err


def test_large_pictures_are_counted_before_they_are_read(nnfs, monkeypatch):
    """12 of 27 MB each: more than what is left; and 32 MB for a picture of 8 KB that is read."""
    assert nnfs("train", "c.yaml", "--name", "r", "--quiet").code == 0
    monkeypatch.setattr(footprint, "available_memory", lambda: footprint.program() + 300 * 10**6)
    monkeypatch.setattr("nnfs_cli.data.pictures.picture_reader.decode_all", None)
    done = nnfs("train", "c.yaml", "--set", "dataset.size=3000", "--set", "dataset.limit=2")
    assert done.code == 6
    assert "training needs" in done.err
    monkeypatch.setattr(footprint, "available_memory", lambda: footprint.program() + 20 * 10**6)
    write("te")
    Image.new("RGBA", (1800, 1800), (1, 2, 3, 4)).save("te/top/bomb.png")
    assert Path("te/top/bomb.png").stat().st_size < 20_000
    done = nnfs("evaluate", "r", "--set", "dataset.test=te")
    assert done.code == 6
    assert re.match(r"te: test: reading needs .* MiB available\. Measure a smaller folder with", done.err)


def test_the_announcement_counts_what_decoding_takes(nnfs):
    """A picture of 16 million pixels, in a file of some kilobytes."""
    before = json.loads(nnfs("check", "c.yaml", "--json").out)["memory"]["data"]
    Image.new("L", (4000, 4000)).save("tr/top/bomb.png")
    after = json.loads(nnfs("check", "c.yaml", "--json").out)["memory"]["data"]
    assert np.isclose(after - before, 160e6, rtol=0.01)
