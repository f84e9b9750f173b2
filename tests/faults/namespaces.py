"""Namespaces: a shell that may mount file systems that nobody else sees, and that vanish with it."""

from __future__ import annotations

import functools
import os
import subprocess
import sys

import pytest

from tests.cli.program import QUICK, ROOT, Done

REFUSED = 99


def shell(script: str, **environment: str) -> Done:
    """Run a script of bash in which `nnfs` is the program and `mounted` mounts, or skip the test."""
    functions = f"""
        nnfs() {{ {sys.executable} -c '{QUICK}' "$@"; }}
        mounted() {{ mount "$@" || exit {REFUSED}; }}
    """
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "NNFS_OFFLINE": "1", **environment}
    command = [*_entrance(), "bash", "-c", functions + script]
    done = subprocess.run(command, env=variables, capture_output=True, encoding="utf-8", timeout=300)
    if done.returncode == REFUSED:
        pytest.skip(f"this system lets nobody mount: {done.stderr.strip()}")
    assert "Traceback" not in done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@functools.cache
def _entrance() -> tuple[str, ...]:
    for command in (("unshare", "-Ur", "-m"), ("unshare", "-m")):
        try:
            subprocess.run([*command, "true"], check=True, capture_output=True, timeout=300)
        except (OSError, subprocess.SubprocessError):
            continue
        return command
    pytest.skip("this system has no namespaces for users")
