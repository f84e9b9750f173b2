"""What all tests share."""

from __future__ import annotations

import gc
import os

from tests.waiting import wait_for_no_disk, work_in_memory


def pytest_configure() -> None:
    """No test leaves decoded pictures in the user's cache, or finds those of another one, or waits for the disk."""
    os.environ["NNFS_CACHE_DIR"] = ""
    wait_for_no_disk()
    work_in_memory()


def pytest_collection_finish() -> None:
    """Leave what was collected out of every search for garbage, for which each forked process would copy it."""
    gc.collect()
    gc.freeze()
