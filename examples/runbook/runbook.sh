#!/usr/bin/env bash
# A step of the migration goes ahead only on a verdict whose evidence is whole:
#
#     SLUICE_SOURCE=old-1:9092 SLUICE_TARGET=new-1:9092 ./runbook.sh NEW_FOLDER
#
# WAIT is how long the groups may take to catch up, HOLD for how long they must then stay so.
set -uo pipefail

folder=$(realpath -m "${1:?a new folder for the evidence}")
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir "$folder" || exit 73

stop() {
    printf '== stop: %s\n' "$2" >&2
    exit "$1"
}

# step NAME ARGUMENT...: gates of the plan; goes on only if all of them pass.
step() {
    local name=$1 evidence=$folder/$1.jsonl summary code head
    shift
    printf '== %s\n' "$name"
    summary=$(sluice run --plan plan.lua "$@" --evidence "$evidence")
    code=$?
    printf '%s\n' "$summary"
    case $code in
        0) ;;
        1) stop 1 "$name failed: what was measured contradicts the plan" ;;
        2) stop 2 "$name is inconclusive: see to what could not be measured, then start again" ;;
        *) stop "$code" "$name did not come to a verdict" ;;
    esac
    # The head came through the pipe, not from the file: a file that was replaced since does not end with it.
    head=${summary#* head=}
    sluice verify --head "${head%% *}" "$evidence" || stop 1 "the evidence of $name is not what the run wrote"
}

step preflight phase:preflight
step catch-up phase:catch_up --wait "${WAIT:-30m}" --every "${EVERY:-10s}" --hold "${HOLD:-1m}"

printf '== go ahead: stop the writers of orders and payments, then move shipping\n'
