#!/usr/bin/env bash
# Lints the gate and the plan, shows what would run, then runs it:
#
#     SLUICE_SOURCE=old-1:9092 SLUICE_TARGET=new-1:9092 ./runbook.sh EVIDENCE [PLAN]
set -euo pipefail

evidence=$(realpath -m "${1:?a new file for the evidence}")
plan=${2:-plan.lua}
cd "$(dirname "${BASH_SOURCE[0]}")"

sluice check in_sync.lua "$plan"
sluice plan "$plan"
sluice run --plan "$plan" --evidence "$evidence"
sluice verify "$evidence"
