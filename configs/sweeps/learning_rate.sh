#!/usr/bin/env bash
# Train one configuration with several learning rates side by side, and print them from the best to the worst.
#
#   configs/sweeps/learning_rate.sh [CONFIG [RATE...]]
#   JOBS=4 KEY=optimizer.lr configs/sweeps/learning_rate.sh configs/csv_regression.yaml 1e-3 3e-3 1e-2
#
# JOBS  trainings at a time (the number of cores if not set)
# KEY   the key that is swept (scheduler.max_lr if not set)
# NNFS  the program (nnfs if not set, else the one in .venv)
#
# The runs and results.jsonl, a line for every run that ended well, are left in a directory of their own. A run that
# fails leaves its message in <rate>.log and does not disturb the others.
set -euo pipefail

config=${1:-configs/digits_dense.yaml}
if [ $# -gt 0 ]; then shift; fi
if [ $# -eq 0 ]; then set -- 1e-3 3e-3 1e-2 3e-2 1e-1; fi

nnfs=${NNFS:-nnfs}
if ! command -v "$nnfs" >/dev/null && [ -x .venv/bin/nnfs ]; then nnfs=.venv/bin/nnfs; fi
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}

# A wrong configuration would fail in every run: say so once.
"$nnfs" check "$config" >/dev/null

mkdir -p runs
sweep=$(mktemp -d "runs/sweep-$(date +%Y%m%d-%H%M%S)-XXXX")
export nnfs config sweep
export key=${KEY:-scheduler.max_lr}

one() { # one training with rate $1; each has a file of its own, so no two write to the same
    if "$nnfs" train "$config" --set "$key=$1" --workers 1 --runs-dir "$sweep" --name "$1" --json --quiet \
        >"$sweep/$1.json" 2>"$sweep/$1.log"; then
        echo "$1: done" >&2
    else
        echo "$1: failed with exit code $?, see $sweep/$1.log: $(tail -n 1 "$sweep/$1.log")" >&2
    fi
}
export -f one

printf '%s\n' "$@" | xargs -P "$jobs" -I RATE bash -c 'one RATE'
cat "$sweep"/*.json >"$sweep/results.jsonl"

python3 - "$sweep/results.jsonl" "$key" <<'PYTHON'
import json, os, sys

runs = [json.loads(line) for line in open(sys.argv[1])]
if not runs:
    sys.exit("no run ended well")
monitor = runs[0]["monitor"]
runs.sort(key=lambda run: run["best"], reverse=monitor.endswith("accuracy"))
print(f"{sys.argv[2]:>20}  {monitor:>12}  {'run'}")
for run in runs:
    print(f"{os.path.basename(run['run']):>20}  {run['best']:>12.5f}  {run['run']}")
print(f"best: {os.path.basename(runs[0]['run'])}")
PYTHON
