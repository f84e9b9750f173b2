"""Checkpoints: headers that lie, states that mean harm."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from safetensors.numpy import save

from nnfs_cli.runs import checkpoint
from tests.fuzz import tiny

EMPTY = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}


def header(entries: dict[str, Any], body: bytes = bytes(8)) -> bytes:
    """A safetensors file with these entries in its header."""
    return raw_header(json.dumps(entries), body)


def raw_header(text: str, body: bytes = bytes(8)) -> bytes:
    """A safetensors file with this text as its header."""
    return struct.pack("<Q", len(text.encode())) + text.encode() + body


def tensor(shape: list[int], end: int, dtype: str = "F32", start: int = 0) -> dict[str, Any]:
    """An entry of a header."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def settled(data: bytes) -> bytes:
    """A safetensors file with its header in the order of the alphabet, where the library has no order."""
    end = 8 + int.from_bytes(data[:8], "little")
    text = json.dumps(json.loads(data[8:end]), sort_keys=True).encode()
    return len(text).to_bytes(8, "little") + text + data[end:]


def forged(text: str) -> bytes:
    """A checkpoint with a right digest and any text as its state."""
    return settled(save({}, {"nnfs": text, "sha256": checkpoint._digest({}, text)}))


def checkpoints() -> dict[str, bytes]:
    """Headers that lie, files of other kinds, and states that are none."""
    a, twice = tensor([2], 8), '{"a":%s,"a":%s}' % ((json.dumps(tensor([2], 8)),) * 2)
    contents = {
        "empty": b"",
        "three_bytes": b"abc",
        "text": b"# not a checkpoint at all\n",
        "claims_an_exbibyte_of_header": struct.pack("<Q", 2**60) + b"{}",
        "claims_5_mib_of_header": struct.pack("<Q", 5 << 20) + b"{}",
        "cut_in_its_header": header({"a": a})[:40],
        "cut_in_its_tensors": header({"a": a})[:-1],
        "trailing_byte": header({"a": a}) + b"\0",
        "claims_4_tib": header({"a": tensor([2**40], 2**42)}),
        "shape_overflows": header({"a": tensor([2**63, 2**63], 8)}),
        "shape_overflows_to_what_is_there": header({"a": tensor([2**32, 2**32, 4], 8)}),
        "shape_overflows_to_nothing": header({"a": tensor([2**32, 2**32], 0)}, b""),
        "nothing_of_a_huge_shape": header({"a": tensor([0, 2**62, 2**62], 0)}, b""),
        "negative_shape": header({"a": tensor([-1], 8)}),
        "fractional_shape": raw_header('{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}'),
        "object_dtype": header({"a": tensor([1], 8, "O")}),
        "dtype_with_escapes": header({"a": tensor([1], 8, "\n\x1b[31mF32")}),
        "bfloat16": header({"a": tensor([4], 8, "BF16")}),
        "float8": header({"a": tensor([8], 8, "F8_E4M3")}),
        "overlapping_offsets": header({"a": a, "b": tensor([2], 8)}),
        "half_overlapping_offsets": header({"a": a, "b": tensor([1], 8, start=4)}),
        "gap_between_offsets": header({"a": tensor([1], 4), "b": tensor([1], 12, start=8)}, bytes(12)),
        "reversed_offsets": header({"a": tensor([2], 0, start=8)}),
        "offsets_beyond_64_bits": header({"a": tensor([2], 2**70)}),
        "one_name_twice": raw_header(twice),
        "name_with_escapes": header({"a\n\x1b[31m": a}),
        "deep_header": raw_header('{"a":' + "[" * 2000 + "]" * 2000 + "}"),
        "header_is_a_list": raw_header("[1,2,3]"),
        "header_is_not_utf8": struct.pack("<Q", 4) + b'{"\xff"',
        "metadata_of_numbers": header({"__metadata__": {"nnfs": 1}, "a": a}),
        "no_metadata": header({"a": a}),
        "of_another_program": save({"weight": np.ones(3)}, {"format": "pt"}),
        "wrong_digest": settled(save({}, {"nnfs": '{"format": 1}', "sha256": "0" * 64})),
        "state_cut": forged('{"format": 1'),
        "state_deep": forged("[" * 3000),
        "state_with_nan": forged('{"format": 1, "loss": NaN}'),
        "state_with_a_number_of_5000_digits": forged('{"format": 1, "x": ' + "9" * 5000 + "}"),
        "state_is_a_list": forged("[]"),
        "state_of_another_format": forged('{"format": 999}'),
        "state_of_nothing": forged('{"format": 1}'),
    }
    return {f"{name}.safetensors": content for name, content in contents.items()}


def states() -> dict[str, bytes]:
    """The state of a training with names and numbers that mean harm."""
    whole = json.loads(tiny.state())
    changes = {
        "os_system_as_layer": ("network", "layers", 0, "type", "os.system"),
        "path_as_layer": ("network", "layers", 0, "type", "../../evil"),
        "address_as_layer": ("network", "layers", 0, "type", "http://evil/layer"),
        "units_10_to_12": ("network", "layers", 0, "units", 10**12),
        "units_10_to_40": ("network", "layers", 0, "units", 10**40),
        "object_as_dtype": ("network", "dtype", "object"),
        "os_system_as_loss": ("loss", "type", "os.system"),
        "os_system_as_data": ("config", "dataset", "type", "os.system"),
        "path_as_data": ("config", "dataset", "type", "/etc/passwd"),
        "os_system_as_optimizer": ("config", "optimizer", "type", "os.system"),
        "layer_with_another_key": ("network", "layers", 0, "command", "rm"),
        "ragged_mean": ("data", "standardizer", "mean", [[0.0], [0.0, 0.0]]),
        "infinite_step": ("training", "progress", "step", float("inf")),
        "row_of_words": ("training", "progress", "last", ["a"]),
        "classes_of_numbers": ("data", "classes", [0, 1, 2]),
    }
    return {f"{name}.json": _changed(whole, way) for name, way in changes.items()}


def _changed(whole: dict[str, Any], way: tuple[Any, ...]) -> bytes:
    tree = json.loads(json.dumps(whole))
    *keys, last, value = way
    inner = tree
    for key in keys:
        inner = inner[key]
    inner[last] = value
    return json.dumps(tree).replace("Infinity", "1e999").encode()
