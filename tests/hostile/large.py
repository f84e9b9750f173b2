"""Large: hostile files that are made when they are needed."""

from __future__ import annotations

import gzip
import json
import struct
import zipfile
from collections.abc import Callable

import numpy as np

from tests.fuzz import tiny
from tests.hostile.making.arrays import archive, of, saved
from tests.hostile.making.checkpoints import EMPTY, forged, header, raw_header

BOMB = 32 << 20
LABELS = saved(np.arange(4) % 2)


def entries(count: int) -> bytes:
    """A checkpoint with so many empty tensors."""
    entry = json.dumps(EMPTY)
    return raw_header("{" + ",".join(f'"t{number}":{entry}' for number in range(count)) + "}", b"")


def state_with(change: Callable[[dict], None]) -> bytes:
    """The state of a training after a change."""
    state = json.loads(tiny.state())
    change(state)
    return json.dumps(state).encode()


def exploding_table() -> bytes:
    """A table of 600 KiB, every cell of a column another text: 150,000 features."""
    rows = [",".join(f"c{column}" for column in range(500)), *(",".join([f"a{row:x}"] * 500) for row in range(300))]
    return "\n".join(rows).encode()


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a million tensors": ("checkpoint", lambda: entries(1_000_000)),
    "as many tensors as a header holds": ("checkpoint", lambda: entries(60_000)),
    "10,000 tensors of somebody else": ("checkpoint", lambda: entries(10_000)),
    "a deep header": ("checkpoint", lambda: raw_header("[" * 4_000_000)),
    "a deep state": ("checkpoint", lambda: forged("[" * 4_000_000)),
    "a large state": ("checkpoint", lambda: forged(json.dumps({"format": 1, "x": "a" * 4_000_000}))),
    "a header of blanks": ("checkpoint", lambda: raw_header("{" + " " * 4_000_000 + "}")),
    "a tensor of 4 TiB": ("checkpoint", lambda: header({"a": {**EMPTY, "shape": [2**40], "data_offsets": [0, 2**42]}})),
    "100,000 layers": ("state", lambda: state_with(lambda s: s["network"].update(layers=[{"type": "relu"}] * 100_000))),
    "300,000 axes": ("state", lambda: state_with(lambda s: s["network"].update(input_shape=[1] * 300_000))),
    "500,000 classes": ("state", lambda: state_with(lambda s: s["data"].update(classes=["a"] * 500_000))),
    "300,000 columns": (
        "state",
        lambda: state_with(lambda s: s["training"]["progress"].update(last=dict.fromkeys(map(str, range(300_000)), 1))),
    ),
    "300,000 sections": (
        "state",
        lambda: state_with(lambda s: s.update(config=dict.fromkeys(map(str, range(300_000))))),
    ),
    "a mebibyte of one word": ("yaml", lambda: b"dataset: " + b"a" * (1 << 20)),
    "9,900 unknown keys": ("yaml", lambda: b"".join(b"key%d: 1\n" % number for number in range(9_900))),
    "20,000 values": ("yaml", lambda: b"a: [" + b"1," * 20_000 + b"]"),
    "gzip bomb": ("idx", lambda: gzip.compress(struct.pack(">4BI", 0, 0, 8, 1, 1) + bytes(BOMB), 1)),
    "gzip bomb that says so": ("idx", lambda: gzip.compress(struct.pack(">4BI", 0, 0, 8, 1, BOMB) + bytes(BOMB), 9)),
    "100,000 empty gzip members": ("idx", lambda: gzip.compress(b"", mtime=0) * 100_000),
    "one line of 16 MiB": ("csv", lambda: b"a" * (16 << 20)),
    "four million commas": ("csv", lambda: b"a,y\n" + b"," * 4_000_000),
    "an open quote": ("csv", lambda: b'a,y\n"' + b"a\n" * (4 << 20)),
    "a cell of 200,000 characters": ("csv", lambda: b"a,y\n" + b"a" * 200_000 + b",1\n"),
    "400,000 columns of one name": ("csv", lambda: b",".join([b"c"] * 400_000)),
    "texts that become 150,000 features": ("csv", exploding_table),
    "zip bomb": ("npz", lambda: archive(zipfile.ZIP_DEFLATED, x=of("'|u1'", f"({BOMB},)", bytes(BOMB)), y=LABELS)),
    "60,000 members": ("npz", lambda: archive(**{f"m{number}": b"" for number in range(60_000)})),
}
