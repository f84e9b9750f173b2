"""Commit: read from the files of git as git itself reads them, and from nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from nnfs_cli.runs.commit import FOLDERS_UP, LARGEST_NOTE, LARGEST_PACK, git_commit

SHA1, OTHER, SHA256 = "0123456789abcdef" * 2 + "01234567", "f" * 40, "89abcdef" * 8


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def git(tmp_path) -> Path:
    """The folder of git of a checkout that is on a branch with a loose reference."""
    write(tmp_path / ".git/HEAD", "ref: refs/heads/main\n")
    write(tmp_path / ".git/refs/heads/main", f"{SHA1}\n")
    return tmp_path / ".git"


@pytest.mark.usefixtures("git")
def test_the_commit_of_the_branch_is_found_from_below(tmp_path, monkeypatch):
    (tmp_path / "deep/below").mkdir(parents=True)
    assert git_commit(tmp_path / "deep/below") == git_commit(tmp_path) == SHA1
    monkeypatch.chdir(tmp_path / "deep")
    assert git_commit() == SHA1


@pytest.mark.usefixtures("git")
def test_no_further_up_than_some_folders(tmp_path):
    near, far = (tmp_path.joinpath(*["d"] * count) for count in (FOLDERS_UP - 1, FOLDERS_UP))
    far.mkdir(parents=True)
    assert (git_commit(near), git_commit(far)) == (SHA1, None)


@pytest.mark.parametrize("name", [SHA1, SHA256])
def test_a_head_without_a_branch(tmp_path, git, name):
    write(git / "HEAD", f"{name}\n")
    assert git_commit(tmp_path) == name


def test_packed_references_and_the_loose_one_that_is_newer(tmp_path, git):
    pack = f"# pack-refs with: peeled\n{OTHER} refs/heads/main2\n{SHA256} refs/heads/main\n^{OTHER}\n"
    write(git / "packed-refs", pack)
    assert git_commit(tmp_path) == SHA1
    (git / "refs/heads/main").unlink()
    assert git_commit(tmp_path) == SHA256


def test_a_reference_to_a_reference(tmp_path, git):
    write(git / "refs/heads/main", "ref: refs/heads/other\n")
    write(git / "refs/heads/other", OTHER)
    assert git_commit(tmp_path) == OTHER
    write(git / "refs/heads/other", "ref: refs/heads/main\n")
    assert git_commit(tmp_path) is None


def test_a_worktree_and_a_submodule(tmp_path, git):
    write(tmp_path / "worktree/.git", f"gitdir: {git}/worktrees/w\n")
    write(git / "worktrees/w/commondir", "../..\n")
    write(git / "worktrees/w/HEAD", "ref: refs/heads/main\n")
    assert git_commit(tmp_path / "worktree") == SHA1
    write(git / "worktrees/w/HEAD", "ref: refs/bisect/bad\n")
    write(git / "worktrees/w/refs/bisect/bad", OTHER)
    assert git_commit(tmp_path / "worktree") == OTHER
    write(tmp_path / "module/.git", "gitdir: ../.git/modules/m\n")
    write(git / "modules/m/HEAD", SHA256)
    assert git_commit(tmp_path / "module") == SHA256


HEADS = {
    "empty": "",
    "no commit": "0123",
    "upper case": SHA1.upper(),
    "more than a commit": f"{SHA1} secret",
    "a way out": "ref: refs/heads/../../../secret",
    "an absolute path": "ref: /secret",
    "another folder": "ref: secret",
    "an unborn branch": "ref: refs/heads/none",
    "too long": SHA1 + " " * LARGEST_NOTE,
    "no text": "ref: refs/heads/\0",
}


@pytest.mark.parametrize("kind", HEADS)
def test_nothing_but_a_commit_is_ever_told(tmp_path, git, kind):
    write(git / "HEAD", HEADS[kind])
    write(git / "secret", OTHER)
    write(tmp_path / "secret", OTHER)
    assert git_commit(tmp_path) is None


def test_what_a_reference_holds_is_told_only_if_it_is_a_commit(tmp_path, git):
    write(git / "refs/heads/main", "password: 1234\n")
    assert git_commit(tmp_path) is None
    (git / "refs/heads/main").unlink()
    write(git / "packed-refs", "abcdef refs/heads/main\n")
    assert git_commit(tmp_path) is None


def test_a_pack_without_end_is_not_read(tmp_path, git):
    (git / "refs/heads/main").unlink()
    write(git / "packed-refs", f"{SHA1} refs/heads/main\n")
    assert git_commit(tmp_path) == SHA1
    os.truncate(git / "packed-refs", LARGEST_PACK + 1)
    assert git_commit(tmp_path) is None


@pytest.mark.parametrize("place", ["//machine/share", r"\\machine\share"])
def test_no_other_machine_is_asked(tmp_path, place):
    write(tmp_path / ".git", f"gitdir: {place}\n")
    assert git_commit(tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("name", ["HEAD", "refs/heads/main", "packed-refs", "commondir"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_pipes_and_devices_are_not_opened(tmp_path, git, name, kind):
    (git / "refs/heads/main").unlink()
    (git / name).unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(git / name)
    else:
        os.symlink("/dev/zero", git / name)
    assert git_commit(tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "below").mkdir()
    os.mkfifo(tmp_path / "below/.git")
    assert git_commit(tmp_path / "below") is None


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_says_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.chdir(tmp_path)

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        return subprocess.run(["git", *who, *arguments], capture_output=True, text=True, check=True).stdout.strip()

    git("init", "-q", ".")
    assert git_commit() is None
    for number in "12":
        git("commit", "-q", "--allow-empty", "-m", number)
        assert git_commit() == git("rev-parse", "HEAD")
    git("pack-refs", "--all")
    git("worktree", "add", "-q", "side")
    git("checkout", "-q", "--detach", "HEAD~1")
    assert git_commit() == git("rev-parse", "HEAD")
    assert git_commit(Path("side")) == git("-C", "side", "rev-parse", "HEAD") != git_commit()
