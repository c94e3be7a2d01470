#!/usr/bin/env bash
# The main job on two real clusters: `make demo`, or run.sh SLUICE.
#
# Two brokers from KAFKA_HOME (and, for an older source, KAFKA_SOURCE_HOME) are filled as in the middle of a
# migration: the topics are on both sides, the groups still read the source, one of them a little behind. Four gates
# then judge whether it may go on.
set -euo pipefail

if [ -z "${KAFKA_HOME:-}" ]; then
    cat >&2 <<'END'
The demo runs against real Kafka, and KAFKA_HOME is not set. Unpack an Apache Kafka release (4.0 or newer, from
https://kafka.apache.org/downloads; it needs Java 17), then:

    KAFKA_HOME=/path/to/kafka make demo

KAFKA_SOURCE_HOME may name a second, older release that plays the source.
END
    exit 1
fi
for home in "$KAFKA_HOME" "${KAFKA_SOURCE_HOME:-$KAFKA_HOME}"; do
    if [ ! -x "$home/bin/kafka-server-start.sh" ]; then
        echo "No Kafka in $home: it has no bin/kafka-server-start.sh." >&2
        exit 1
    fi
done
command -v java >/dev/null || { echo "Kafka needs Java 17, and there is no java on PATH." >&2; exit 1; }

PATH=$(dirname "$(realpath "$1")"):$PATH
demo=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$demo/../.."
. "$demo/kafka.sh"

source_home=${KAFKA_SOURCE_HOME:-$KAFKA_HOME}
evidence=.build/demo/evidence.jsonl
mkdir -p "$(dirname "$evidence")"
rm -f "$evidence"

say() { printf '\n== %s\n' "$*"; }
show() { printf '$ %s\n' "$*"; "$@"; }

say "Starting a source and a target"
start_broker source "$source_home"
start_broker target "$KAFKA_HOME"
await_broker source
await_broker target
echo "source $source, target $target"

# Each record is a line `key|JSON`, so that records spread over the partitions the same way on both sides.
orders() { for i in $(seq "$1" "$2"); do printf '%d|{"order":%d,"amount":"%d.50"}\n' "$i" "$i" $((i % 90)); done; }
payments() { for i in $(seq 300); do printf '%d|{"payment":%d,"order":%d}\n' "$i" "$i" "$i"; done; }
events() { for i in $(seq 200); do printf '%d|{"event":"shipped","order":%d}\n' "$i" "$i"; done; }

# fill HOME ADDRESS: the topics with their records, each by Kafka's own tools.
fill() {
    local home=$1 address=$2 pair
    for pair in orders:12 payments:6 events:3; do
        "$home/bin/kafka-topics.sh" --bootstrap-server "$address" --create \
            --topic "${pair%:*}" --partitions "${pair#*:}" >/dev/null
    done
    orders 1 1000 | produce "$home" "$address" orders
    payments | produce "$home" "$address" payments
    events | produce "$home" "$address" events
}
produce() {
    "$1/bin/kafka-console-producer.sh" --bootstrap-server "$2" --topic "$3" \
        --property parse.key=true --property 'key.separator=|' >/dev/null
}

say "Filling both with orders, payments and events"
fill "$source_home" "$source" 2>"$folder/source.tools" &
filling=$!
fill "$KAFKA_HOME" "$target" 2>"$folder/target.tools" || { cat "$folder/target.tools" >&2; exit 1; }
wait "$filling" || { cat "$folder/source.tools" >&2; exit 1; }

say "Groups on the source: billing and shipping read all orders, then 60 more arrive that billing has not read"
groups() { "$source_home/bin/kafka-consumer-groups.sh" --bootstrap-server "$source" "$@"; }
groups --group billing --reset-offsets --to-latest --topic orders --topic payments --execute >/dev/null
orders 1001 1060 | produce "$KAFKA_HOME" "$target" orders 2>>"$folder/target.tools" &
filling=$!
orders 1001 1060 | produce "$source_home" "$source" orders
groups --group shipping --reset-offsets --to-latest --topic orders --execute >/dev/null
wait "$filling"

say "May the migration go on?"
show sluice run lag_budget partition_parity decode_test auth_probe \
    --source "$source" --target "$target" \
    --set lag_budget.groups=billing,shipping --set lag_budget.max_lag=10 \
    --set partition_parity.topics=orders,payments,events \
    --set decode_test.topics=orders,payments,events --set decode_test.format=json \
    --evidence "$evidence"

say "The evidence: $(wc -l <"$evidence") lines in $evidence, such as"
grep -m 3 '"type":"check"' "$evidence" | cut -c 1-240

say "Is it whole and unaltered?"
show sluice verify "$evidence"
