#!/usr/bin/env bash
# What it costs to read every record of a topic, as ratios measured side by side in one go: records.sh SLUICE [MIB].
#
# Seeds topics of 1 GiB (or of MIB) on a real broker, without compression, with lz4 and with zstd in records of 1,000
# bytes, and with lz4 in records of 100, and reads each in turn by `sluice run topic_digest` (checksums verified, every
# record decoded and digested) and by kcat (checksums verified). Three rounds; medians of the processor time of the
# whole process, user and system. Needs KAFKA_HOME and kcat.
set -euo pipefail

sluice=$(realpath "$1")
mebibytes=${2:-1024}
benchmarks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$benchmarks/.."
: "${KAFKA_HOME:?needs a real broker}"
command -v kcat >/dev/null || { echo "kcat (Debian: kcat) is needed" >&2; exit 1; }

. examples/demo/kafka.sh
start_broker broker "$KAFKA_HOME"
await_broker broker

# Lines of words, which compress about as well as what people write.
lines() {
    awk -v size="$1" -v seed=7 'BEGIN {
        srand(seed)
        for (i = 0; i < 2000; i++) {
            word = ""
            for (j = int(3 + rand() * 7); j > 0; j--) word = word sprintf("%c", 97 + int(rand() * 26))
            words[i] = word
        }
        for (i = 0; i < 3000; i++) {
            line = ""
            while (length(line) < size) line = line words[int(rand() * 2000)] " "
            print substr(line, 1, size)
        }
    }' >"$folder/lines-$1"
}
lines 1000
lines 100

# seed TOPIC SIZE CODEC
seed() {
    "$KAFKA_HOME/bin/kafka-topics.sh" --bootstrap-server "$broker" --create --topic "$1" --partitions 4 >/dev/null
    "$KAFKA_HOME/bin/kafka-producer-perf-test.sh" --topic "$1" --num-records $((mebibytes * 1048576 / $2)) \
        --throughput -1 --payload-file "$folder/lines-$2" --producer-props "bootstrap.servers=$broker" \
        "compression.type=$3" batch.size=65536 linger.ms=20 >/dev/null
}
seed none 1000 none
seed lz4 1000 lz4
seed zstd 1000 zstd
seed small 100 lz4

# used COMMAND...: its processor time in milliseconds, user and system.
used() {
    local TIMEFORMAT='%U %S'
    { time "$@" </dev/null >/dev/null 2>"$folder/errors"; } 2>&1 | awk '{ print int(($1 + $2) * 1000) }'
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
round=0
digest() {
    round=$((round + 1))
    "$sluice" run topic_digest --source "$broker" --set "topics=$1" --evidence "$folder/$1-$round-$RANDOM.jsonl"
}
read_by_kcat() {
    kcat -C -b "$broker" -t "$1" -o beginning -e -q -f '' -X check.crcs=true -X fetch.wait.max.ms=10
}

printf '%-8s %14s %14s %8s\n' topic "sluice, CPU ms" "kcat, CPU ms" ratio
for topic in none lz4 zstd small; do
    ours=() theirs=()
    used digest "$topic" >/dev/null
    for _ in 1 2 3; do
        ours+=("$(used digest "$topic")")
        theirs+=("$(used read_by_kcat "$topic")")
    done
    awk -v t="$topic" -v a="$(printf '%s\n' "${ours[@]}" | median)" -v b="$(printf '%s\n' "${theirs[@]}" | median)" \
        'BEGIN { printf "%-8s %14d %14d %8.2f\n", t, a, b, a / b }'
done
