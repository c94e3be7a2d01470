#!/usr/bin/env bash
# What a login over TLS with SCRAM costs the client, against kcat: login.sh SLUICE. Needs KAFKA_HOME and kcat.
#
# Each side starts as a process, logs in to a cluster of one broker, asks for its metadata and ends: `kcat -L`, and
# `sluice run` with a gate that calls `describe`. Counted is processor time, user and system, not wall time: so a busy
# machine changes little. A sample is ten runs in a row; the samples of the two alternate, and medians are compared.
# Exits 1 where the ratio is above the bound.
#
# kcat must use librdkafka 2.6.1 or later: Kafka 4.x refuses SCRAM to older ones, which repeat the client's nonce (fixed
# by librdkafka's pull request 4895). Another one than the system's is chosen by LD_LIBRARY_PATH.
set -euo pipefail

sluice=$(realpath "$1")
benchmarks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
samples=${SAMPLES:-25}
runs=10
bound=1.5

command -v kcat >/dev/null || { echo "kcat is missing (Debian: apt-get install kcat)." >&2; exit 1; }
: "${KAFKA_HOME:?names no Kafka}"
. "$benchmarks/kafka.sh"

# A certificate that is its own authority, and a user whose password both mechanisms know.
password=$(openssl rand -hex 16)
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/key.pem" -out "$folder/ca.pem" -days 2 \
    -subj "/CN=localhost" -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" 2>"$folder/openssl.log"
cat "$folder/key.pem" "$folder/ca.pem" >"$folder/store.pem"

start_secure_broker() {
    local port controller module="org.apache.kafka.common.security.scram.ScramLoginModule required;"
    port=$(free_port)
    controller=$(free_port)
    cat >"$folder/secure.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=SASL_SSL://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=SASL_SSL://127.0.0.1:$port
controller.listener.names=CONTROLLER
inter.broker.listener.name=SASL_SSL
listener.security.protocol.map=CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
log.dirs=$folder/secure
offsets.topic.replication.factor=1
ssl.keystore.type=PEM
ssl.keystore.location=$folder/store.pem
ssl.truststore.type=PEM
ssl.truststore.location=$folder/ca.pem
sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=$module
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=${module%;} username="meter" password="$password";
PROPERTIES
    (
        "$KAFKA_HOME/bin/kafka-storage.sh" format -t "$("$KAFKA_HOME/bin/kafka-storage.sh" random-uuid)" \
            -c "$folder/secure.properties" \
            --add-scram "SCRAM-SHA-256=[name=meter,password=$password]" \
            --add-scram "SCRAM-SHA-512=[name=meter,password=$password]" &&
            exec "$KAFKA_HOME/bin/kafka-server-start.sh" "$folder/secure.properties"
    ) </dev/null >"$folder/secure.log" 2>&1 &
    brokers+=($!)
    secure=127.0.0.1:$port
}

start_secure_broker
await_broker secure

# client MECHANISM: what sluice is told, the same as kcat below.
client() {
    cat >"$folder/$1.properties" <<PROPERTIES
bootstrap.servers=$secure
security.protocol=SASL_SSL
sasl.mechanism=$1
sasl.username=meter
sasl.password=$password
ssl.ca.location=$folder/ca.pem
PROPERTIES
}

# spent FUNCTION: processor time of ten runs of it, in microseconds; a run that fails ends the benchmark.
spent() {
    local TIMEFORMAT='%3U %3S'
    { time for _ in $(seq "$runs"); do "$1" || exit 1; done >"$folder/out" 2>"$folder/errors"; } 2>&1 |
        awk '{ printf "%d\n", ($1 + $2) * 1000000 / '"$runs"' }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print int((v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2) }'; }

ours() { "$sluice" run "$benchmarks/login.lua" --target-config "$folder/$mechanism.properties" -q; }
theirs() {
    kcat -L -b "$secure" -X security.protocol=SASL_SSL -X "sasl.mechanism=$mechanism" -X sasl.username=meter \
        -X "sasl.password=$password" -X "ssl.ca.location=$folder/ca.pem"
}
once() { "$1" >"$folder/out" 2>"$folder/errors" || { echo "failed: $1" >&2; cat "$folder/out" "$folder/errors" >&2; exit 1; }; }

status=0
cd "$folder"
for mechanism in SCRAM-SHA-256 SCRAM-SHA-512; do
    client "$mechanism"
    # The broker may listen before it knows its users.
    for _ in {1..50}; do ours >/dev/null 2>&1 && break; sleep 0.2; done
    once ours
    once theirs
    one=()
    other=()
    for _ in $(seq "$samples"); do
        time=$(spent ours)
        one+=("$time")
        time=$(spent theirs)
        other+=("$time")
    done
    first=$(printf '%s\n' "${one[@]}" | median)
    second=$(printf '%s\n' "${other[@]}" | median)
    awk -v a="$first" -v b="$second" -v m="$mechanism" -v n="$samples" -v r="$runs" -v bound="$bound" 'BEGIN {
        printf "Login over TLS with %s: processor time of the client\n", m
        printf "  %-44s %10.2f ms\n  %-44s %10.2f ms   (medians of %d samples of %d runs)\n", "sluice run login.lua", a / 1000, "kcat -L", b / 1000, n, r
        printf "  ratio %.3f (bound %.1f)\n", a / b, bound
        exit a > bound * b
    }' || status=1
done
exit "$status"
