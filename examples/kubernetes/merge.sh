#!/bin/sh
# Joins the evidence of all pods; the exit code is the verdict of the run.
set -u
evidence=${EVIDENCE:-/evidence}
run=$evidence/run-$(date -u +%Y%m%dT%H%M%SZ).jsonl
exec sluice merge "$evidence"/shard-*.jsonl --evidence "$run"
