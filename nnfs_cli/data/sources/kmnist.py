"""KMNIST: 70,000 handwritten characters of old Japanese."""

from __future__ import annotations

from typing import ClassVar

from nnfs_cli.data.sources.idx_files import Digest, IdxFiles
from nnfs_cli.registry import SOURCES


@SOURCES.register("kmnist")
class KMNIST(IdxFiles):
    """Grey cursive hiragana, 28 x 28, served over plain http: the digest is what protects.

    Source: Clanuwat et al. 2018, "Deep learning for classical Japanese literature", arXiv:1812.01718, CC BY-SA 4.0.
    """

    torchvision = "KMNIST"
    mirrors = ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",)
    classes = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
    digests: ClassVar = {
        "train-images-idx3-ubyte": Digest(container="bdb82020997e1d708af4cf47b453dcf7"),
        "train-labels-idx1-ubyte": Digest(container="e144d726b3acfaa3e44228e80efcd344"),
        "t10k-images-idx3-ubyte": Digest(container="5c965bf0a639b31b8f53240b1b52f4d7"),
        "t10k-labels-idx1-ubyte": Digest(container="7320c461ea6c1c855c0b718fb2a4b134"),
    }
