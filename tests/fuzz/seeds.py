"""Seeds: files of every kind to begin with, and the pieces that mean something in them."""

from __future__ import annotations

import gzip
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED

import numpy as np

from nnfs_cli.runs import checkpoint
from tests.data.samples import idx_bytes
from tests.fuzz import tiny
from tests.fuzz.mutate import Mutator
from tests.fuzz.trees import TreeMutator
from tests.hostile.making.arrays import archive, saved

TESTS = Path(__file__).parents[1]
HOSTILE = TESTS / "hostile"
SHORT = 200
"""Characters of a configuration: what takes most of the time of its reader is its length."""

CONFIG = b"dataset: {type: npz, train: x.npz, validation: 0.1}\nmodel: {layers: [flatten, {type: dense, units: 3}]}\n"
CONFIGS = (
    CONFIG + b"training: {epochs: 1, checkpoint_every: {steps: 2}, early_stopping: {patience: 3}}\n",
    CONFIG + b"optimizer: {type: adam, lr: 1e-3}\nscheduler: {type: one_cycle, max_lr: .5}\ntraining: {epochs: 2}\n",
    b"a: &a [1, &b {x: 'y'}]\nb: *a\nc: |\n  text\nd: >-\n  text\n? e\n: !!int 3\n",
    b"%YAML 1.2\n---\nseed: 0 # a comment\n...\n",
    b"\xef\xbb\xbfseed: 1\r\ndescription: caf\xc3\xa9\r\n",
)
TABLES = (
    b"a,colour,y\n1,red,cat\n2,green,dog\n3,red,cat\n",
    b"\xef\xbb\xbfa,b,y\r\n1,2,0\r\n3,4,1\r\n5,6.5,0\r\n",
    b'a,word,y\n1,"two\nlines",1.5\n2,"a ""quote""",-2e3\n',
    b"1,2,3\n4,5,6\n",
    b"colour;species;a\nred;cat;1\ngreen;dog;2\n",
)
TOKENS = {
    "checkpoint": b'"dtype" "shape" "data_offsets" "__metadata__" "nnfs" "sha256" "F32" "F64" "I64" "BOOL" "BF16" '
    b'"F16" "F8_E4M3" "C64" "F4" [0] [] {} [0,0] [4294967296,4294967296] , : "a":{"dtype":"F32","shape":[],'
    b' "data_offsets":[0,4]}',
    "state": b'"network" "layers" "type" "dense" "conv2d" "units" "flatten" "relu" "os.system" "data" "standardizer" '
    b'"mean" "deviation" "columns" "classes" "training" "progress" "last" "config" "dataset" "\\ud800" "\\u0000" '
    b'null true -1 1e999 NaN [] {} [[]] [1] "" , : {"type":"relu"},',
    "yaml": b"&a *a << !!python/object !!int - ? : | > [ ] { } # --- ... %YAML \" ' ~ .inf .nan 017 1e3 null "
    b"true type: layers: dense units: conv2d kernel_size: os.system \xc3\xa9 \xe2\x80\xa8 \\ud800 \\x00 lr: one_cycle",
    "idx": b"\x00\x00\x08\x01 \x00\x00\x08\x03 \x00\x00\x0d\x02 \x00\x00\x0e\x04 \xff\xff\xff\xff \x1f\x8b\x08",
    "csv": b'" "" , ; \t \r\n \n nan inf 1e999 1_0 \xef\xbb\xbf \xff\xfe \x00 \xc3\xa9 \xd9\xa3 red green a colour y '
    b'-0 "\n" ,,',
    "npz": b"PK\x01\x02 PK\x03\x04 PK\x05\x06 \x93NUMPY 'descr': 'shape': 'fortran_order': '|O' '<f8' '>i2' '|u1' "
    b"'<U9' '|V0' '<m8' (0,) (-1,) (4294967296,4294967296) (1,)*9 True False __import__ L, x.npy y.npy [('a','<f8')]",
}


def mutator(reader: str, seed: int = 0) -> Mutator:
    """What damages files for a reader, half of them sound ones."""
    valid, hostile = _FILES[reader](), [path.read_bytes() for path in sorted((HOSTILE / reader).iterdir())]
    hostile = [file for file in hostile if len(file) <= SHORT or reader != "yaml"]
    files = [*valid * (1 + len(hostile) // len(valid)), *hostile]
    damaging = TreeMutator if reader == "state" else Mutator
    return damaging(files, [b" ", b"\n", *TOKENS[reader].split(b" ")], _WRAPS.get(reader, (bytes,)), seed)


def _checkpoints() -> list[bytes]:
    arrays = {"model.0.weight": np.ones((2, 2), np.float32), "a": np.zeros(3), "b": np.zeros((0, 4), np.int8)}
    made = [b"".join(checkpoint.encode(arrays, state)) for state in ({"name": "x"}, {})]
    return [*made, tiny.encoded()]


def _configs() -> list[bytes]:
    found = (path.read_bytes() for path in sorted((TESTS / "bad_configs").glob("*.yaml")))
    texts = [b"\n".join(line for line in text.split(b"\n") if not line.startswith(b"#")) for text in found]
    return [*CONFIGS, *(text for text in texts if len(text) <= SHORT)]


def _idx_files() -> list[bytes]:
    kinds = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
    return [idx_bytes(np.arange(12).reshape(shape).astype(dtype), kind)
            for kind, dtype in kinds.items() for shape in ((12,), (3, 2, 2), (1, 3, 4, 1))]  # fmt: skip


def _numpy_files() -> list[bytes]:
    x, y = np.arange(8.0).reshape(4, 2), np.arange(4) % 2
    arrays = (x, y, x.astype(">f4"), np.asfortranarray(x), x > 3, x.astype(np.uint8), np.float16(1), np.array(["a"]))
    archives = [archive(compression, x=saved(x), y=saved(y)) for compression in (ZIP_STORED, ZIP_DEFLATED)]
    return [*map(saved, arrays), *archives]


def _zipped(data: bytes) -> bytes:
    """As both arrays of an archive with right checksums."""
    return archive(x=data, y=data)


def _gzipped(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


_FILES = {
    "checkpoint": _checkpoints,
    "state": lambda: [tiny.state()],
    "yaml": _configs,
    "idx": _idx_files,
    "csv": lambda: list(TABLES),
    "npz": _numpy_files,
}
_WRAPS = {"idx": (bytes, bytes, _gzipped), "npz": (bytes, bytes, _zipped)}
