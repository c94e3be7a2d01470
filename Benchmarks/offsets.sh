#!/usr/bin/env bash
# What lags and end offsets cost, as ratios of wall time measured side by side: offsets.sh SLUICE [PARTITIONS].
#
# The lag of a group on 12 and on 5,000 (or PARTITIONS) partitions by `sluice run lag_budget`, against Kafka's own
# kafka-consumer-groups.sh and confluent-kafka's admin client (admin.py); the end offsets of as many partitions by
# `sluice run ends.lua` against kafka-get-offsets.sh and the admin client. Each is a whole process. Runs alternate
# (ROUNDS, 7); medians are compared. Needs KAFKA_HOME, and a Python with confluent_kafka for the columns that name it.
set -euo pipefail

sluice=$(realpath "$1")
many=${2:-5000}
rounds=${ROUNDS:-7}
python=${PYTHON:-python3}
benchmarks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$benchmarks/.."
: "${KAFKA_HOME:?needs a real broker}"
. Benchmarks/kafka.sh
has_admin=true
"$python" -c 'import confluent_kafka' 2>/dev/null || { has_admin=false; echo "confluent_kafka is not measured: $python has none"; }

start_broker broker "$KAFKA_HOME"
await_broker broker
tool() { local name=$1; shift; "$KAFKA_HOME/bin/$name" --bootstrap-server "$broker" "$@"; }
# seed TOPIC PARTITIONS GROUP: some records, a commit at the end, some more.
seed() {
    tool kafka-topics.sh --create --topic "$1" --partitions "$2" >/dev/null
    for part in 1 2; do
        seq 20000 | tool kafka-console-producer.sh --topic "$1" --producer-property partitioner.class=org.apache.kafka.clients.producer.RoundRobinPartitioner >/dev/null 2>&1
        [ "$part" = 2 ] || tool kafka-consumer-groups.sh --group "$3" --topic "$1" --reset-offsets --to-latest \
            --execute >/dev/null 2>&1
    done
}
seed few 12 billing
seed many "$many" shipping

# timed COMMAND...: its wall time in milliseconds; a command that fails ends the benchmark.
timed() {
    local before=${EPOCHREALTIME/[.,]/} after
    "$@" </dev/null >"$folder/out" 2>"$folder/errors" || { echo "failed: $*" >&2; cat "$folder/out" "$folder/errors" >&2; return 1; }
    after=${EPOCHREALTIME/[.,]/}
    echo $(((after - before) / 100))
}
median() { sort -n | awk '{ v[NR] = $1 } END { print int((v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2) }'; }

# compare NAME OURS KAFKA BOUND ADMIN BOUND
compare() {
    local ours=() kafka=() admin=()
    timed "$2" >/dev/null
    for _ in $(seq "$rounds"); do
        ours+=("$(timed "$2")")
        kafka+=("$(timed "$3")")
        ! "$has_admin" || admin+=("$(timed "$5")")
    done
    awk -v n="$1" -v a="$(printf '%s\n' "${ours[@]}" | median)" -v b="$(printf '%s\n' "${kafka[@]}" | median)" \
        -v c="$(printf '%s\n' "${admin[@]:-0}" | median)" -v bound="$4" -v other="$6" 'BEGIN {
        printf "%-26s %8.1f ms   Kafka'"'"'s tool %8.1f ms  ratio %.3f (bound %.2f)", n, a / 10, b / 10, a / b, bound
        if (c > 0) printf "   confluent-kafka %8.1f ms  ratio %.2f (bound %s)", c / 10, a / c, other
        print ""
    }'
}
lag() { "$sluice" run lag_budget --source "$broker" --set "lag_budget.groups=$1" --set lag_budget.max_lag=100000; }
ours_few() { lag billing; }
ours_many() { lag shipping; }
kafka_few() { tool kafka-consumer-groups.sh --describe --group billing; }
kafka_many() { tool kafka-consumer-groups.sh --describe --group shipping; }
admin_few() { "$python" Benchmarks/admin.py "$broker" few billing; }
admin_many() { "$python" Benchmarks/admin.py "$broker" many shipping; }
ours_ends() { "$sluice" run Benchmarks/ends.lua --source "$broker" --set topic=many --set "partitions=$many"; }
kafka_ends() { tool kafka-get-offsets.sh --topic many; }
admin_ends() { "$python" Benchmarks/admin.py "$broker" many; }

echo "Wall time of whole processes, medians of $rounds"
compare "lag, 12 partitions" ours_few kafka_few 0.05 admin_few 0.3
compare "lag, $many partitions" ours_many kafka_many 0.1 admin_many 0.5
compare "end offsets, $many partitions" ours_ends kafka_ends 0.1 admin_ends none
