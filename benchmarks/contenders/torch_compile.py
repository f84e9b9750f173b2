"""PyTorch, compiled: the same loop with torch.compile."""

from __future__ import annotations

import functools

import torch

from serve import serve
from torch_eager import prepare

if __name__ == "__main__":
    serve(
        functools.partial(prepare, compiled=True),
        lambda: f"PyTorch {torch.__version__}, torch.compile, threads: {torch.get_num_threads()}",
    )
