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
#
# Ctrl-C, SIGTERM and SIGHUP are passed on: every training saves itself, then the sweep ends. Started again with the same
# arguments, a sweep that did not end goes on: what is done stays, what is unfinished is resumed.
set -euo pipefail

config=${1:-configs/digits_dense.yaml}
if [ $# -gt 0 ]; then shift; fi
if [ $# -eq 0 ]; then set -- 1e-3 3e-3 1e-2 3e-2 1e-1; fi

nnfs=${NNFS:-nnfs}
if ! command -v "$nnfs" >/dev/null && [ -x .venv/bin/nnfs ]; then nnfs=.venv/bin/nnfs; fi
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}
key=${KEY:-scheduler.max_lr}

case $jobs in
'' | 0* | *[!0-9]*)
    printf 'JOBS=%q: expected a number of trainings\n' "$jobs" >&2
    exit 2
    ;;
esac

# A rate is the name of its run, too; one that is given twice is trained once.
rates=" "
for rate in "$@"; do
    case $rate in
    '' | .* | *[!A-Za-z0-9._+-]*)
        printf '%q: expected a plain value such as 1e-3\n' "$rate" >&2
        exit 2
        ;;
    esac
    case $rates in *" $rate "*) ;; *) rates="$rates$rate " ;; esac
done

# A wrong configuration would fail in every run: say so once.
"$nnfs" check -- "$config" >/dev/null

asked=$(printf '%q ' "$config" "$key" "$@")
mkdir -p runs
sweep=
for left in runs/sweep-*/unfinished.*; do # the sweep that this one goes on with, if its process is gone
    if [ -f "$left" ] && [ "$(cat "$left")" = "$asked" ] && ! kill -0 "${left##*.}" 2>/dev/null &&
        mv "$left" "${left%.*}.$$" 2>/dev/null; then
        sweep=${left%/*}
        echo "going on with $sweep" >&2
        break
    fi
done
if [ -z "$sweep" ]; then
    sweep=$(mktemp -d "runs/sweep-$(date +%Y%m%d-%H%M%S)-XXXX")
    printf '%s\n' "$asked" >"$sweep/unfinished.$$"
fi

train() { # one training with rate $1, or the rest of it; each has files of its own, so no two write to the same
    trap : INT TERM HUP # the training gets the signal, too; what became of it is told
    local run=$sweep/$1 code=0
    if [ -d "$run" ]; then
        "$nnfs" train --resume "$run" --json --quiet >"$run.part" 2>"$run.log" </dev/null || code=$?
    else
        "$nnfs" train --set "$key=$1" --workers 1 --runs-dir "$sweep" --name "$1" --json --quiet -- "$config" \
            >"$run.part" 2>"$run.log" </dev/null || code=$?
    fi
    if [ "$code" -eq 0 ]; then
        mv "$run.part" "$run.json"
        echo "$1: done" >&2
    elif [ "$code" -gt 128 ]; then
        echo "$1: stopped" >&2
    else
        echo "$1: failed with exit code $code, see $run.log: $(tail -n 1 "$run.log")" >&2
    fi
}

stopped=0
pass_on() { # ask every training to save itself; $1 is the exit code of the sweep
    stopped=$1
    for job in $(jobs -p); do kill -s TERM -- "-$job" 2>/dev/null || :; done
}
trap 'pass_on 130' INT
trap 'pass_on 143' TERM
trap 'pass_on 129' HUP

for rate in $rates; do
    while [ "$stopped" -eq 0 ] && [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do sleep 0.2; done
    if [ "$stopped" -ne 0 ]; then break; fi
    if [ -e "$sweep/$rate.json" ]; then continue; fi
    set -m # a process group for each training: Ctrl-C reaches it once, through this script
    train "$rate" &
    set +m
    if [ "$stopped" -ne 0 ]; then kill -s TERM -- "-$!" 2>/dev/null || :; fi
done
until wait; do :; done # a signal ends a wait early
if [ "$stopped" -ne 0 ]; then
    echo "stopped; start it again with the same arguments to go on with $sweep" >&2
    exit "$stopped"
fi

for rate in $rates; do
    if [ -e "$sweep/$rate.json" ]; then cat "$sweep/$rate.json"; fi
done >"$sweep/results.jsonl"
rm -f "$sweep/unfinished.$$"

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
