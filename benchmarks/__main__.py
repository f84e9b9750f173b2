"""python -m benchmarks: this program measured in sections, each a table; all figures go to a JSON file as well.

NNFS_DATA_DIR=data python -m benchmarks --peer-python ~/peers/bin/python
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.contender import PEERS
from benchmarks.limit import matrix_rates
from benchmarks.plan import Plan, Skipped
from benchmarks.report import machine_lines

SECTIONS = ("rows", "startup", "memory", "announced", "checkpoints", "accuracy", "scaling", "signals")


def main() -> None:
    """Measure the sections that are asked for; every entry is printed and written as soon as it is measured."""
    options = _options()
    plan = Plan(options.rounds, options.workers, options.only, tuple(options.peers), options.peer_python)
    figures: dict[str, Any] = {"machine": machine_lines(matrix_rates(), plan.workers)}
    print("\n".join(figures["machine"]), flush=True)
    for name in options.sections:
        figures[name] = []
        section = importlib.import_module(f"benchmarks.sections.{name}")
        measure(section, plan, figures[name], save=lambda: _write(options.json, figures))
    print(f"\nwrote {options.json}")


def measure(section: ModuleType, plan: Plan, entries: list[dict[str, Any]], save: Callable[[], None]) -> None:
    """Print one section while it is measured, and save after each of its entries."""
    print(f"\n## {section.TITLE}\n\n{section.HEAD}", flush=True)
    try:
        for entry in section.measure(plan):
            entries.append(entry)
            print(section.lines(entry), flush=True)
            save()
    except Skipped as reason:
        entries.append({"skipped": str(reason)})
        print(f"\nskipped: {reason}", flush=True)
        save()


def _write(path: Path, figures: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="This program and its peers, measured.")
    parser.add_argument("--sections", nargs="+", default=list(SECTIONS), choices=SECTIONS, help="what to measure")
    parser.add_argument("--only", default="ABCDEFG", help="the rows to measure, such as AB")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each, in turns, after a warm-up")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count(), help="processes of this program, threads of its peers"
    )
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS), help="whom to compare with")
    parser.add_argument("--peer-python", default=sys.executable, help="the Python that has torch, jax and scikit-learn")
    parser.add_argument("--json", type=Path, default=Path("runs") / "benchmarks.json", help="where all figures go")
    return parser.parse_args()


if __name__ == "__main__":
    main()
