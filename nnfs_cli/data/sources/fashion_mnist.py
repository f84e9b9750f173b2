"""Fashion-MNIST: 70,000 pictures of clothes."""

from __future__ import annotations

from typing import ClassVar

from nnfs_cli.data.sources.idx_files import Digest, IdxFiles
from nnfs_cli.registry import SOURCES


@SOURCES.register("fashion_mnist")
class FashionMNIST(IdxFiles):
    """Grey pictures of clothes, 28 x 28, served over plain http: the digest is what protects.

    Source: Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747, MIT licence.
    """

    torchvision = "FashionMNIST"
    mirrors = ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",)
    classes = (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    )
    digests: ClassVar = {
        "train-images-idx3-ubyte": Digest(container="8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        "train-labels-idx1-ubyte": Digest(container="25c81989df183df01b3e8a0aad5dffbe"),
        "t10k-images-idx3-ubyte": Digest(container="bef4ecab320f06d8554ea6380940ec79"),
        "t10k-labels-idx1-ubyte": Digest(container="bb300cfdad3c16e7a12a480ee83cd310"),
    }
