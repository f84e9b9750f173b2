"""Calibration: whether what is said with a probability of 80 % is right in 80 % of the cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnfs_cli.nn.shapes import Array

BINS = 10


@dataclass(frozen=True, eq=False)
class Calibration:
    """Examples in bins of equal width by the probability that was said, the lowest first.

    Attributes:
        counts: examples of each bin, (bins,) int64.
        said: the sum of their probabilities, (bins,) float64.
        came: how many of them came true, (bins,) int64.
    """

    counts: Array
    said: Array
    came: Array

    @classmethod
    def of(cls, said: Array, came: Array, bins: int = BINS) -> Calibration:
        """Sort examples into bins; a probability at an edge belongs to the bin above.

        Args:
            said: a probability an example, (N,).
            came: whether it came true, (N,) bool.
        """
        bin_of = np.minimum((said * bins).astype(np.int64), bins - 1)
        counts, total, true = (np.bincount(bin_of, weights, bins) for weights in (None, said, came))
        return cls(counts, total, true.astype(np.int64))

    def to_json(self) -> dict[str, list[float]]:
        """What `from_json` turns back into the same numbers."""
        return {"counts": self.counts.tolist(), "said": self.said.tolist(), "came": self.came.tolist()}

    @classmethod
    def from_json(cls, state: dict[str, list[float]]) -> Calibration:
        """The bins that `to_json` described."""
        return cls(**{name: np.array(values) for name, values in state.items()})

    @property
    def error(self) -> float:
        """The expected calibration error: the mean over examples of the distance of their bin from the truth.

        Naeini et al. 2015, "Obtaining well calibrated probabilities using Bayesian binning", equation 1.
        """
        return float(np.abs(self.said - self.came).sum() / self.counts.sum())
