"""Make friedman.csv: Friedman's first regression problem, with a column of words added.

    python data/make_tables.py

Source: J. H. Friedman 1991, "Multivariate adaptive regression splines", Annals of Statistics 19(1), eq. 61.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

ROWS = 1000
SEED = 1991
SHIFTS = {"low": -3.0, "middle": 0.0, "high": 3.0}


def main() -> None:
    """Write 1,000 rows: five uniform features, a word that shifts the target, and the target with noise."""
    rng = np.random.default_rng(SEED)
    x = rng.uniform(size=(ROWS, 5))
    words = rng.choice(list(SHIFTS), size=ROWS)
    y = friedman(x) + [SHIFTS[word] for word in words] + rng.normal(size=ROWS)
    with open(Path(__file__).with_name("friedman.csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["x1", "x2", "x3", "x4", "x5", "level", "y"])
        writer.writerows(
            [*(f"{value:.4f}" for value in row), word, f"{answer:.4f}"]
            for row, word, answer in zip(x, words, y, strict=True)
        )


def friedman(x: np.ndarray) -> np.ndarray:
    """10 sin(pi x1 x2) + 20 (x3 - 0.5)^2 + 10 x4 + 5 x5 for x (N, 5)."""
    x1, x2, x3, x4, x5 = x.T
    return 10 * np.sin(np.pi * x1 * x2) + 20 * (x3 - 0.5) ** 2 + 10 * x4 + 5 * x5


if __name__ == "__main__":
    main()
