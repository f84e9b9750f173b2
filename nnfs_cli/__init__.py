"""nnfs: neural networks from scratch, in Python and NumPy alone.

    from nnfs_cli import Adam, CrossEntropy, Dense, Model, ReLU

    model = Model([Dense(200), ReLU(), Dense(10)], input_shape=(784,), seed=0)
    model.fit_one_cycle(x, y, epochs=5, max_lr=3e-3, optimizer=Adam(), loss=CrossEntropy(), batch_size=128)

Names are loaded when they are first used, so that the command line starts fast.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "Model": "nnfs_cli.model",
    "Variable": "nnfs_cli.nn.variable",
    "Dense": "nnfs_cli.nn.layers.dense",
    "Conv2D": "nnfs_cli.nn.layers.conv2d",
    "Conv1D": "nnfs_cli.nn.layers.conv1d",
    "MaxPool2D": "nnfs_cli.nn.layers.max_pool",
    "MaxPool1D": "nnfs_cli.nn.layers.max_pool",
    "AvgPool2D": "nnfs_cli.nn.layers.avg_pool",
    "AvgPool1D": "nnfs_cli.nn.layers.avg_pool",
    "GlobalAvgPool2D": "nnfs_cli.nn.layers.global_avg_pool",
    "GlobalAvgPool1D": "nnfs_cli.nn.layers.global_avg_pool",
    "Upsample2D": "nnfs_cli.nn.layers.upsample2d",
    "Flatten": "nnfs_cli.nn.layers.flatten",
    "Reshape": "nnfs_cli.nn.layers.reshape",
    "BatchNorm": "nnfs_cli.nn.layers.batch_norm",
    "LayerNorm": "nnfs_cli.nn.layers.layer_norm",
    "GroupNorm": "nnfs_cli.nn.layers.group_norm",
    "ReLU": "nnfs_cli.nn.layers.activations",
    "LeakyReLU": "nnfs_cli.nn.layers.leaky_relu",
    "ELU": "nnfs_cli.nn.layers.elu",
    "SELU": "nnfs_cli.nn.layers.selu",
    "GELU": "nnfs_cli.nn.layers.gelu",
    "SiLU": "nnfs_cli.nn.layers.silu",
    "Mish": "nnfs_cli.nn.layers.mish",
    "Sigmoid": "nnfs_cli.nn.layers.sigmoid",
    "Tanh": "nnfs_cli.nn.layers.tanh",
    "Softmax": "nnfs_cli.nn.layers.softmax",
    "Scale": "nnfs_cli.nn.layers.scale",
    "Dropout": "nnfs_cli.nn.layers.dropout",
    "SpatialDropout": "nnfs_cli.nn.layers.spatial_dropout",
    "Residual": "nnfs_cli.nn.layers.residual",
    "Shift": "nnfs_cli.data.augment.shift",
    "Rotate": "nnfs_cli.data.augment.rotate",
    "Rescale": "nnfs_cli.data.augment.scale",
    "Shear": "nnfs_cli.data.augment.shear",
    "Elastic": "nnfs_cli.data.augment.elastic",
    "Flip": "nnfs_cli.data.augment.flip",
    "Crop": "nnfs_cli.data.augment.crop",
    "Brightness": "nnfs_cli.data.augment.brightness",
    "Contrast": "nnfs_cli.data.augment.contrast",
    "Noise": "nnfs_cli.data.augment.noise",
    "Cutout": "nnfs_cli.data.augment.cutout",
    "CrossEntropy": "nnfs_cli.nn.losses.cross_entropy",
    "BinaryCrossEntropy": "nnfs_cli.nn.losses.binary_cross_entropy",
    "Focal": "nnfs_cli.nn.losses.focal",
    "MSE": "nnfs_cli.nn.losses.mse",
    "MAE": "nnfs_cli.nn.losses.mae",
    "Huber": "nnfs_cli.nn.losses.huber",
    "Quantile": "nnfs_cli.nn.losses.quantile",
    "SGD": "nnfs_cli.nn.optimizers.sgd",
    "Adam": "nnfs_cli.nn.optimizers.adam",
    "AdamW": "nnfs_cli.nn.optimizers.adamw",
    "RMSprop": "nnfs_cli.nn.optimizers.rmsprop",
    "Adagrad": "nnfs_cli.nn.optimizers.adagrad",
    "Lamb": "nnfs_cli.nn.optimizers.lamb",
    "Lion": "nnfs_cli.nn.optimizers.lion",
    "HyperParamScheduler": "nnfs_cli.nn.schedulers.hyper_param",
    "Knot": "nnfs_cli.nn.schedulers.hyper_param",
    "OneCycle": "nnfs_cli.nn.schedulers.one_cycle",
    "Constant": "nnfs_cli.nn.schedulers.constant",
    "Step": "nnfs_cli.nn.schedulers.step",
    "Cosine": "nnfs_cli.nn.schedulers.cosine",
    "CosLog4": "nnfs_cli.nn.schedulers.coslog4",
    "CosineRestarts": "nnfs_cli.nn.schedulers.cosine_restarts",
    "Cyclical": "nnfs_cli.nn.schedulers.cyclical",
    "Plateau": "nnfs_cli.nn.schedulers.plateau",
    "Polynomial": "nnfs_cli.nn.schedulers.polynomial",
    "SequentialScheduler": "nnfs_cli.nn.schedulers.sequential",
    "NnfsError": "nnfs_cli.errors",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'nnfs_cli' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*(name for name in globals() if name.startswith("__")), *_HOMES])
