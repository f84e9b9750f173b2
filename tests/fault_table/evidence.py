"""Evidence: what a command left behind, and how a failure must look."""

from __future__ import annotations

from pathlib import Path


def contents() -> dict[str, bytes | None]:
    """Everything in the working directory: the bytes of files, None for all else. A folder for runs is nothing."""
    found = {str(path): _content(path) for path in Path().rglob("*")}
    return {name: content for name, content in found.items() if name != "runs"}


def assert_one_line(text: str, words: str) -> None:
    """Standard error is one plain line that holds these words."""
    assert words in text, text
    assert text.endswith("\n"), text
    assert text.count("\n") == 1, text
    assert text[:-1].isprintable(), text
    assert not any(alarm in text for alarm in ("Traceback", "Warning", "Exception")), text


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None
