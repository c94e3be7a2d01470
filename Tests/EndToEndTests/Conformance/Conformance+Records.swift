import KafkaRecords
import KafkaWire

/// Records: written, read, looked up by time, deleted.
extension Conformance {
    func records(from now: Int64) async throws {
        typealias C = Conformance
        try await producing(now)
        try await refusals(now)
        try await fetching()
        try await lookingUp(now)
        try await deleting(now)
        try await ask(
            "the folders of a topic with records",
            DescribeLogDirsRequest.with {
                $0.topics = ["orders", "small"].map { name in
                    .with {
                        $0.name = name
                        $0.partitions = [0, 1, 2]
                    }
                }
            })
    }

    private func producing(_ now: Int64) async throws {
        typealias C = Conformance
        let three = try C.batch([("a", "1"), ("b", nil), (nil, "3")], at: now)
        try await ask("three records", C.produce(three, to: "orders"))
        for (index, codec) in [CompressionCodec.gzip, .snappy, .lz4, .zstd].enumerated() {
            let batch = try C.batch((0..<20).map { ("k\($0)", "v\($0)") }, at: now + Int64(index) * 100, codec: codec)
            // Zstandard is for those who say that they know it.
            try await once("\(codec)", { _ in C.produce(batch, to: "orders", 1) })
            try await ask("\(codec)", in: 3...7, C.produce(batch, to: "orders", 1))
        }
        try await ask("into a stamped topic", C.produce(three, to: "stamped"))
        try await once("for the leader alone", { _ in C.produce(three, to: "orders", acks: 1) })
        let early = try C.batch([("early", "x")], at: now - 30_000)
        try await once("an earlier record", { _ in C.produce(early, to: "orders", 2) })
        try await once("a later one", { _ in C.produce(three, to: "orders", 2) })
        try await once("an earlier one again", { _ in C.produce(early, to: "orders", 2) })
    }

    private func refusals(_ now: Int64) async throws {
        typealias C = Conformance
        let one = try C.batch([("a", "1")], at: now)
        try await ask("into an unknown topic", C.produce(one, to: "nowhere"))
        try await ask("into an unknown partition", C.produce(one, to: "orders", 9))
        try await ask("with acks 2", C.produce(one, to: "orders", acks: 2))
        try await ask("no batch", C.produce([], to: "orders"))
        var damaged = one
        damaged[damaged.count - 2] ^= 1
        try await ask("a damaged batch", C.produce(damaged, to: "orders"))
        try await ask("two batches", C.produce(one + one, to: "orders"))
        try await ask("half a batch", C.produce(Array(one.dropLast(4)), to: "orders"))
        let large = try C.batch([("a", String(repeating: "x", count: 300))], at: now)
        try await ask("a batch that is too large", C.produce(large, to: "small"))
        let far = try C.batch([("a", "1"), ("b", "2")], at: now + 36_000_000)
        try await ask("records from the future", C.produce(far, to: "orders"))
        try await ask(
            "a record without a key to compact", C.produce(try C.batch([(nil, "1")], at: now), to: "compacted"))
        let control = try RecordBatchBuilder.endTransaction(
            RecordBatchBuilder.Traits(), committed: true, coordinatorEpoch: 0, timestamp: now)
        try await ask("a marker", C.produce(control, to: "orders"))
    }

    private func fetching() async throws {
        typealias C = Conformance
        for committed in [false, true] {
            for offset: Int64 in [0, 1, 5, 20] {
                try await ask(
                    "from \(offset), committed \(committed)", C.fetch("orders", from: offset, committed: committed))
            }
            try await ask("compressed", C.fetch("orders", 1, from: 3, committed: committed))
            try await ask("stamped", C.fetch("stamped", from: 0, committed: committed))
            try await ask("nothing there", C.fetch("empty", from: 0, committed: committed))
            try await ask("behind the end", C.fetch("orders", from: 100_000, committed: committed))
            try await ask("before the start", C.fetch("orders", from: -1, committed: committed))
            try await ask("an unknown topic", C.fetch("nowhere", from: 0, committed: committed))
            try await ask("an unknown partition", C.fetch("orders", 9, from: 0, committed: committed))
            try await ask("a newer epoch", in: 9...12, C.fetch("orders", from: 0, committed: committed, epoch: 5))
            try await ask("the epoch", in: 9...12, C.fetch("orders", from: 0, committed: committed, epoch: 0))
        }
        for size: Int32 in [0, 1, 100, 150, 200, 250, 500] {
            try await ask("\(size) bytes of a partition", C.fetch("orders", from: 0, partitionMaxBytes: size))
            try await ask("\(size) bytes in all", C.fetch("orders", from: 1, maxBytes: size))
        }
        try await ask("no topic", FetchRequest.with { $0.maxBytes = 1000 })
        try await ask(
            "several partitions",
            FetchRequest.with {
                $0.maxBytes = 400
                $0.topics = [
                    .with {
                        $0.name = "orders"
                        $0.partitions = ([0, 1, 2, 9] as [Int32]).map { index in
                            .with {
                                $0.index = index
                                $0.partitionMaxBytes = 300
                            }
                        }
                    },
                    .with {
                        $0.name = "nowhere"
                        $0.partitions = [.init()]
                    },
                ]
            })
        try await ask(
            "a session that there is none of", in: 7...12,
            FetchRequest.with {
                $0.sessionID = 77
                $0.sessionEpoch = 3
            })
        try await ask("epoch 3 of no session", in: 7...12, FetchRequest.with { $0.sessionEpoch = 3 })
    }

    private func lookingUp(_ now: Int64) async throws {
        typealias C = Conformance
        let times = [
            -1, -2, -3, -4, -5, -6, -7, -100, 0, now - 30_000, now, now + 1, now + 1500, now + 2000, now + 1 << 40,
        ]
        for time in times {
            let name = time < 0 ? "\(time)" : "\(time - now) ms"
            for topic in ["orders", "empty"] {
                try await ask(
                    "\(topic) at \(name)", C.listOffsets(topic, topic == "orders" ? [0, 1, 2] : [0], at: time))
            }
            try await ask("committed at \(name)", C.listOffsets("orders", at: time, committed: true))
        }
        try await ask("an unknown topic", C.listOffsets("nowhere", at: -1))
        try await ask("an unknown partition", C.listOffsets("orders", [9], at: -1))
        try await ask("a partition twice", C.listOffsets("orders", [0, 0, 1], at: -1))
        try await ask("a newer epoch", in: 4...11, C.listOffsets("orders", at: -1, epoch: 9))
        try await ask("the epoch", in: 4...11, C.listOffsets("orders", at: -2, epoch: 0))
        try await ask("nothing", ListOffsetsRequest())
        for (current, leader) in [(-1, 0), (0, 0), (9, 0), (-1, 7), (-1, -1), (-1, -5)] as [(Int32, Int32)] {
            for topic in ["orders", "empty", "nowhere"] {
                try await ask(
                    "\(topic), epoch \(leader), current \(current)",
                    OffsetForLeaderEpochRequest.with {
                        $0.replicaID = -1
                        $0.topics = [
                            .with {
                                $0.name = topic
                                $0.partitions = ([0, 9] as [Int32]).map { index in
                                    .with {
                                        $0.index = index
                                        $0.currentLeaderEpoch = current
                                        $0.leaderEpoch = leader
                                    }
                                }
                            }
                        ]
                    })
            }
        }
    }

    private func deleting(_ now: Int64) async throws {
        typealias C = Conformance
        let ten = try C.batch((0..<10).map { ("k\($0)", "v\($0)") }, at: now)
        for _ in 0..<3 { try await once("ten records", { _ in C.produce(ten, to: "trimmed") }) }
        for (topic, partition, offset) in [
            ("trimmed", 0, 0), ("trimmed", 0, 4), ("trimmed", 0, 2), ("trimmed", 0, 15), ("trimmed", 0, 31),
            ("trimmed", 0, -2), ("trimmed", 7, 0), ("nowhere", 0, 0),
        ] as [(String, Int32, Int64)] {
            try await ask(
                "\(topic) \(partition) before \(offset)",
                DeleteRecordsRequest.with {
                    $0.timeoutMs = 10_000
                    $0.topics = [
                        .with {
                            $0.name = topic
                            $0.partitions = [
                                .with {
                                    $0.index = partition
                                    $0.offset = offset
                                }
                            ]
                        }
                    ]
                })
        }
        for offset: Int64 in [0, 14, 15, 17, 30] {
            try await ask("of what is left, from \(offset)", C.fetch("trimmed", from: offset))
        }
        for time in [-1, -2, -3, now, now + 5000] {
            try await ask("of what is left at \(time < 0 ? time : time - now)", C.listOffsets("trimmed", at: time))
        }
        try await once(
            "all of it",
            { _ in
                DeleteRecordsRequest.with {
                    $0.timeoutMs = 10_000
                    $0.topics = [
                        .with {
                            $0.name = "trimmed"
                            $0.partitions = [.with { $0.offset = -1 }]
                        }
                    ]
                }
            })
        for time in [-1, -2, -3, now] {
            try await ask("of nothing left at \(time < 0 ? time : 0)", C.listOffsets("trimmed", at: time))
        }
        try await ask("of nothing left", C.fetch("trimmed", from: 30))
    }
}
