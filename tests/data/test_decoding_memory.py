"""The memory that decoding a picture takes, against what was announced, for every kind that takes its own way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnfs_cli.data.pictures.picture import bytes_claimed
from tests.cli.program import ROOT
from tests.data.test_pictures import png

SIDE = 1000
PROGRAM = """
import json, sys
from nnfs_cli.data.pictures.bit_depth import BitDepth
from nnfs_cli.data.pictures.picture import read_picture
from nnfs_cli.system.forks import told_by

def status(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith(name))

def work(tell):
    read_picture("small.png", (3, 8, 8), BitDepth(None))
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    before = status("VmRSS")
    read_picture(path, (3, 8, 8), BitDepth(None))
    tell(status("VmHWM") - before)

found = {}
for path in sys.argv[1:]:
    found[path] = next(told_by(1, work, what="read a picture"))
print(json.dumps(found))
"""


def write_all() -> list[str]:
    """Pictures of each kind, under their names."""
    clear, turned = (1, 2, 3, 100), Image.Exif()
    turned[0x112] = 6
    Image.new("RGBA", (SIDE, SIDE), clear).save("rgba.png")
    Image.new("LA", (SIDE, SIDE), clear[:2]).save("la.png")
    Image.new("RGB", (SIDE, SIDE), clear[:3]).save("turned.jpg", exif=turned)
    Image.new("CMYK", (SIDE, SIDE), clear).save("cmyk.jpg")
    Image.new("RGBA", (SIDE, SIDE), clear).save("rgba.webp", lossless=True)
    Image.new("L", (SIDE, SIDE), 3).save("grey.gif", transparency=3)
    words = np.full((SIDE, SIDE, 4), 4095, np.uint16)
    Path("words.png").write_bytes(png(words, 6))
    Image.fromarray(words[..., 0]).save("words.tif")
    Image.fromarray(words[..., 0].astype(np.int32)).save("numbers.tif")
    Image.fromarray((words[..., 0] / 4095).astype(np.float32)).save("shares.tif")
    return [name for name in os.listdir() if "." in name]


@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="the system does not tell the peak of memory")
def test_decoding_takes_no_more_than_is_announced(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = write_all()
    Image.new("RGB", (8, 8)).save("small.png")
    command, variables = [sys.executable, "-c", PROGRAM, *names], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=300, check=True)
    for name, taken in json.loads(done.stdout).items():
        assert 0.4 * bytes_claimed(name) < taken < 1.1 * bytes_claimed(name) + (2 << 20), name
