"""What is dumped is pleasant to read, and read back exactly."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.config import dump, dump_readable, from_mapping, load
from nnfs_cli.config.yaml.problems import Problems
from nnfs_cli.config.yaml.reader import read_text
from nnfs_cli.config.yaml.tree import Location
from nnfs_cli.errors import ConfigError

MAPPING = {
    "seed": 0,
    "dataset": {"type": "mnist", "validation": 0.1, "limit": None},
    "model": {"layers": [{"type": "flatten"}, {"type": "conv2d", "filters": 8, "kernel_size": [3, 3]}]},
    "loss": {"type": "cross_entropy"},
    "optimizer": {"type": "adam", "eps": 1e-8, "decoupled": False},
    "training": {"epochs": 5, "early_stopping": {"patience": 3}},
}

TEXT = """\
# first
#
# third
seed: 0

dataset:
  type: mnist
  validation: 0.1
  limit: null

model:
  layers:
    - flatten
    - {type: conv2d, filters: 8, kernel_size: [3, 3]}

loss: cross_entropy
optimizer: {type: adam, eps: 1e-08, decoupled: false}

training:
  epochs: 5
  early_stopping: {patience: 3}
"""


def test_text():
    assert dump(MAPPING, "first\n\nthird") == TEXT


def test_long_choices_get_a_line_for_every_key():
    text = dump({"scheduler": {"type": "one_cycle", **{f"a_long_name_{index}": index for index in range(10)}}})
    assert text.startswith("scheduler:\n  type: one_cycle\n  a_long_name_0: 0\n")


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("ab:#'\"{}[],-\n é0", max_size=8)
)
KEYS = st.text("abc_ :", min_size=1, max_size=8)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_values_survive(mapping):
    problems = Problems()
    assert read_text(dump(mapping), Location("x", 1), problems).plain() == mapping
    assert not len(problems)


def test_a_dumped_configuration_loads_equal(tmp_path):
    mapping = {
        "dataset": {"type": "mnist", "fallback": "digits", "validation": 5000},
        "model": {"layers": ["flatten", {"type": "dense", "units": 10}]},
        "scheduler": {"type": "one_cycle", "max_lr": 1 / 3, "style": "smith"},
        "training": {"epochs": 1, "early_stopping": {}, "workers": 2},
    }
    resolved = from_mapping(mapping, "x").resolved()
    path = tmp_path / "config.yaml"
    path.write_text(dump(resolved, "written by a test"))
    assert load(path).resolved() == resolved


def test_a_header_with_what_yaml_refuses_can_be_read_again():
    text = dump({"seed": 1}, header="from \x1b\ud800\u202e.yaml\nand more")
    assert text.startswith("# from \\x1b\\ud800\\u202e.yaml\n# and more\n")
    assert read_text(text, Location("x", 1), Problems()).plain() == {"seed": 1}


MODEL = {"dataset": {"type": "digits"}, "training": {"epochs": 1}}


def nested(levels: int) -> list:
    return [nested(levels - 1)] if levels else []


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"description": "a" * (1 << 20)}, "larger than 1 MiB"),
        ({"model": {"layers": [{"type": "relu"}] * 5_000}}, "the checkpoint: more than 10,000 values"),
        ({"model": {"layers": list(range(10_000))}}, "more than 10,000 values"),
        ({"model": nested(40)}, "nested deeper than 32 levels"),
        ({"a" * 101: 1}, "expected a word as the key"),
        ({"description": "a\x01"}, "a character that cannot be shown"),
        ({"description": "a\udcff"}, "a character that cannot be shown"),
    ],
    ids=range(7),
)
def test_the_writer_refuses_what_a_reader_would_refuse(mapping, words):
    with pytest.raises(ConfigError, match=words) as refused:
        dump_readable({**MODEL, **mapping}, "big.yaml")
    assert str(refused.value).startswith(
        "big.yaml: with all defaults written out, the configuration could not be read again:"
    )


def test_what_readers_take_is_written_as_ever():
    assert dump_readable(MAPPING, "x", "first\n\nthird") == TEXT


def test_a_note_about_any_file_is_a_comment():
    text = dump_readable(MAPPING, "x", "a\x1b[31m\udcff is not there")
    assert text.startswith("# a\\x1b[31m\\udcff is not there\n")


@pytest.mark.parametrize("length", range(78, 95))
def test_an_entry_of_a_list_is_a_block_where_its_line_would_be_too_long(length):
    layers = [{"type": "dense", "units": 1, "init": "a" * length}]
    assert max(map(len, dump({"model": {"layers": layers}}).splitlines())) <= 120
