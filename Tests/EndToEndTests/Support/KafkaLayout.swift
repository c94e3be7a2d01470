/// The plan of a cluster: its nodes, their ports, and what stands in their `server.properties`.
struct KafkaLayout: Sendable {
    private let controllerPort: UInt16
    /// Where nobody listens: what ``KafkaSecurity/lostListener`` advertises.
    private let lostPort: UInt16
    /// By node and listener name.
    private let ports: [[String: UInt16]]
    private let protocols: [String: String]
    private let extra: [String: String]
    /// By node, the first being 1.
    private let nodeExtra: [Int: [String: String]]
    let clusterID: String
    /// What `kafka-storage.sh format` is told beside the usual, and the brokers' JVM.
    private let format: [String]
    private let javaOptions: String

    init(
        nodes: Int, listeners: [String: String], extra: [String: String], nodeExtra: [Int: [String: String]] = [:],
        format: [String] = [], javaOptions: String = ""
    ) {
        self.format = format
        self.javaOptions = javaOptions
        let protocols = listeners.merging(["PLAINTEXT": "PLAINTEXT"]) { $1 }
        (controllerPort, lostPort) = (FreePorts.take(1)[0], FreePorts.take(1)[0])
        ports = (0..<nodes).map { _ in
            let names = protocols.keys.sorted()
            return Dictionary(zip(names, FreePorts.take(names.count))) { first, _ in first }
        }
        self.protocols = protocols
        self.extra = extra
        self.nodeExtra = nodeExtra
        // A UUID as Kafka writes it: 22 digits of base 64, the last with four bits to spare.
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        clusterID = String((0..<21).map { _ in digits[Int.random(in: digits.indices)] }) + "A"
    }

    /// Starts all nodes at once, for a broker is not up before its controller is.
    func start(_ installation: KafkaInstallation) async throws -> [KafkaNode] {
        try await withThrowingTaskGroup(of: KafkaNode.self) { group in
            for (index, ports) in ports.enumerated() {
                group.addTask {
                    try await KafkaNode(
                        id: index + 1, ports: ports, properties: properties(of: index, installation),
                        clusterID: clusterID, format: format, javaOptions: javaOptions, installation: installation)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.id < $1.id }
        }
    }

    private func properties(of index: Int, _ installation: KafkaInstallation) -> [String: String] {
        let isController = index == 0
        let replicas = "\(min(ports.count, 3))"
        let own = ports[index].sorted { $0.key < $1.key }.map { "\($0.key)://127.0.0.1:\($0.value)" }
        let advertised = own.map { address in
            let isLost = address.hasPrefix(KafkaSecurity.lostListener + "://")
            return isLost ? "\(KafkaSecurity.lostListener)://127.0.0.1:\(lostPort)" : address
        }
        let listeners = isController ? own + ["CONTROLLER://127.0.0.1:\(controllerPort)"] : own
        let security = protocols.merging(["CONTROLLER": "PLAINTEXT"]) { $1 }
        var properties = [
            "process.roles": isController ? "broker,controller" : "broker",
            "node.id": "\(index + 1)",
            "controller.quorum.voters": "1@127.0.0.1:\(controllerPort)",
            "controller.listener.names": "CONTROLLER",
            "listeners": listeners.joined(separator: ","),
            "advertised.listeners": advertised.joined(separator: ","),
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map":
                security.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ","),
            "offsets.topic.replication.factor": replicas,
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.num.partitions": "4",
            "transaction.state.log.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            "auto.create.topics.enable": "false",
            // Compaction that a test waits for.
            "log.cleaner.backoff.ms": "300",
        ]
        if installation.version.hasPrefix("3.") {
            // KIP-848 is a preview in 3.x, on by default since 4.0.
            properties["group.coordinator.rebalance.protocols"] = "classic,consumer"
        } else {
            properties["share.coordinator.state.topic.replication.factor"] = replicas
            properties["share.coordinator.state.topic.num.partitions"] = "4"
            properties["share.coordinator.state.topic.min.isr"] = "1"
        }
        return properties.merging(extra) { $1 }.merging(nodeExtra[index + 1] ?? [:]) { $1 }
    }
}
