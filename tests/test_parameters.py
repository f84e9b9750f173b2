"""Parameters: the words for what an annotation admits."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest

from nnfs_cli.config import EarlyStopping
from nnfs_cli.parameters import Fraction, Means, NonNegativeInt, PositiveFloat, PositiveInt, ProperFraction, describe


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (int, "a whole number"),
        (float, "a number"),
        (bool, "true or false"),
        (str, "text"),
        (dict, "keys and values"),
        (PositiveInt, "a whole number from 1 to 1,000,000,000"),
        (NonNegativeInt, "a whole number from 0 to 1,000,000,000"),
        (PositiveFloat, "a number from 1e-30 to 1e30"),
        (Fraction, "a number from 0 to 1"),
        (ProperFraction, "a number, at least 0 and below 1"),
        (PositiveFloat | None, "a number from 1e-30 to 1e30 or null"),
        (PositiveInt | None, "a whole number from 1 to 1,000,000,000, or null"),
        (Literal["cos"], "'cos'"),
        (Literal["cos", "linear"], "'cos' or 'linear'"),
        (Literal["a", "b", "c"], "'a', 'b' or 'c'"),
        (PositiveInt | Literal["same"], "a whole number from 1 to 1,000,000,000, or 'same'"),
        (int | str | None, "a whole number, text or null"),
        (tuple[str, ...], "a list, each entry text"),
        (tuple[ProperFraction, ProperFraction], "a list of 2, each a number, at least 0 and below 1"),
        (Annotated[int | str, Means("a name or a number")], "a name or a number"),
        (Annotated[int, "no words"], "a whole number"),
        (EarlyStopping, "earlystopping"),
    ],
    ids=str,
)
def test_words_of_annotations(annotation, words):
    assert describe(annotation) == words
