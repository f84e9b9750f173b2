"""What all tests share."""

from __future__ import annotations

import gc
import os


def pytest_configure() -> None:
    """No test leaves decoded pictures in the user's cache, or finds those of another one."""
    os.environ["NNFS_CACHE_DIR"] = ""


def pytest_collection_finish() -> None:
    """Leave what was collected out of every search for garbage, for which each forked process would copy it."""
    gc.collect()
    gc.freeze()
