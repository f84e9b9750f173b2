"""The package from outside: its public names, and the program that it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nnfs_cli

PUBLIC = {
    "Model",
    "Variable",
    "Dense",
    "Conv2D",
    "Conv1D",
    "MaxPool2D",
    "MaxPool1D",
    "AvgPool2D",
    "AvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool1D",
    "Upsample2D",
    "Reshape",
    "BatchNorm",
    "LayerNorm",
    "GroupNorm",
    "LeakyReLU",
    "ELU",
    "GELU",
    "SiLU",
    "Sigmoid",
    "Tanh",
    "Softmax",
    "SpatialDropout",
    "Residual",
    "Shift",
    "Rotate",
    "Rescale",
    "Shear",
    "Elastic",
    "Flip",
    "Crop",
    "Brightness",
    "Contrast",
    "Noise",
    "Cutout",
    "Flatten",
    "ReLU",
    "SELU",
    "Mish",
    "Scale",
    "Dropout",
    "CrossEntropy",
    "BinaryCrossEntropy",
    "Focal",
    "MSE",
    "MAE",
    "Huber",
    "Quantile",
    "SGD",
    "Adam",
    "AdamW",
    "RMSprop",
    "Adagrad",
    "Lamb",
    "Lion",
    "HyperParamScheduler",
    "Knot",
    "OneCycle",
    "Constant",
    "Step",
    "Cosine",
    "CosLog4",
    "CosineRestarts",
    "Cyclical",
    "Plateau",
    "Polynomial",
    "SequentialScheduler",
    "NnfsError",
}


def test_a_star_gives_the_public_names_and_nothing_else():
    names: dict[str, object] = {}
    exec("from nnfs_cli import *", names)
    assert set(names) - {"__builtins__"} == PUBLIC
    assert {name for name in dir(nnfs_cli) if not name.startswith("__")} == PUBLIC


def test_python_m_is_the_program(tmp_path):
    (tmp_path / "x.yaml").write_text("dataset: digitz\n")
    done = subprocess.run(
        [sys.executable, "-m", "nnfs_cli", "check", "x.yaml"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean 'digits'?" in done.stderr
    done = subprocess.run([sys.executable, "-m", "nnfs_cli", "evaluate"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        "nnfs evaluate: Missing argument 'RUN'. (see nnfs evaluate --help)\n",
    )
