"""Length: how many epochs a training takes that does not say."""

from __future__ import annotations

STEPS, FEWEST, MOST = 3000, 5, 100
"""The steps that networks for small tables need, and the epochs that are never too few or more than worth it."""


def usual_epochs(examples: int, step_size: int) -> int:
    """As many as make about `STEPS` steps, within limits.

    Args:
        examples: that there are to train on.
    """
    return min(max(-(-STEPS * step_size // max(1, examples)), FEWEST), MOST)
