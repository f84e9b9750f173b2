"""MNIST: 70,000 handwritten digits."""

from __future__ import annotations

from typing import ClassVar

from nnfs_cli.data.sources.idx_files import Digest, IdxFiles
from nnfs_cli.registry import SOURCES


@SOURCES.register("mnist")
class MNIST(IdxFiles):
    """Grey digits, 28 x 28, white on black.

    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database"; LeCun et al. 1998, "Gradient-based learning".
    """

    torchvision = "MNIST"
    mirrors = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")
    classes = tuple("0123456789")
    digests: ClassVar = {
        "train-images-idx3-ubyte": Digest(payload="ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        "train-labels-idx1-ubyte": Digest(payload="65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        "t10k-images-idx3-ubyte": Digest(payload="0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        "t10k-labels-idx1-ubyte": Digest(payload="ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    }
