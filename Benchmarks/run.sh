#!/usr/bin/env bash
# What a run costs, as ratios measured side by side in one go: `make bench`, or run.sh SLUICE.
#
# 1. Start-up: `sluice version` against /bin/true.
# 2. The lag of one group on 12 partitions: `sluice run lag_budget` against Kafka's own kafka-consumer-groups.sh.
#    Needs KAFKA_HOME.
#
# Runs of the two alternate, so that whatever else the machine does falls on both; medians are compared.
set -euo pipefail

sluice=$(realpath "$1")
benchmarks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$benchmarks/.."

# timed COMMAND...: its wall time in microseconds; a command that fails ends the benchmark.
timed() {
    local before=${EPOCHREALTIME/[.,]/} after
    "$@" </dev/null >/dev/null 2>"$errors" || { echo "failed: $*" >&2; cat "$errors" >&2; return 1; }
    after=${EPOCHREALTIME/[.,]/}
    echo $((after - before))
}
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

median() { sort -n | awk '{ v[NR] = $1 } END { print int((v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2) }'; }

# compare RUNS NAME FUNCTION NAME FUNCTION: calls the two functions alternately and prints how long they take.
compare() {
    local runs=$1 one_name=$2 one=$3 other_name=$4 other=$5 time
    local ones=() others=()
    timed "$one" >/dev/null
    timed "$other" >/dev/null
    for _ in $(seq "$runs"); do
        time=$(timed "$one")
        ones+=("$time")
        time=$(timed "$other")
        others+=("$time")
    done
    first=$(printf '%s\n' "${ones[@]}" | median)
    second=$(printf '%s\n' "${others[@]}" | median)
    awk -v a="$first" -v b="$second" -v an="$one_name" -v bn="$other_name" -v n="$runs" 'BEGIN {
        printf "  %-44s %10.2f ms\n  %-44s %10.2f ms   (medians of %d)\n", an, a / 1000, bn, b / 1000, n
        printf "  difference %.2f ms, ratio %.3f\n", (a - b) / 1000, a / b
    }'
}

echo "Start-up"
version() { "$sluice" version; }
nothing() { /bin/true; }
compare 40 "sluice version" version "/bin/true" nothing

if [ -z "${KAFKA_HOME:-}" ]; then
    echo "The lag of a group is not measured: KAFKA_HOME is not set."
    exit 0
fi

. "$benchmarks/kafka.sh"
trap 'rm -f "$errors"; stop_brokers' EXIT
start_broker broker "$KAFKA_HOME"
await_broker broker

tool() { local name=$1; shift; "$KAFKA_HOME/bin/$name" --bootstrap-server "$broker" "$@"; }
tool kafka-topics.sh --create --topic orders --partitions 12 >/dev/null
produce() {
    seq "$1" "$2" | sed 's/.*/&|&/' | tool kafka-console-producer.sh --topic orders \
        --property parse.key=true --property 'key.separator=|' >/dev/null 2>&1
}
produce 1 12000
tool kafka-consumer-groups.sh --group billing --topic orders --reset-offsets --to-latest --execute >/dev/null 2>&1
produce 12001 12600

echo "Lag of one group, 12 partitions, Kafka $(basename "$KAFKA_HOME"/libs/kafka-clients-*.jar .jar | sed 's/.*-//')"
ours() { "$sluice" run lag_budget --source "$broker" --set lag_budget.groups=billing --set lag_budget.max_lag=600; }
theirs() { tool kafka-consumer-groups.sh --describe --group billing; }
compare 7 "sluice run lag_budget" ours "kafka-consumer-groups.sh --describe" theirs
