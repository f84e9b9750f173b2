"""python -m benchmarks: everybody trains the same networks in turns; a table says who is how fast.

NNFS_DATA_DIR=data python -m benchmarks --peer-python ~/peers/bin/python
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from benchmarks.compare import compare
from benchmarks.contender import PEERS
from benchmarks.limit import matrix_rate
from benchmarks.report import heading, machine_lines, row_table
from benchmarks.workloads import WORKLOADS


def main() -> None:
    """Measure the rows that are asked for; print a table for each and write all figures to a JSON file."""
    options = _options()
    rate = matrix_rate()
    print("\n".join(machine_lines(rate)), flush=True)
    rows = []
    for workload in WORKLOADS:
        if workload.letter in options.only:
            rows.append(compare(workload, options.peers, options.peer_python, options.workers, options.rounds, rate))
            print(f"\n{heading(workload)}\n\n{row_table(rows[-1])}", flush=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"machine": machine_lines(rate), "rows": rows}, indent=2) + "\n")
    print(f"\nwrote {options.json}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="This program against its peers.")
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
