"""What all tests share."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Leave what was collected out of every search for garbage, for which each forked process would copy it."""
    gc.collect()
    gc.freeze()
