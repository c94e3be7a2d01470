#!/bin/sh
# What a pod of the Indexed Job does: its share of the scans, into a file that is there only once it is whole.
set -u
: "${JOB_COMPLETION_INDEX:?is set by an Indexed Job}" "${SHARDS:?the completions of the Job}"
evidence=${EVIDENCE:-/evidence}

# A pod that is started anew must not stumble over what the one before it left.
part=$evidence/shard-$JOB_COMPLETION_INDEX.$(hostname).$$.part
sluice run --plan "${PLAN:-/plan/plan.lua}" --shard "$JOB_COMPLETION_INDEX/$SHARDS" --evidence "$part" &
child=$!
# The first process of a container is the one that is told to end.
trap 'kill -TERM "$child"' TERM INT
wait "$child"
code=$?
# The signal ended the waiting, not yet what was waited for.
while [ $code -gt 128 ] && kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
done
case $code in
    # Its verdict is in the evidence, for the merge to judge: to run it again would not change it.
    0 | 1 | 2) mv "$part" "$evidence/shard-$JOB_COMPLETION_INDEX.jsonl" ;;
    *) exit $code ;;
esac
