"""Every command's every figure and answer, over all pairs of sources, sizes, tasks, ways and precisions."""

from __future__ import annotations

import pytest

from tests.answers.cases import CASES
from tests.answers.comparison import Comparison
from tests.answers.samples import make_sample


@pytest.mark.parametrize("case", CASES, ids=str)
def test_figures_and_answers_are_those_that_were_computed(case, ask, folder):
    comparison = Comparison(case, make_sample(case, folder), ask, folder)
    comparison.training()
    comparison.evaluations()
    comparison.predictions()
    comparison.rows()
    if case.way == "python":
        comparison.in_python()
    if comparison.found:
        pytest.fail("\n".join(comparison.found), pytrace=False)
