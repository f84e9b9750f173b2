"""scikit-learn: MLPClassifier, for networks of dense layers alone."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_info

from serve import examples, serve


def prepare(workload: dict[str, Any], threads: int) -> Callable[[int], float]:
    warnings.filterwarnings("ignore")
    x, y = examples(workload)
    x, batch = x.reshape(len(x), -1), workload["batch"]
    widths = [layer["units"] for layer in workload["layers"] if isinstance(layer, dict)][:-1]

    def train(steps: int) -> float:
        count = min(steps * batch, len(x) // batch * batch)
        epochs = max(1, steps * batch // count)
        model = MLPClassifier(widths, batch_size=batch, max_iter=epochs, n_iter_no_change=10**6, alpha=0)
        began = time.perf_counter()
        model.fit(x[:count], y[:count])
        return epochs * count / (time.perf_counter() - began)

    return train


def description() -> str:
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    blas = ", ".join(f"{pool['internal_api']} {pool['version']}, threads: {pool['num_threads']}" for pool in pools)
    return f"scikit-learn {sklearn.__version__}, MLPClassifier, NumPy {np.__version__}, {blas}"


if __name__ == "__main__":
    serve(prepare, description)
