"""Tables and IDX files: what is there and what is said to be there disagree."""

from __future__ import annotations

import gzip
import struct

import numpy as np

from tests.data.samples import idx_bytes

PIXELS = idx_bytes(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
ZIPPED = gzip.compress(PIXELS, mtime=0)


def idx_files() -> dict[str, bytes]:
    """Counts and bytes that disagree, plain and gzipped."""
    huge = 2**32 - 1
    contents = {
        "empty": b"",
        "text": b"hello world",
        "unknown_type": b"\0\0\x07\x01" + PIXELS[4:],
        "nine_axes": b"\0\0\x08\x09" + bytes(40),
        "no_axes": b"\0\0\x08\x00" + bytes(40),
        "cut_in_its_header": PIXELS[:10],
        "cut": PIXELS[:-1],
        "trailing_byte": PIXELS + b"\0",
        "claims_more_than_there_is": struct.pack(">4BI", 0, 0, 8, 1, huge) + bytes(9),
        "shape_overflows": struct.pack(">4B3I", 0, 0, 8, 3, huge, huge, huge) + bytes(9),
        "shape_overflows_to_nothing": struct.pack(">4B4I", 0, 0, 14, 4, *[2**16] * 4),
        "nothing_of_a_huge_shape": struct.pack(">4B4I", 0, 0, 14, 4, 0, huge, huge, huge),
        "gzip_cut": ZIPPED[:-9],
        "gzip_without_its_end": ZIPPED[:-8],
        "gzip_with_a_wrong_checksum": ZIPPED[:-8] + b"abcd" + ZIPPED[-4:],
        "gzip_with_a_wrong_length": ZIPPED[:-4] + b"abcd",
        "gzip_of_cut": gzip.compress(PIXELS[:-1], mtime=0),
        "gzip_of_trailing_byte": gzip.compress(PIXELS + b"\0", mtime=0),
        "gzip_and_something_else": ZIPPED + b"something else",
        "gzip_that_claims_a_gibibyte": gzip.compress(struct.pack(">4BI", 0, 0, 8, 1, 2**30) + bytes(99), mtime=0),
        "gzip_twice": gzip.compress(ZIPPED, mtime=0),
        "gzip_of_another_method": ZIPPED[:2] + b"\x07" + ZIPPED[3:],
    }
    return {f"{name}-ubyte": content for name, content in contents.items()}


def tables() -> dict[str, bytes]:
    """Tables that are none, or that no column can be made of."""
    texts = {
        "empty": "",
        "byte_order_mark_alone": "\ufeff",
        "blank_lines": "\n\n\n",
        "header_alone": "a,y\n",
        "no_header": "1,2\n3,4\n",
        "ragged_row": "a,y\n1,cat\n2\n",
        "long_row": "a,y\n1,cat\n2,dog,3\n",
        "open_quote": 'a,y\n1,"cat\n',
        "text_behind_a_quote": 'a,y\n"1"x,cat\n2,dog\n',
        "column_twice": "a,a,y\n1,2,3\n",
        "column_without_name": "a,,y\n1,2,3\n",
        "semicolons": "a;y\n1;2\n",
        "escapes_in_a_name": '"\x1b[31ma\n\x07",y\nx,cat\n' + "1,dog\n" * 10,
        "empty_cell": "a,y\n1,cat\n,dog\n",
        "nan": "a,y\nnan,cat\n1,dog\n",
        "infinity": "a,y\n1e999,cat\n1,dog\n",
        "too_large_for_single_precision": "a,y\n1e300,cat\n1,dog\n",
        "one_class": "a,y\n1,cat\n2,cat\n",
        "no_answer": "a,y\n1,cat\n2,\n",
        "nul": "a,y\n1\0,cat\n2,dog\n" + "3,dog\n" * 20,
    }
    contents = {name: text.encode() for name, text in texts.items()}
    contents |= {"utf_16": "a,y\n1,cat\n".encode("utf-16"), "latin_1": b"a,y\n1,caf\xe9\n", "binary": bytes(range(256))}
    return {f"{name}.csv": content for name, content in contents.items()}
