import EmbeddedKafka
import KafkaRecords
import KafkaWire

/// Transactions from the first id to the last marker, and what readers see of them.
extension Conformance {
    func transactions(from now: Int64) async throws {
        try await coordinators()
        try await producers()
        try await writing(now)
        try await reading(now)
        try await offsetsInTransactions()
        try await describing()
        try await expiring(now)
    }

    /// A transaction that nobody ends is aborted by its coordinator.
    private func expiring(_ now: Int64) async throws {
        typealias C = Conformance
        try await once("of late", { _ in C.initProducer("late", timeout: 1_000) }) { side, answer in
            side.keep("\(answer.producerID)", as: "producer of late", isAlias: false)
        }
        try await once("late's partition") { side in C.add(side, "late", [("ledger", [0])]) }
        let batch: @Sendable (ConformanceSide, Int32) -> ProduceRequest = { side, sequence in
            let batch = try? C.batch([("t", "late")], at: now) { traits in
                traits.producerId = C.producer(side, "late")
                traits.producerEpoch = 0
                traits.baseSequence = sequence
                traits.isTransactional = true
            }
            return C.produce(batch, to: "ledger", transactionalID: "late")
        }
        try await once("in time", at: 9) { side in batch(side, 0) }
        try await Task.sleep(for: .seconds(2))
        let late = DescribeTransactionsRequest.with { $0.transactionalIDs = ["late"] }
        try await ask("one whose time is over", late)
        for committed in [false, true] {
            try await ask("what came of it, committed \(committed)", C.fetch("ledger", from: 0, committed: committed))
            try await ask("its end, committed \(committed)", C.listOffsets("ledger", at: -1, committed: committed))
        }
        try await once("too late", at: 9) { side in batch(side, 1) }
        try await ask("its end, too late", in: 0...4) { side, _ in C.end(side, "late", committed: true) }
        try await ask("one whose time is over, afterwards", late)
    }

    /// Real brokers make their internal topics at the first question, and ask for patience meanwhile.
    private func coordinators() async throws {
        cluster.change { $0.createInternalTopics(partitions: 4) }
        for type: Int8 in [0, 1] {
            try await ask("of one", in: 1...3) { _, _ in
                FindCoordinatorRequest.with {
                    $0.key = "someone"
                    $0.keyType = type
                }
            }
            try await ask("of several", in: 4...6) { _, _ in
                FindCoordinatorRequest.with {
                    $0.coordinatorKeys = ["someone", "", "another"]
                    $0.keyType = type
                }
            }
        }
        try await ask("of a group", in: 0...0, FindCoordinatorRequest.with { $0.key = "someone" })
        try await ask("of nobody", in: 4...6, FindCoordinatorRequest())
        try await ask("of no kind", in: 4...6) { _, _ in
            FindCoordinatorRequest.with {
                $0.coordinatorKeys = ["someone"]
                $0.keyType = 9
            }
        }
        try await ask("with the internal topics", Self.metadata(nil))
    }

    private static func initProducer(
        _ id: String?, timeout: Int32 = 60_000, producer: Int64 = -1, epoch: Int16 = -1
    ) -> InitProducerIdRequest {
        .with {
            $0.transactionalID = id
            $0.transactionTimeoutMs = timeout
            $0.producerID = producer
            $0.producerEpoch = epoch
        }
    }

    private func producers() async throws {
        typealias C = Conformance
        try await ask("idempotent", C.initProducer(nil))
        try await ask("transactional", C.initProducer("tx"))
        try await ask("without a name", C.initProducer(""))
        try await ask("without time", C.initProducer("tx", timeout: 0))
        try await ask("with too much time", C.initProducer("tx", timeout: 10_000_000))
        try await ask("of another producer", in: 3...5, C.initProducer("tx", producer: 777, epoch: 1))
        try await ask("of half a producer", in: 3...5, C.initProducer("tx", producer: 777))
        try await ask("of half an idempotent producer", in: 3...5, C.initProducer(nil, producer: 777))
        for id in ["commit", "abort", "open", "offsets", "newer"] {
            try await once("of \(id)", { _ in C.initProducer(id) }) { side, answer in
                side.keep("\(answer.producerID)", as: "producer of \(id)", isAlias: false)
            }
        }
    }

    private static func producer(_ side: ConformanceSide, _ id: String) -> Int64 {
        Int64(side.kept("producer of \(id)")) ?? -1
    }

    private static func add(
        _ side: ConformanceSide, _ id: String, epoch: Int16 = 0, producer: Int64? = nil,
        _ partitions: [(String, [Int32])]
    ) -> AddPartitionsToTxnRequest {
        .with {
            $0.transactionalID = id
            $0.producerID = producer ?? Self.producer(side, id)
            $0.producerEpoch = epoch
            $0.topics = partitions.map { topic, partitions in
                .with {
                    $0.name = topic
                    $0.partitions = partitions
                }
            }
        }
    }

    private static func end(
        _ side: ConformanceSide, _ id: String, epoch: Int16 = 0, producer: Int64? = nil, committed: Bool
    ) -> EndTxnRequest {
        .with {
            $0.transactionalID = id
            $0.producerID = producer ?? Self.producer(side, id)
            $0.producerEpoch = epoch
            $0.committed = committed
        }
    }

    /// Two records of a transaction.
    private func write(
        _ what: String, _ id: String, epoch: Int16 = 0, sequence: Int32 = 0, at version: Int16 = 9, _ now: Int64
    ) async throws {
        try await once(
            what, at: version,
            { side in
                let batch = try? Self.batch([("t", id), ("t", "\(sequence)")], at: now) { traits in
                    traits.producerId = Self.producer(side, id)
                    traits.producerEpoch = epoch
                    traits.baseSequence = sequence
                    traits.isTransactional = true
                }
                return Self.produce(batch, to: "transfers", transactionalID: id)
            })
    }

    private func writing(_ now: Int64) async throws {
        typealias C = Conformance
        try await write("before the partition is announced", "commit", now)
        try await write("before it, told that it can be aborted", "commit", at: 11, now)
        try await ask("partitions", { side, _ in C.add(side, "commit", [("transfers", [0]), ("ledger", [0])]) })
        try await ask(
            "an unknown topic", { side, _ in C.add(side, "commit", [("transfers", [0, 7]), ("nowhere", [0])]) })
        try await ask(
            "partitions of another producer",
            { side, _ in
                C.add(side, "commit", producer: 777, [("transfers", [0])])
            })
        try await ask(
            "partitions of an older epoch", { side, _ in C.add(side, "commit", epoch: 9, [("transfers", [0])]) })
        try await ask("partitions of nobody", { side, _ in C.add(side, "nobody", producer: 5, [("transfers", [0])]) })
        try await ask("no partition", { side, _ in C.add(side, "commit", []) })
        try await write("the first records", "commit", now)
        try await write("the same again", "commit", now)
        try await write("out of order", "commit", sequence: 40, now)
        try await write("the next", "commit", sequence: 2, now)
        try await once("abort's partition") { side in C.add(side, "abort", [("transfers", [0])]) }
        try await write("to be aborted", "abort", now)
        try await once("the end of one, committed", at: 4) { side in C.end(side, "commit", committed: true) }
        try await ask("once more", in: 0...4) { side, _ in C.end(side, "commit", committed: true) }
        try await ask("otherwise", in: 0...4) { side, _ in C.end(side, "commit", committed: false) }
        try await write("to be aborted, the next", "abort", sequence: 2, now)
        try await once("the end of the other, aborted", at: 4) { side in C.end(side, "abort", committed: false) }
        try await ask("aborted once more", in: 0...4) { side, _ in C.end(side, "abort", committed: false) }
        try await ask(
            "the end for another producer",
            { side, _ in
                C.end(side, "commit", producer: 777, committed: true)
            })
        try await ask("the end for an older epoch", { side, _ in C.end(side, "commit", epoch: 9, committed: true) })
        try await ask("the end for nobody", { side, _ in C.end(side, "nobody", producer: 5, committed: true) })
        try await ask("the end of what has not begun", in: 0...4) { side, _ in C.end(side, "open", committed: true) }
        try await once("open's partition") { side in C.add(side, "open", [("transfers", [0])]) }
        try await write("what stays open", "open", now)
        // Later than any marker, whose times are each broker's own.
        let plain = try C.batch([("p", "plain")], at: now + 600_000)
        try await once("a record of no transaction", at: 9) { _ in C.produce(plain, to: "transfers") }
        try await write("of no transaction that is known", "nobody", now)
        try await newer(now)
    }

    /// As clients do it since transactions have an epoch each (KIP-890): no partition is announced.
    private func newer(_ now: Int64) async throws {
        typealias C = Conformance
        guard report.served[.endTxn]?.upperBound == 5 else { return }
        for epoch: Int16 in 0..<2 {
            try await write("unannounced", "newer", epoch: epoch, at: 12, now)
            try await once("an end with its epoch", at: 5) { side in
                C.end(side, "newer", epoch: epoch, committed: epoch == 0)
            }
            try await once("that end again", at: 5) { side in C.end(side, "newer", epoch: epoch, committed: epoch == 0)
            }
        }
        try await once("an end of nothing, aborted", at: 5) { side in C.end(side, "newer", epoch: 2, committed: false) }
        try await once("an end of nothing, committed", at: 5) { side in C.end(side, "newer", epoch: 3, committed: true)
        }
        try await write("under an epoch that is over", "newer", epoch: 0, at: 12, now)
    }

    private func reading(_ now: Int64) async throws {
        typealias C = Conformance
        for committed in [false, true] {
            for offset: Int64 in [0, 1, 3, 5, 8, 11] {
                try await ask(
                    "transactions from \(offset), committed \(committed)",
                    C.fetch("transfers", from: offset, committed: committed))
            }
            for time in [-1, -2, -3, now] {
                try await ask(
                    "transactions at \(time < 0 ? time : 0), committed \(committed)",
                    C.listOffsets("transfers", at: time, committed: committed))
            }
            try await ask(
                "a few bytes, committed \(committed)",
                C.fetch("transfers", from: 0, committed: committed, maxBytes: 250))
        }
        try await ask(
            "of partitions",
            DescribeProducersRequest.with {
                $0.topics = ["transfers", "orders", "nowhere"].map { name in
                    .with {
                        $0.name = name
                        $0.partitionIndexes = [0, 9]
                    }
                }
            })
    }

    private func offsetsInTransactions() async throws {
        typealias C = Conformance
        @Sendable func commit(_ side: ConformanceSide, _ group: String, offset: Int64 = 5, topic: String = "orders")
            -> TxnOffsetCommitRequest
        {
            .with {
                $0.transactionalID = "offsets"
                $0.producerID = C.producer(side, "offsets")
                $0.groupID = group
                $0.topics = [
                    .with {
                        $0.name = topic
                        $0.partitions = ([0, 9] as [Int32]).map { index in
                            .with {
                                $0.index = index
                                $0.committedOffset = offset
                                $0.committedMetadata = "m"
                            }
                        }
                    }
                ]
            }
        }
        try await ask("before they are announced", in: 0...4) { side, _ in commit(side, "in-transaction") }
        try await ask("announced") { side, _ in
            AddOffsetsToTxnRequest.with {
                $0.transactionalID = "offsets"
                $0.producerID = C.producer(side, "offsets")
                $0.groupID = "in-transaction"
            }
        }
        try await ask("announced by another") { side, _ in
            AddOffsetsToTxnRequest.with {
                $0.transactionalID = "offsets"
                $0.producerID = 777
                $0.groupID = "in-transaction"
            }
        }
        try await ask("taken", in: 0...4) { side, _ in commit(side, "in-transaction") }
        try await ask("of an unknown topic", in: 0...4) { side, _ in commit(side, "in-transaction", topic: "nowhere") }
        for stable in [false, true] {
            try await ask("open, stable \(stable)", in: 7...9) { _, version in
                C.offsetFetch("in-transaction", ["orders": [0, 1]], version, stable: stable)
            }
        }
        try await once("their end", at: 4) { side in C.end(side, "offsets", committed: true) }
        for stable in [false, true] {
            try await ask("committed, stable \(stable)", in: 7...9) { _, version in
                C.offsetFetch("in-transaction", ["orders": [0, 1]], version, stable: stable)
            }
        }
    }

    private func describing() async throws {
        try await ask(
            "some",
            DescribeTransactionsRequest.with {
                $0.transactionalIDs = ["commit", "abort", "open", "offsets", "nobody", ""]
            })
        try await ask("none", DescribeTransactionsRequest())
        try await ask("all", ListTransactionsRequest())
        for states in [["Ongoing"], ["CompleteCommit", "NoSuch"], ["NoSuch"]] {
            try await ask("of \(states)", ListTransactionsRequest.with { $0.stateFilters = states })
        }
        try await ask("of a producer") { side, _ in
            ListTransactionsRequest.with { $0.producerIDFilters = [Self.producer(side, "open")] }
        }
        try await ask("that take long", in: 1...2, ListTransactionsRequest.with { $0.durationFilter = 3_600_000 })
        try await ask("that take any time", in: 1...2, ListTransactionsRequest.with { $0.durationFilter = 0 })
        for pattern in ["op.*", "^commit$", "", "x+"] {
            try await ask(
                "like \(pattern)", in: 2...2, ListTransactionsRequest.with { $0.transactionalIDPattern = pattern })
        }
    }
}
