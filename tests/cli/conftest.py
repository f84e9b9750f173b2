"""Every test here is offline, in an empty directory with a tiny configuration."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest

from nnfs_cli import plots
from nnfs_cli.cli.main import run
from nnfs_cli.data.pictures import picture_reader
from tests.cli.program import ROWS, TINY, Done, classification, regression

Nnfs = Callable[..., Done]


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory of the test; what it changes in the environment is undone."""
    with mock.patch.dict(os.environ, {"NNFS_OFFLINE": "1"}):
        os.environ.pop("NNFS_DATA_DIR", None)
        monkeypatch.chdir(tmp_path)
        Path("tiny.yaml").write_text(TINY)
        yield tmp_path


@pytest.fixture(autouse=True)
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures take most of the time of a tiny training, and have tests of their own."""
    for name in ("curves", "confusion", "lr_curve", "ranking", "calibration", "values", "mistakes"):
        monkeypatch.setattr(plots, name, lambda *_: b"picture")


@pytest.fixture
def nnfs(capsys: pytest.CaptureFixture) -> Nnfs:
    """Run a command in this process."""

    def command(*arguments: str | Path) -> Done:
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Done(code, out, err)

    return command


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the runs `tiny` (digits), `kinds` (classes of a table) and `prices` (values); to be copied."""
    folder = tmp_path_factory.mktemp("trained")
    with contextlib.chdir(folder):
        Path("table.csv").write_text(ROWS)
        for name, text in (("tiny", TINY), ("kinds", classification()), ("prices", regression())):
            Path(f"{name}.yaml").write_text(text)
            assert run(["train", f"{name}.yaml", "--name", name, "--quiet"]) == 0
    return folder


@pytest.fixture
def runs(trained: Path, directory: Path) -> Path:
    """The working directory with trained runs in it."""
    shutil.copytree(trained, directory, dirs_exist_ok=True)
    return directory


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The pictures that are opened."""
    paths, read = [], picture_reader.decode_all

    def noted(files, rows, *rest):
        paths.extend(files[row] for row in rows)
        return read(files, rows, *rest)

    monkeypatch.setattr(picture_reader, "decode_all", noted)
    return paths
