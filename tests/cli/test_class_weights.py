"""loss.class_weights on the command line: what it teaches, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import ROWS, classification

CONFIG = classification()
EXPECTED = "loss.class_weights: expected 'balanced', weights by class such as {yes: 5}, or null, got"


@pytest.fixture(autouse=True)
def table():
    Path("table.csv").write_text(ROWS)
    Path("table.yaml").write_text(CONFIG)


def test_balanced_and_named_weights(nnfs):
    for given in ("balanced", "{mug: 3, cup: 0.5}", "{mug: 3}"):
        done = nnfs("train", "table.yaml", "--set", f"loss.class_weights={given}")
        assert (done.code, done.err.count("Traceback")) == (0, 0)
        assert nnfs("evaluate", done.out.strip()).code == 0


def test_the_weights_of_a_file_are_read_with_whole_numbers_as_names(nnfs):
    text = Path("tiny.yaml").read_text().replace("cross_entropy", "{type: cross_entropy, class_weights: {0: 2, 9: .5}}")
    Path("numbers.yaml").write_text(text)
    done = nnfs("train", "numbers.yaml")
    assert done.code == 0
    assert "class_weights: {'0': 2.0, '9': 0.5}" in (Path(done.out.strip()) / "config.yaml").read_text()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("{mugs: 2}", "loss.class_weights.mugs: no class is called 'mugs'. Did you mean 'mug'?"),
        ("{tea: 2}", "loss.class_weights.tea: no class is called 'tea'. There are: cup, mug."),
        (
            "{mug: -1}",
            f"{EXPECTED} {{mug: -1}}",
        ),
        ("equal", f"{EXPECTED} 'equal'"),
    ],
)
def test_what_cannot_be_weights_is_a_mistake_of_the_configuration(nnfs, given, message):
    done = nnfs("train", "table.yaml", "--set", f"loss.class_weights={given}")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_only_zeros_are_a_mistake_of_the_data(nnfs):
    done = nnfs("train", "table.yaml", "--set", "loss.class_weights={mug: 0, cup: 0}")
    assert (done.code, done.out) == (3, "")
    assert "the weights of all training examples are 0" in done.err


def test_lr_find_weighs_as_the_training_does(nnfs):
    for more in ((), ("--set", "loss.class_weights={mug: 100}")):
        nnfs("lr-find", "table.yaml", "--steps", "20", *more)
    plain, weighted = (Path(f"runs/table-lr-find-{number}/lr_find.csv").read_text() for number in (1, 2))
    assert len(plain.splitlines()) == len(weighted.splitlines()) == 21
    assert plain != weighted


def test_losses_of_values_have_no_classes(nnfs):
    done = nnfs("train", "table.yaml", "--set", "loss={type: mse, class_weights: balanced}")
    assert (done.code, "mse has no such key" in done.err) == (2, True)
