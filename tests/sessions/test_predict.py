"""Predict: examples without an answer, beside those that have one."""

from __future__ import annotations

import io

import numpy as np
import pytest

from nnfs_cli import Dense, Model
from nnfs_cli.errors import DataError
from nnfs_cli.sessions.predict import predict
from nnfs_cli.text import MOST


@pytest.fixture
def model() -> Model:
    """Two classes of one number, whose scores are 10 times as large."""
    model = Model([Dense(2, bias=False)], input_shape=(1,))
    model.network.values[...] = 10, -10
    return model


def test_scores_beyond_all_numbers_are_no_answer_and_disturb_no_other(model, tmp_path):
    """Infinite scores would give NaN with a warning of NumPy, which is an error here."""
    np.save(tmp_path / "x.npy", np.array([[1.0], [3e38], [-1.0]], np.float32))
    (answers,) = predict(model._predictor, [str(tmp_path / "x.npy")], io.StringIO())
    assert list(answers.errors) == [1]
    assert np.isnan(answers.outputs).tolist() == [[False] * 2, [True] * 2, [False] * 2]
    assert answers.outputs[[0, 2]].argmax(axis=1).tolist() == [0, 1]


def test_the_first_few_errors_of_all_inputs_are_told_and_the_others_counted(model, tmp_path):
    paths = [tmp_path / "a.npy", tmp_path / "b.npy"]
    for path in paths:
        np.save(path, np.full((MOST - 5, 1), np.nan))
    with pytest.raises(DataError) as refused:
        list(predict(model._predictor, [str(path) for path in paths], io.StringIO(), strict=True))
    *told, rest = refused.value.lines
    names = [f"{path}[{row}]" for path in paths for row in range(MOST - 5)]
    assert [line.partition(": ")[0] for line in told] == names[:MOST]
    assert rest == f"and {len(names) - MOST} more"
