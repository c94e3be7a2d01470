import EmbeddedKafka
import KafkaRecords

/// What the source of the demo holds: topics as a shop has them, and how far their readers are.
struct DemoTopics: Sendable {
    static let names = ["orders", "payments", "customers", "events"]
    /// Where clocks tell how long a record stays: customers is compacted.
    static let expiring = names.filter { $0 != "customers" }
    /// Records of each partition of orders, and how many of these come last, shortly before the freeze.
    private static let orders = (all: 100, last: 5)
    /// Between two records of a partition, in milliseconds: a busy shop, so that to be quiet is soon remarkable.
    private static let gap: Int64 = 20

    /// When the last record was written, in milliseconds since 1970; all others come evenly before it.
    let endMs: Int64

    /// All but the last orders.
    func fill(_ state: inout ClusterState) throws {
        state.createTopic("orders", partitions: 12, replication: 3, settings: ["retention.ms": "1209600000"])
        state.createTopic("payments", partitions: 6, replication: 3, settings: ["min.insync.replicas": "2"])
        state.createTopic("customers", partitions: 3, replication: 3, settings: ["cleanup.policy": "compact"])
        state.createTopic("events", partitions: 3, replication: 3, settings: ["retention.ms": "259200000"])
        try addOrders(0..<Self.orders.all - Self.orders.last, to: &state)
        try addPayments(&state)
        try addCustomers(&state)
        try addEvents(&state)
        for partition in Int32(0)..<12 { state.commit(40, of: "billing", "orders", partition) }
    }

    /// The last that producers and consumers do before they stop.
    func finish(_ state: inout ClusterState, billingReads: Bool) throws {
        try addOrders(Self.orders.all - Self.orders.last..<Self.orders.all, to: &state)
        for partition in Int32(0)..<12 {
            if partition != 4 { state.commit(100, of: "billing", "orders", partition) }
            state.commit(100, of: "shipping", "orders", partition)
        }
        // A little behind.
        if billingReads { state.commit(92, of: "billing", "orders", 4) }
        for partition in Int32(0)..<6 {
            let end = state.log(of: "payments", partition)?.bounds.end ?? 0
            // In 2, billing stands before the batch that was rolled back and its marker.
            state.commit(partition == 2 ? end - 41 : end, of: "billing", "payments", partition)
        }
        for partition in Int32(0)..<3 { state.commit(80, of: "analytics", "events", partition) }
    }

    static func order(_ number: Int, timestamp: Int64? = nil) -> NewRecord {
        let value = #"{"amount":"\#(number % 90).50","order":\#(number)}"#
        return NewRecord(key: Array("\(number)".utf8), value: Array(value.utf8), timestamp: timestamp)
    }

    /// The time of a record that so many follow in its partition.
    private func time(before later: Int) -> Int64 { endMs - Int64(later) * Self.gap }

    private func addOrders(_ range: Range<Int>, to state: inout ClusterState) throws {
        for partition in Int32(0)..<12 {
            let records = range.map { index in
                Self.order(Int(partition) + index * 12, timestamp: time(before: Self.orders.all - 1 - index))
            }
            try state.append(records, to: "orders", partition, codec: .lz4)
        }
    }

    /// Three producers in transactions over two partitions each, some of which come to nothing.
    private func addPayments(_ state: inout ClusterState) throws {
        func records(_ payment: Int, _ count: Int) -> [NewRecord] {
            (0..<count).map { part in
                NewRecord(
                    key: Array("\(payment)".utf8), value: Array(#"{"part":\#(part),"payment":\#(payment)}"#.utf8),
                    timestamp: time(before: 60 - payment))
            }
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
    private func addCustomers(_ state: inout ClusterState) throws {
        for customer in 0..<60 {
            let value = #"{"customer":\#(customer),"name":"Customer \#(customer)"}"#
            let record = NewRecord(
                key: Array("\(customer)".utf8), value: customer % 10 == 9 ? nil : Array(value.utf8),
                timestamp: time(before: 59 - customer))
            try state.append([record], to: "customers", Int32(customer % 3))
        }
    }

    private func addEvents(_ state: inout ClusterState) throws {
        let header = KafkaRecord.Header(key: Array("source".utf8), value: Array("warehouse".utf8))
        for partition in Int32(0)..<3 {
            let records = (0..<80).map { index in
                NewRecord(
                    key: nil, value: Array(#"{"event":"shipped","order":\#(index * 3 + Int(partition))}"#.utf8),
                    headers: [header], timestamp: time(before: 79 - index))
            }
            try state.append(records, to: "events", partition, codec: .zstd)
        }
    }
}
