"""Feed damaged files to the readers: `python -m tests.fuzz [READER ...] [--inputs N] [--seed N]`.

An input that makes a reader do anything but read it or refuse it as it should is written to
`tests/hostile/<reader>/`, where the test suite tries it again from then on, and the command ends with 1.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

READERS = ("checkpoint", "state", "yaml", "idx", "csv", "npz")


def main() -> int:
    """Fuzz the readers that are named, or all of them; 1 if anything was found."""
    options = _options()
    readers = options.readers or READERS
    if options.engine == "atheris":
        from tests.fuzz.guided import guide

        guide(readers[0], options.inputs, options.seed)
    return int(sum(_fuzz(name, options.inputs, options.seed) for name in readers) > 0)


def _fuzz(name: str, inputs: int, seed: int) -> int:
    """Fuzz one reader and say what was found; the number of findings."""
    from tests.fuzz import seeds
    from tests.fuzz.engine import fuzz
    from tests.fuzz.targets import READERS

    reader = READERS[name]
    report = fuzz(reader, seeds.mutator(name, seed).mutant, inputs, tell=lambda done: _tell(name, done))
    for finding in report.findings:
        path = _keep(seeds.HOSTILE / name, reader.file, finding.content)
        print(f"{name}: {path}: {finding.sentence}", file=sys.stderr)
    print(_summary(name, report), file=sys.stderr, flush=True)
    return len(report.findings)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("readers", nargs="*", choices=[*READERS, []], metavar="READER", help=", ".join(READERS))
    parser.add_argument("--inputs", type=int, default=50_000, help="for each reader (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another one makes other inputs")
    parser.add_argument(
        "--engine",
        choices=["built-in", "atheris"],
        default="built-in",
        help="atheris is guided by coverage, takes one reader, and must be installed (default: %(default)s)",
    )
    options = parser.parse_args()
    if options.engine == "atheris" and len(options.readers) != 1:
        parser.error("--engine atheris takes one reader at a time")
    return options


def _tell(name: str, done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{name}: {done:,} inputs", end="\r", file=sys.stderr, flush=True)


def _keep(folder: Path, name: str, content: bytes) -> Path:
    """The file that an input is from now on."""
    path = folder / f"found_{hashlib.sha256(content).hexdigest()[:12]}_{name}"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _summary(name: str, report: Any) -> str:
    seconds, number = report.slowest
    return (
        f"{name}: {report.inputs:,} inputs, "
        f"{report.inputs / report.seconds:,.0f} a second; {report.refused:,} refused, "
        f"{len(report.findings)} not as they should be; the slowest took {seconds * 1000:.0f} ms (number {number})"
    )


if __name__ == "__main__":
    sys.exit(main())
