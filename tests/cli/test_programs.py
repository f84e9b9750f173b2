"""Programs: whatever a command does, it starts none; which ones there are is for others to decide."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import MAIN, QUICK, ended, start

LISTENING = f"""
import multiprocessing, os, sys
import _posixsubprocess

STARTS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "pty.spawn")

def hear(event, arguments):
    if event.startswith(STARTS):
        os.write(2, f"started: {{event}} {{arguments}}\\n".encode())

def start(*arguments):
    os.write(2, f"started: {{arguments}}\\n".encode())
    raise OSError

sys.addaudithook(hear)
_posixsubprocess.fork_exec = start
multiprocessing.set_start_method("spawn")
{MAIN}
"""
"""The way of macOS to start processes is chosen: what asks for them here would be heard."""

DRAWING = ("train with two workers", "evaluate")
"""Commands whose pictures are drawn here, too; the others draw them with the same library."""

COMMANDS = {
    "check": ("check", "tiny.yaml"),
    "train with two workers": ("train", "tiny.yaml", "--workers", "2"),
    "resume": ("train", "--resume", "tiny", "--set", "training.epochs=3"),
    "evaluate": ("evaluate", "tiny"),
    "predict": ("predict", "kinds", "table.csv"),
    "lr-find": ("lr-find", "tiny.yaml", "--method", "minimum"),
}


@pytest.mark.skipif(os.name != "posix", reason="how POSIX starts programs")
@pytest.mark.parametrize("name", COMMANDS)
def test_no_program_is_started(runs, name):
    """The first picture of all is drawn here: nothing is known of the fonts yet."""
    home = {"MPLCONFIGDIR": str(runs / "fonts"), "HOME": str(runs)}
    main = LISTENING if name in DRAWING else LISTENING.replace(MAIN, QUICK)
    done = ended(start(*COMMANDS[name], main=main, environment=home))
    assert (done.code, [line for line in done.err.splitlines() if "started:" in line]) == (0, [])


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git, to be sure that it is not asked")
def test_what_a_folder_names_as_a_program_is_not_run(nnfs):
    hook = Path("hook.sh")
    hook.write_text(f"#!/bin/sh\ntouch '{Path.cwd()}/ran'\n")
    hook.chmod(0o755)
    for command in (("init", "-q"), ("add", "tiny.yaml"), ("config", "core.fsmonitor", "./hook.sh")):
        subprocess.run(["git", *command], check=True)
    assert nnfs("train", "tiny.yaml").code == 0
    assert not Path("ran").exists()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="terminals of POSIX")
def test_bars_start_no_program_either():
    keyboard, screen = os.openpty()
    process = start("train", "tiny.yaml", main=LISTENING.replace(MAIN, QUICK), stdin=screen, stderr=screen)
    os.close(screen)
    shown = b""
    try:
        while piece := os.read(keyboard, 65536):
            shown += piece
    except OSError:
        pass
    os.close(keyboard)
    assert ended(process).code == 0
    assert b"training" in shown
    assert b"started:" not in shown
