"""Change what commands read by its meaning: `python -m tests.fuzz.meaning [KIND ...] [--inputs N] [--seed N]`.

Each command runs in a process of its own. The command ends with 1 if one of them did what no command may do.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


def main() -> int:
    """Try the kinds that are named, or all of them."""
    from tests.fuzz.meaning.kinds import KINDS, Cases, Tally, try_many, world

    options = _options()
    import_everything()
    found = 0
    with world() as sound:
        for name in options.kinds or KINDS:

            def tell(tally: Tally, name: str = name) -> None:
                if tally.count % 500 == 0:
                    print(summary(name, tally), file=sys.stderr, flush=True)

            numbers = range(options.start, options.start + options.inputs)
            cases = Cases(name, sound, options.seed)
            tally = try_many(cases, numbers, sound, program=options.programs, batch=options.batch, tell=tell)
            for number, command, outcome in tally.found:
                print(f"{name} {number}: {command}: {outcome.wrong}\n{outcome.err[-3000:]}", flush=True)
            print(summary(name, tally), flush=True)
            found += len(tally.found)
    return int(found > 0)


def summary(name: str, tally) -> str:
    """A line on many cases."""
    codes = ", ".join(f"{code}: {count:,}" for code, count in sorted(tally.codes.items()))
    return (
        f"{name}: {tally.count:,} cases, exit codes {codes}; {100 * tally.past / max(tally.count, 1):.0f} % past the "
        f"first check; at most {tally.seconds:.1f} s and {tally.peak >> 20} MiB; {len(tally.found)} wrong"
    )


def import_everything() -> None:
    """Import the program and its libraries once, for all processes that are forked from this one."""
    import matplotlib.figure  # noqa: F401
    import PIL.Image
    import safetensors.numpy  # noqa: F401

    import nnfs_cli

    PIL.Image.init()
    for module in pkgutil.walk_packages(nnfs_cli.__path__, "nnfs_cli."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.fuzz.meaning", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "kinds", nargs="*", metavar="KIND", help="configuration, checkpoint, run, table, array, picture"
    )
    parser.add_argument("--inputs", type=int, default=1_000, help="for each kind (default: %(default)s)")
    parser.add_argument("--start", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", type=int, default=0, help="another one makes other inputs")
    parser.add_argument("--batch", type=int, default=1, help="how many share a process (default: %(default)s)")
    parser.add_argument("--programs", action="store_true", help="start the program anew for each")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
