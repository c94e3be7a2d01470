#!/usr/bin/env bash
# What it costs to read every record of a topic, as ratios measured side by side in one go: records.sh SLUICE [MIB].
#
# Seeds topics of 1 GiB (or of MIB) on a real broker, without compression, with lz4 and with zstd in records of 1,000
# bytes, and with lz4 3 million records of 100 bytes (for 1 GiB), and measures
#
# 1. processor time of the whole process, user and system: `sluice run topic_digest` (checksums verified, every record
#    decoded and digested) against kcat (checksums verified) and against the floor: one thread that receives the same
#    bytes from a socket, computes their checksums and decompresses them (floor.c); and, without a bound, against Kafka's
#    own consumer (kafka-consumer-perf-test.sh);
# 2. the same of `sluice run record_parity`, for each of the two sides, on a topic that a second broker has byte for
#    byte, against kcat reading it;
# 3. wall time of `sluice run record_parity` on two topics with the same records in other batches, against kcat reading
#    the one and then the other;
# 4. the largest memory that any of these had resident.
#
# Rounds (ROUNDS, 3) alternate; medians are compared. Needs KAFKA_HOME, kcat, time, cc, liblz4-dev and libzstd-dev, and
# six times MIB of disk.
set -euo pipefail

sluice=$(realpath "$1")
mebibytes=${2:-1024}
rounds=${ROUNDS:-3}
benchmarks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$benchmarks/.."
: "${KAFKA_HOME:?needs a real broker}"
for tool in kcat cc /usr/bin/time; do
    command -v "$tool" >/dev/null || { echo "$tool (Debian: kcat, gcc, time) is needed" >&2; exit 1; }
done

. Benchmarks/kafka.sh
start_broker broker "$KAFKA_HOME"
cc -O3 -I Sources/C/CCRC32C/include Benchmarks/floor.c Sources/C/CCRC32C/*.c -o "$folder/floor" -llz4 -lzstd -lpthread
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

create() { "$KAFKA_HOME/bin/kafka-topics.sh" --bootstrap-server "$1" --create --topic "$2" --partitions 4 >/dev/null; }

# seed TOPIC SIZE CODEC RECORDS
seed() {
    create "$broker" "$1"
    "$KAFKA_HOME/bin/kafka-producer-perf-test.sh" --topic "$1" --num-records "$4" \
        --throughput -1 --payload-file "$folder/lines-$2" --producer-props "bootstrap.servers=$broker" \
        "compression.type=$3" batch.size=65536 linger.ms=20 >/dev/null
}
large=$((mebibytes * 1048576 / 1000))
small=$((mebibytes * 3000000 / 1024))
seed none 1000 none "$large"
seed lz4 1000 lz4 "$large"
seed zstd 1000 zstd "$large"
seed small 100 lz4 "$small"

# A second broker, first with the files of one topic, byte for byte; the indices are made anew from them.
start_broker replica "$KAFKA_HOME"
await_broker replica
create "$replica" lz4
sleep 1
kill_broker
for partition in 0 1 2 3; do
    rm -f "$folder/replica/lz4-$partition/"*.{log,index,timeindex,snapshot} "$folder/replica/lz4-$partition/leader-epoch-checkpoint"
    cp "$folder/broker/lz4-$partition/"*.log "$folder/replica/lz4-$partition/"
done
restart_broker replica "$KAFKA_HOME"
await_broker replica

# And on each broker a topic with the same records, in larger batches on one.
awk -v count=$((mebibytes * 1048576 / 4 / 1000)) '{ lines[NR] = $0 } END {
    for (i = 0; i < count; i++) print substr(i " " lines[1 + i % NR], 1, 1000)
}' "$folder/lines-1000" >"$folder/part"
for address in "$broker" "$replica"; do
    create "$address" rebatched
    [ "$address" = "$broker" ] && size=65536 || size=300000
    for partition in 0 1 2 3; do
        kcat -P -b "$address" -t rebatched -p "$partition" -z lz4 -X "batch.size=$size" -X linger.ms=50 \
            -X queue.buffering.max.kbytes=200000 -l "$folder/part"
    done
done
rm "$folder/part"

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# used WHAT COMMAND...: in milliseconds, WHAT `processor` (user and system) or `wall`; a failure ends the benchmark.
used() {
    local what=$1 TIMEFORMAT='%R %U %S'
    shift
    { time "$@" </dev/null >"$folder/out" 2>"$folder/errors" || echo failed; } 2>&1 |
        awk -v what="$what" '/failed/ { exit 1 } { print int((what == "wall" ? $1 : $2 + $3) * 1000) }' ||
        { echo "failed: $*" >&2; cat "$folder/out" "$folder/errors" >&2; return 1; }
}
gate() {
    /usr/bin/time -a -o "$folder/memory" -f %M "$sluice" run "$1" --source "$broker" "${@:2}" \
        --evidence "$folder/evidence-$EPOCHREALTIME.jsonl"
}
digest() { gate topic_digest --set "topics=$topic"; }
parity() { gate record_parity --target "$replica" --set "topics=$topic" --set timestamps=ignore; }
kcat_from() { kcat -C -b "$1" -t "$topic" -o beginning -e -q -f '' -X check.crcs=true -X fetch.wait.max.ms=10; }
read_by_kcat() { kcat_from "$broker"; }
read_by_kafka() {
    local records=$large
    [ "$topic" != small ] || records=$small
    "$KAFKA_HOME/bin/kafka-consumer-perf-test.sh" --bootstrap-server "$broker" --topic "$topic" --num-records "$records" \
        --group "perf-$EPOCHREALTIME" --timeout 60000
}
read_both() { kcat_from "$broker" && kcat_from "$replica"; }

# line NAME OURS THEIRS BOUND [FLOOR BOUND KAFKA]
line() {
    awk -v n="$1" -v a="$2" -v b="$3" -v bound="$4" -v c="${5:-}" -v least="${6:-}" -v d="${7:-}" 'BEGIN {
        printf "%-28s %8d ms %8d ms  ratio %.2f (bound %.2f)", n, a, b, a / b, bound
        if (c != "") printf "   floor %6d ms  ratio %.2f (bound %.2f)", c, a / c, least
        if (d != "") printf "   Kafka'"'"'s consumer %6d ms  ratio %.2f", d, a / d
        print ""
    }'
}

echo "Processor time of topic_digest, of kcat, and the floor ($mebibytes MiB each, medians of $rounds rounds)"
for topic in none lz4 zstd small; do
    ours=() theirs=() floors=() kafkas=()
    used processor digest >/dev/null
    for _ in $(seq "$rounds"); do
        ours+=("$(used processor digest)")
        theirs+=("$(used processor read_by_kcat)")
        kafkas+=("$(used processor read_by_kafka)")
        floors+=("$("$folder/floor" "$folder/broker/$topic"-?/*.log 2>"$folder/errors")")
    done
    case $topic in none | lz4) bound=0.6 ;; zstd) bound=0.8 ;; small) bound=0.2 ;; esac
    line "$topic" "$(printf '%s\n' "${ours[@]}" | median)" "$(printf '%s\n' "${theirs[@]}" | median)" "$bound" \
        "$(printf '%s\n' "${floors[@]}" | median)" 1.6 "$(printf '%s\n' "${kafkas[@]}" | median)"
done

# compare NAME WHAT OURS THEIRS BOUND DIVISOR
compare() {
    local ours=() theirs=()
    used "$2" "$3" >/dev/null
    for _ in $(seq "$rounds"); do
        ours+=("$(used "$2" "$3")")
        theirs+=("$(used "$2" "$4")")
    done
    line "$1" "$(($(printf '%s\n' "${ours[@]}" | median) / $6))" "$(printf '%s\n' "${theirs[@]}" | median)" "$5"
}
# What the gate says of the run before: by what it compared.
method() {
    local latest
    latest=$(ls -t "$folder"/evidence-*.jsonl | head -n 1)
    grep -o '"method":"[a-z]*"' "$latest" | sort -u | sed 's/^/    /'
}
echo "record_parity and kcat"
topic=lz4
compare "byte for byte, CPU per side" processor parity read_by_kcat 0.25 2
method
topic=rebatched
compare "other batches, wall time" wall parity read_both 0.7 1
method
sort -n "$folder/memory" | awk 'END { printf "The largest of all runs: %.0f MiB resident (bound 320)\n", $1 / 1024 }'
