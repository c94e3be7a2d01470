#!/usr/bin/env bash
# Scans the records of plan.lua in several processes, each a share of the partitions, and joins their evidence:
#
#     SLUICE_SOURCE=old-1:9092 SLUICE_TARGET=new-1:9092 ./scan.sh NEW_FOLDER
#
# SHARDS is their number, JOBS how many run at a time on each host. HOSTS names the hosts as `parallel --sshlogin` takes
# them (scan-1,scan-2; default: this one); sluice has to be there, and to reach the clusters. FREEZE is the evidence of a
# freeze_capture, by whose sizes the partitions are then spread.
set -uo pipefail

folder=$(realpath -m "${1:?a new folder for the evidence}")
freeze=${FREEZE:+$(realpath "$FREEZE")}
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir "$folder" || exit 73
shards=${SHARDS:-8}

files=(--basefile plan.lua)
options=(--plan plan.lua -q)
if [ -n "$freeze" ]; then
    cp "$freeze" "$folder/freeze.jsonl"
    options+=(--freeze freeze.jsonl)
fi
hosts=()
if [ -n "${HOSTS:-}" ]; then
    # In a folder of their own in the home of each host; what was sent there is gone afterwards.
    hosts=(--sshlogin "$HOSTS" --workdir "sluice-shards-$$" --cleanup)
    [ -z "$freeze" ] || files+=(--basefile "$folder/./freeze.jsonl")
    hosts+=("${files[@]}" --env SLUICE_SOURCE --env SLUICE_TARGET)
elif [ -n "$freeze" ]; then
    options[-1]=$folder/freeze.jsonl
fi

# A shard never ends with 0: it has seen a part only. What became of it is in its evidence, or in the lack of it.
seq 0 $((shards - 1)) | parallel --will-cite --jobs "${JOBS:-2}" "${hosts[@]}" --results "$folder/shard-{}.jsonl" \
    sluice run "${options[@]}" --shard "{}/$shards" > /dev/null || true
cat "$folder"/shard-*.err >&2

sluice merge "$folder"/shard-*.jsonl --evidence "$folder/run.jsonl"
