# Real brokers for the benchmarks, for bash scripts to source. The script's end is theirs.

export KAFKA_HEAP_OPTS="-Xmx384m -Xms128m"
export KAFKA_JVM_PERFORMANCE_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"

brokers=()
folder=$(mktemp -d)

stop_brokers() {
    trap '' EXIT
    for broker in "${brokers[@]}"; do
        kill -KILL "$broker" 2>/dev/null || true
        wait "$broker" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap stop_brokers EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Whether something listens on that port.
is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port nobody listens on, below those that the kernel gives to outgoing connections.
free_port() {
    local port
    while port=$((15000 + RANDOM % 17000)); is_open "$port"; do :; done
    echo "$port"
}

# start_broker NAME HOME: leaves its address in NAME and goes on before the broker is up.
start_broker() {
    local name=$1 home=$2 port controller properties=$folder/$1.properties
    port=$(free_port)
    controller=$(free_port)
    cat >"$properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$folder/$name
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
END
    (
        "$home/bin/kafka-storage.sh" format -t "$("$home/bin/kafka-storage.sh" random-uuid)" -c "$properties" &&
            exec "$home/bin/kafka-server-start.sh" "$properties"
    ) </dev/null >"$folder/$name.log" 2>&1 &
    brokers+=($!)
    printf -v "$name" '127.0.0.1:%s' "$port"
}

# kill_broker: the one started last, on the spot; restart_broker NAME HOME starts it again on what it has stored.
kill_broker() {
    kill -KILL "${brokers[-1]}"
    wait "${brokers[-1]}" 2>/dev/null || true
}
restart_broker() {
    "$2/bin/kafka-server-start.sh" "$folder/$1.properties" </dev/null >"$folder/$1.log" 2>&1 &
    brokers[-1]=$!
}

# await_broker NAME: until it answers, or its log says why it does not.
await_broker() {
    local name=$1 address=${!1} tries
    for tries in {1..300}; do
        is_open "${address#*:}" && return
        sleep 0.2
    done
    echo "The broker $name did not start within a minute:" >&2
    tail -n 15 "$folder/$name.log" >&2
    return 1
}
