"""nnfs check --profile: where the time of a step goes."""

from __future__ import annotations

import json

from tests.cli.program import TINY


def test_every_layer_has_its_times(nnfs, tmp_path):
    (tmp_path / "tiny.yaml").write_text(TINY)
    done = nnfs("check", "tiny.yaml", "--profile", "--json")
    checked = json.loads(done.out)
    assert done.code == 0
    assert [part["name"] for part in checked["profile"]][:-2] == [layer["layer"] for layer in checked["layers"]]
    assert all(part["forward"] > 0 for part in checked["profile"])


def test_people_get_a_table(nnfs, tmp_path):
    (tmp_path / "tiny.yaml").write_text(TINY)
    lines = nnfs("check", "tiny.yaml", "--profile").out.splitlines()
    assert lines[-1].split()[0] == "total"
    assert lines[-1].endswith("100 %")
