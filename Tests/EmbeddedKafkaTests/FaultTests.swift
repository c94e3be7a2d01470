import EmbeddedKafka
import KafkaWire
import Testing

@Suite struct FaultTests {
    private let request = ListOffsetsRequest.one("orders", at: -1)

    private func world(_ body: @Sendable (EmbeddedCluster) async throws -> Void) async throws {
        try await withCluster { cluster async throws in
            try cluster.change { state in
                state.createTopic("orders")
                try state.append(records(3), to: "orders")
            }
            try await body(cluster)
        }
    }

    @Test("An error stands where Kafka puts it, as often as asked, and hides what was measured")
    func errors() async throws {
        try await world { cluster async throws in
            cluster.faults.add(Fault(.error(.notLeaderOrFollower), api: .listOffsets, times: 2))
            let client = cluster.client()
            for _ in 0..<2 {
                let first = try await client.ask(request)?.first
                #expect(first?.error == .notLeaderOrFollower)
                #expect(first?.offset == -1)
            }
            #expect(try await client.ask(request)?.first?.offset == 3)
            cluster.faults.add(Fault(.error(.coordinatorLoadInProgress), api: .offsetFetch))
            let group = OffsetFetchRequest.with { $0.groups = [.with { $0.groupID = "g" }] }
            #expect(try await client.ask(group)?.groups.first?.error == .coordinatorLoadInProgress)
        }
    }

    @Test("A fault of one broker or API leaves the others alone")
    func scope() async throws {
        try await world { cluster async throws in
            cluster.faults.add(Fault(.disconnect, api: .metadata))
            cluster.faults.add(Fault(.disconnect, broker: 9))
            #expect(try await cluster.ask(request)?.first?.offset == 3)
            #expect(try await cluster.ask(MetadataRequest()) == nil)
        }
    }

    @Test("What happens as a request is met changes its answer, and what goes wrong only after it leaves it whole")
    func meetings() async throws {
        try await world { cluster async throws in
            var news = Fault(.nothing, api: .listOffsets, times: 2)
            news.onMeet = { [unowned cluster] in
                cluster.change { _ = try? $0.append(records(1), to: "orders") }
            }
            cluster.faults.add(news)
            cluster.faults.add(Fault(.error(.notLeaderOrFollower), api: .listOffsets))
            let client = cluster.client()
            #expect(try await client.ask(request)?.first?.offset == 4)
            #expect(try await client.ask(request)?.first?.offset == 5)
            #expect(try await client.ask(request)?.first?.error == .notLeaderOrFollower)
        }
    }

    @Test("A pause is asked for in an answer that is otherwise whole")
    func throttling() async throws {
        try await world { cluster async throws in
            cluster.faults.add(Fault(.throttle(ms: 250), times: 1))
            let answer = try await cluster.ask(request)
            #expect(answer?.throttleTimeMs == 250)
            #expect(answer?.first?.offset == 3)
        }
    }

    @Test("An answer that is cut off ends the stream inside the frame")
    func cutOff() async throws {
        try await world { cluster async throws in
            cluster.faults.add(Fault(.cutOff(afterBytes: 10)))
            let client = cluster.client()
            try await client.write(try request.frame(version: 7, correlationID: 7, clientID: nil))
            #expect(try await client.bytes(10)?.count == 10)
            #expect(try await client.bytes(1) == nil)
        }
    }

    @Test("A short frame is whole for its size and too short for its message")
    func truncated() async throws {
        try await world { cluster async throws in
            cluster.faults.add(Fault(.truncate(bytes: 3), times: 1))
            let client = cluster.client()
            await #expect(throws: WireError.self) { try await client.ask(request) }
            #expect(try await client.ask(request)?.first?.offset == 3)
        }
    }

    @Test("A frame may announce any size, and hold garbage behind its header")
    func malformed() async throws {
        try await world { cluster async throws in
            cluster.faults.add(Fault(.announce(size: .max), times: 1))
            let client = cluster.client()
            try await client.write(try request.frame(version: 7, correlationID: 7, clientID: nil))
            #expect(try await client.bytes(8) == [0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 7])
            cluster.faults.add(Fault(.malform(with: 0xFF), times: 1))
            await #expect(throws: WireError.self) { try await cluster.ask(request) }
        }
    }

    @Test("An answer that waits for the cluster's clock comes when that has moved on, not before")
    func virtualDelay() async throws {
        try await world { cluster async throws in
            cluster.faults.add(Fault(.delayByClock(ms: 5000), api: .listOffsets, times: 1))
            let late = cluster.client()
            try await late.write(try request.frame(version: 7, correlationID: 7, clientID: nil))
            // Asked behind it on a connection of its own, so that the fault is taken before the clock moves.
            while !cluster.faults.isEmpty { await Task.yield() }
            cluster.advance(ms: 4999)
            #expect(try await cluster.ask(request)?.first?.offset == 3)
            cluster.advance(ms: 1)
            #expect(try await late.frame() != nil)
        }
    }

    @Test("Dripped answers are whole in the end")
    func drip() async throws {
        try await world { cluster async throws in
            cluster.faults.add(Fault(.drip(bytes: 7, every: .microseconds(10))))
            #expect(try await cluster.ask(request)?.first?.offset == 3)
        }
    }
}
