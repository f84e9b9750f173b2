"""The reader takes any bytes: a tree with lines, or a sentence, and never long."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.config.yaml.problems import Problems
from nnfs_cli.config.yaml.reader import LARGEST_FILE, read_file, read_text
from nnfs_cli.config.yaml.tree import Location, find
from nnfs_cli.errors import ConfigError, MachineError

SAMPLE = """\
seed: 0
dataset: {type: mnist, fallback: digits}
model:
  layers: &layers
    - flatten
    - type: dense
      units: 10
copy: *layers
"""


def read(content: bytes, folder: Path):
    path = folder / "x.yaml"
    path.write_bytes(content)
    return read_file(path, Problems())


@pytest.mark.parametrize(
    ("path", "line"),
    [("seed", 1), ("dataset.fallback", 2), ("model", 3), ("model.layers", 4), ("model.layers[0]", 5),
     ("model.layers[1]", 6), ("model.layers.1.units", 7), ("copy", 8), ("copy[1].units", 8), ("model.layers[7]", 4)],
)  # fmt: skip
def test_lines(path, line):
    assert find(read_text(SAMPLE, Location("x", 1), Problems()), path).location == Location("x", line)


def test_an_alias_is_a_copy():
    tree = read_text(SAMPLE, Location("x", 1), Problems()).plain()
    assert tree["copy"] == tree["model"]["layers"] == ["flatten", {"type": "dense", "units": 10}]


def test_byte_order_mark_and_windows_line_ends(tmp_path):
    root = read(b"\xef\xbb\xbfseed: 1\r\ndescription: caf\xc3\xa9\r\n", tmp_path)
    assert root.plain() == {"seed": 1, "description": "café"}
    assert root.value["description"].location.line == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"seed: 1\ndescription: caf\xe9\n", "x.yaml:2: not UTF-8 text"),
        (b"seed: 1\n" + b"#" * LARGEST_FILE, "x.yaml: larger than 1 MiB"),
        (b"seed: 1\n\x01", "x.yaml:2: a character that cannot be shown (code 1)"),
        (b'seed: "\\UFFFFFFFF"', "x.yaml: not valid YAML: a number or an escape is too large"),
        (b"%YAML 1." + b"9" * 5000 + b"\n---\nseed: 1", "x.yaml: not valid YAML: a number or an escape is too large"),
        (b"\x00\x01\x02\xff", "x.yaml:1: not UTF-8 text"),
        (b"x" * 200 + b": 1", "x.yaml:1: expected a word as the key, got 200 characters. Write at most 100."),
    ],
)
def test_refused_bytes(content, sentence, tmp_path):
    with pytest.raises(ConfigError) as caught:
        read(content, tmp_path)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [1\nb: 2", "2: not valid YAML: the [ in line 1 is not closed, or a comma is missing. Add ] or the comma."),
        (
            "a: {b: 1\nc: 2",
            "2: not valid YAML: the { in line 1 is not closed, or a comma is missing. Add } or the comma.",
        ),
        ("a: 'x\nb: 2", "2: not valid YAML: the quote in line 1 is not closed. Add the second one."),
        ("a: 1\nb\nc: 3", "3: not valid YAML: expected a colon and a space after the key in line 2. Add them."),
        ("a: - b", "1: not valid YAML: a list cannot begin here. Begin it with - in a line of its own."),
        ("a: @x", "1: not valid YAML: a value cannot begin with '@'. Put it in quotes."),
        (
            r'a: "C:\data"',
            r"1: not valid YAML: in double quotes, \ before 'd' has no meaning. Write \\, or use single quotes.",
        ),
        (
            "a:\n    b: 1\n  c: 2",
            "3: not valid YAML: this does not continue what begins in line 1. "
            "Check the indentation, the quotes and the brackets.",
        ),
    ],
)
def test_common_slips_are_told_in_plain_words(text, sentence):
    with pytest.raises(ConfigError) as caught:
        read_text(text, Location("x.yaml", 1), Problems())
    assert str(caught.value) == f"x.yaml:{sentence}"


def test_missing_file_names_a_neighbour(tmp_path):
    (tmp_path / "mnist_dense.yaml").touch()
    with pytest.raises(ConfigError, match=r"no such file. Did you mean .*mnist_dense.yaml\?"):
        read_file(tmp_path / "mnist_dens.yaml", Problems())
    with pytest.raises(ConfigError, match=r"no such file. Correct the path.$"):
        read_file(tmp_path / "no folder" / "mnist.yaml", Problems())


def test_directory(tmp_path):
    with pytest.raises(ConfigError, match="a directory, expected a YAML file"):
        read_file(tmp_path, Problems())


def test_the_system_refuses(tmp_path):
    with pytest.raises(MachineError, match="cannot be read"):
        read_file(tmp_path / ("x" * 300), Problems())


PIECES = [
    *"ab:-{}[]|'\"?#%@~\\\t\n\x00\ud800\u2028é",
    ": ",
    "- ",
    "  ",
    "&a ",
    "*a",
    "<<",
    "!!int ",
    "---\n",
    "017",
    "1e3",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=40))
def test_only_config_errors_escape(text):
    with contextlib.suppress(ConfigError):
        root = read_text(text, Location("x", 1), Problems())
        assert isinstance(root.show(), str)


def test_the_directory_of_a_run_leads_to_its_configuration(tmp_path):
    (tmp_path / "config.yaml").write_text("seed: 0")
    with pytest.raises(ConfigError, match=r"Did you mean .*config\.yaml, or --resume"):
        read_file(tmp_path, Problems())
