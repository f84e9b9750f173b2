"""Guided: the same readers under Atheris, which looks for inputs that reach new code; it need not be installed.

Source: https://github.com/google/atheris, an engine on libFuzzer.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.fuzz.mutate import LONGEST

SECONDS = 1
MEGABYTES = 2048


def guide(name: str, inputs: int, seed: int) -> None:
    """Feed a reader until it fails or took so many inputs, and end the process.

    The input that fails goes to `tests/hostile/<reader>`; the corpus stays in the folder for temporary files, so that
    the next run goes on from there.
    """
    import atheris

    with atheris.instrument_imports(include=["nnfs_cli", "yaml"]):
        from tests.fuzz import seeds, targets
        from tests.fuzz.engine import judged
    reader, mutator = targets.READERS[name], seeds.mutator(name, seed)
    folder = Path(tempfile.gettempdir()) / "nnfs-fuzz" / name
    path, corpus, kept = folder / reader.file, folder / "corpus", seeds.HOSTILE / name
    for directory in (corpus, kept):
        directory.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(mutator.files):
        (corpus / str(number)).write_bytes(content)

    def read(content: bytes) -> None:
        path.write_bytes(content)
        _, wrong = judged(reader, path)
        if wrong:
            raise AssertionError(wrong)

    limits = [f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}", f"-max_len={LONGEST}"]
    atheris.Setup(
        ["", f"-runs={inputs}", f"-seed={seed + 1}", f"-artifact_prefix={kept}/found_", *limits, str(corpus)], read
    )
    atheris.Fuzz()
