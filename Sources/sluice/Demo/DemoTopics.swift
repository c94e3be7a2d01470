import EmbeddedKafka
import KafkaRecords

/// What the source of the demo holds: topics as a shop has them, and how far their readers are.
enum DemoTopics {
    static let names = ["orders", "payments", "customers", "events"]

    static func fill(_ state: inout ClusterState) throws {
        state.createTopic("orders", partitions: 12, replication: 3, settings: ["retention.ms": "1209600000"])
        state.createTopic("payments", partitions: 6, replication: 3, settings: ["min.insync.replicas": "2"])
        state.createTopic("customers", partitions: 3, replication: 3, settings: ["cleanup.policy": "compact"])
        state.createTopic("events", partitions: 3, replication: 3, settings: ["retention.ms": "259200000"])
        try addOrders(&state)
        try addPayments(&state)
        try addCustomers(&state)
        try addEvents(&state)
        addGroups(&state)
    }

    private static func addOrders(_ state: inout ClusterState) throws {
        for partition in Int32(0)..<12 {
            let records = (0..<100).map { index in
                let order = Int(partition) + index * 12
                return NewRecord("\(order)", #"{"amount":"\#(order % 90).50","order":\#(order)}"#)
            }
            try state.append(records, to: "orders", partition, codec: .lz4)
        }
    }

    /// Three producers in transactions over two partitions each, some of which come to nothing.
    private static func addPayments(_ state: inout ClusterState) throws {
        func records(_ payment: Int, _ count: Int) -> [NewRecord] {
            (0..<count).map { NewRecord("\(payment)", #"{"part":\#($0),"payment":\#(payment)}"#) }
        }
        for payment in 0..<60 {
            let (first, second) = (Int32(payment % 6), Int32((payment + 1) % 6))
            try state.transaction(
                "payments-\(payment % 3)", payment % 7 == 3 ? .abort : .commit,
                [("payments", first, records(payment, 3)), ("payments", second, records(payment, 2))])
        }
        // A batch that was rolled back: offsets, but nothing that anybody has to read.
        try state.transaction("payments-0", .abort, [("payments", 2, records(60, 40))])
    }

    /// Every tenth customer has left.
    private static func addCustomers(_ state: inout ClusterState) throws {
        for customer in 0..<60 {
            let value = customer % 10 == 9 ? nil : #"{"customer":\#(customer),"name":"Customer \#(customer)"}"#
            try state.append([NewRecord("\(customer)", value)], to: "customers", Int32(customer % 3))
        }
    }

    private static func addEvents(_ state: inout ClusterState) throws {
        let header = KafkaRecord.Header(key: Array("source".utf8), value: Array("warehouse".utf8))
        for partition in Int32(0)..<3 {
            let records = (0..<80).map { index in
                NewRecord(
                    key: nil, value: Array(#"{"event":"shipped","order":\#(index * 3 + Int(partition))}"#.utf8),
                    headers: [header])
            }
            try state.append(records, to: "events", partition, codec: .zstd)
        }
    }

    /// The groups still read the source: billing is a little behind in orders, the others have read all.
    private static func addGroups(_ state: inout ClusterState) {
        for partition in Int32(0)..<12 {
            state.commit(partition == 4 ? 92 : 100, of: "billing", "orders", partition)
            state.commit(100, of: "shipping", "orders", partition)
        }
        for partition in Int32(0)..<6 {
            let end = state.log(of: "payments", partition)?.bounds.end ?? 0
            // In 2, billing stands before the batch that was rolled back and its marker.
            state.commit(partition == 2 ? end - 41 : end, of: "billing", "payments", partition)
        }
        for partition in Int32(0)..<3 { state.commit(80, of: "analytics", "events", partition) }
    }
}
