import Evidence
import Secrets
import Testing
import Value

@Suite("EvidenceWriter") struct EvidenceWriterTests {
    @Test("a small run is written byte for byte as the contract says")
    func golden() throws {
        let (sink, _) = try smallEvidence()
        let run = "01a3185c-5000-7def-8123-456789abcdef"
        let texts = sink.texts
        #expect(texts.count == 5)
        #expect(
            texts[0]
                == #"{"argv":["sluice","run","lag_budget"],"at_us":0,"gates":[{"effects":[],"gate":"lag_budget","id":"lag_budget","path":"gates/lag_budget.lua","severity":"blocker","sha256":"ab"}],"host":"h1","limits":{},"mode":"live","prev":"0000000000000000000000000000000000000000000000000000000000000000","run":"\#(run)","seq":0,"t":"2027-01-15T08:00:00.000000Z","tool":{"arch":"x86_64","lua":"5.4.6","name":"sluice","os":"linux","version":"0.1.0"},"type":"run_started","v":1}"#
        )
        let prev = try SHA256.hex(Array(texts[1].utf8))
        #expect(
            texts[2]
                == #"{"actual":[0,0,0],"at":"lag.lua:9","at_us":500,"attempt":1,"check":"lag","facts":{},"gate":"lag_budget","limit":10,"ok":true,"op":"<=","partitions":"0-1,3","prev":"\#(prev)","run":"\#(run)","sampled":{"from_us":0,"to_us":35},"seq":2,"subject":{"group":"billing","topic":"orders"},"t":"2027-01-15T08:00:00.000500Z","type":"check","unit":"records","v":1}"#
        )
        #expect(texts[3].contains(#""checks":{"failed":0,"passed":3,"unknown":0},"duration_us":0,"effective":"pass""#))
        #expect(texts[4].contains(#""clock":{"wall_jump_us":0},"duration_us":5,"effective":"pass","exit_code":0"#))
        #expect(texts[4].contains(#""gates":{"fail":0,"inconclusive":0,"pass":1,"skipped":0,"waived":0,"warned":0}"#))
        #expect(texts[4].contains(#""lines":5,"#))
    }

    @Test("every other line type has the fields of the contract, and none that is absent")
    func otherLines() throws {
        let sink = MemorySink()
        let writer = writer(sink)
        try writer.start(runStarted)
        try writer.append(
            ClusterLine(
                role: "source", bootstrap: "b:9092", clusterID: "Q4", controller: 1, brokers: 3, software: "4.3",
                security: .init(
                    securityProtocol: "SASL_SSL", mechanism: "PLAIN", principal: "User:a",
                    tls: .init(version: "TLSv1.3", cipher: "X", peerSHA256: "ab", notAfter: "2027-01-01T00:00:00Z"),
                    verifiesHost: true)))
        try writer.append(
            UnknownLine(
                gate: "g", attempt: 1, check: "lag", subject: ["topic": "t"], reason: "unknown_value", message: "m",
                at: "g.lua:1"))
        try writer.append(
            ReadErrorLine(
                api: "Metadata", broker: "b:9092", node: 1, code: 29, name: "TOPIC_AUTHORIZATION_FAILED",
                errorClass: "acl",
                retriable: false, tries: 1, acknowledged: true))
        try writer.append(NoteLine(gate: "g", name: "n", facts: ["a": 1]))
        try writer.append(LogLine(gate: "g", text: "hello"))
        try writer.append(
            GateStarted(
                gate: "g", summary: "s", attempt: 2, args: [.init(name: "max_lag", value: 0, origin: "default")]))
        try writer.append(
            CheckLine(
                gate: "g", attempt: 1,
                record: {
                    var record = lag(4, 11, ok: false, facts: ["basis": "records"])
                    record.rounds = Rounds(count: 3, ok: 2, min: 0, max: 11, last: 11)
                    return record
                }()))
        try writer.finishGate(
            GateFinished(
                gate: "g", verdict: .fail, effective: .pass,
                reasons: [.init(code: "check_failed", message: "m", subject: ["p": 1], at: "g.lua:2")],
                hold: .init(requiredUs: 1, achievedUs: 2, samples: 3),
                usage: .init(requests: 1, bytesIn: 2, rttUs: 3, luaPeakBytes: 4),
                waiver: ["id": "W-7"]))
        let bodies = try sink.values().map { value -> String in
            guard case .map(var fields) = value else { return "" }
            for key: ByteString in ["v", "run", "seq", "t", "at_us", "prev"] { fields[key] = nil }
            return String(decoding: try JSONWriter.write(.map(fields)), as: UTF8.self)
        }
        #expect(
            Array(bodies.dropFirst()) == [
                #"{"bootstrap":"b:9092","brokers":3,"cluster_id":"Q4","controller":1,"role":"source","security":{"mechanism":"PLAIN","principal":"User:a","protocol":"SASL_SSL","tls":{"cipher":"X","not_after":"2027-01-01T00:00:00Z","peer_sha256":"ab","version":"TLSv1.3"},"verify_host":true},"software":"4.3","type":"cluster"}"#,
                #"{"at":"g.lua:1","attempt":1,"check":"lag","gate":"g","message":"m","reason":"unknown_value","subject":{"topic":"t"},"type":"unknown"}"#,
                #"{"acknowledged":true,"api":"Metadata","broker":"b:9092","class":"acl","code":29,"name":"TOPIC_AUTHORIZATION_FAILED","node":1,"retriable":false,"tries":1,"type":"read_error"}"#,
                #"{"facts":{"a":1},"gate":"g","name":"n","type":"note"}"#, #"{"gate":"g","text":"hello","type":"log"}"#,
                #"{"args":{"max_lag":{"origin":"default","value":0}},"attempt":2,"gate":"g","summary":"s","type":"gate_started"}"#,
                #"{"actual":11,"at":"lag.lua:9","attempt":1,"check":"lag","facts":{"basis":"records"},"gate":"g","limit":10,"ok":false,"op":"<=","rounds":{"last":11,"max":11,"min":0,"n":3,"ok":2},"sampled":{"from_us":40,"to_us":45},"subject":{"group":"billing","partition":4,"topic":"orders"},"type":"check","unit":"records"}"#,
                #"{"attempts":1,"checks":{"failed":0,"passed":0,"unknown":0},"duration_us":0,"effective":"pass","gate":"g","hold":{"achieved_us":2,"required_us":1,"samples":3},"reasons":[{"at":"g.lua:2","code":"check_failed","message":"m","subject":{"p":1}}],"subjects":0,"type":"gate_finished","usage":{"bytes_in":2,"lua_peak_bytes":4,"requests":1,"rtt_us":3},"verdict":"fail","waiver":{"id":"W-7"}}"#,
            ])
    }

    @Test("one write a line, synced at the first, each gate's last and the last")
    func syncs() throws {
        let (sink, _) = try smallEvidence()
        #expect(sink.writes == 5)
        #expect(sink.syncs == [1, 4, 5])
    }

    @Test("gates that did not run come to disk with the next that did, or with the last line")
    func syncsOfGatesThatDidNotRun() throws {
        let sink = MemorySink()
        let evidence = writer(sink)
        try evidence.start(runStarted)
        for (gate, attempts) in [("a", 0), ("b", 1), ("c", 0), ("d", 0)] {
            try evidence.finishGate(GateFinished(gate: gate, verdict: .inconclusive, attempts: attempts))
        }
        #expect(sink.syncs == [1, 3])
        _ = try evidence.finish(runFinished)
        #expect(sink.syncs == [1, 3, 6])
    }

    @Test(
        "after a failed write or sync everything fails the same",
        arguments: [(1, nil), (2, nil), (nil, 1), (nil, 2)] as [(Int?, Int?)])
    func isPoisoned(write: Int?, sync: Int?) throws {
        let sink = MemorySink(failingWrite: write, failingSync: sync)
        let writer = writer(sink)
        var errors: [EvidenceError] = []
        func attempt(_ body: () throws(EvidenceError) -> Void) {
            do { try body() } catch { errors.append(error) }
        }
        attempt { () throws(EvidenceError) in try writer.start(runStarted) }
        attempt { () throws(EvidenceError) in try writer.append(LogLine(gate: "g", text: "")) }
        attempt { () throws(EvidenceError) in try writer.finishGate(GateFinished(gate: "g", verdict: .pass)) }
        let written = sink.bytes.count
        attempt { () throws(EvidenceError) in _ = try writer.finish(runFinished) }
        #expect(errors.last?.reason == (write == nil ? .cannotSync : .cannotWrite))
        #expect(Set(errors).count == 1)
        #expect(sink.bytes.count == written)
        #expect(try !verify(sink.bytes).isOK)
    }

    @Test("lines outside the run are refused")
    func refusesDisorder() throws {
        let sink = MemorySink()
        let writer = writer(sink)
        #expect(throws: EvidenceError.self) { try writer.append(LogLine(gate: "g", text: "")) }
        try writer.start(runStarted)
        #expect(throws: EvidenceError.self) { try writer.start(runStarted) }
        _ = try writer.finish(runFinished)
        #expect(throws: EvidenceError.self) { try writer.append(LogLine(gate: "g", text: "")) }
        #expect(throws: EvidenceError.self) { try writer.finish(runFinished) }
        #expect(try verify(sink.bytes).isOK)
    }

    @Test("at_us never falls, and the wall clock's largest jump is told")
    func clocks() throws {
        let sink = MemorySink()
        let clock = StepClock(step: 10)
        let writer = writer(sink, clock: clock)
        try writer.start(runStarted)
        clock.jump(wallUs: -5_000_000, monotonicUs: 1_000)
        try writer.append(LogLine(gate: "g", text: "a"))
        clock.jump(wallUs: 5_001_000, monotonicUs: -500)
        try writer.append(LogLine(gate: "g", text: "b"))
        _ = try writer.finish(runFinished)
        let values = try sink.values()
        #expect(values.map { $0["at_us"] } == [0, 1_010, 1_010, 1_010])
        #expect(values[3]["clock"] == ["wall_jump_us": 5_001_000])
        #expect(values[1]["t"] == "2027-01-15T07:59:55.000010Z")
    }

    @Test("a line that would be too large is cut and says so, its envelope whole")
    func shortens() throws {
        let sink = MemorySink()
        let writer = writer(sink)
        try writer.start(runStarted)
        let long = Value.text(String(repeating: "\u{1}é", count: 60_000))
        try writer.append(NoteLine(gate: "g", name: "n", facts: ["text": long, "small": 7]))
        try writer.append(
            NoteLine(
                gate: "g", name: "n", facts: ["l": .list((0..<50_000).map { .list([.integer($0), long]) })]))
        var deep: Value = 1
        for _ in 0..<200 { deep = .list([deep]) }
        try writer.append(NoteLine(gate: "g", name: "n", facts: ["deep": deep]))
        try writer.append(
            NoteLine(
                gate: "g", name: "n", facts: ["nan": .number(.nan), ByteString(bytes: [0xFF]): .number(-.infinity)]))
        _ = try writer.finish(runFinished)
        let values = try sink.values()
        for (line, value) in zip(sink.lines, values).dropFirst().dropLast() {
            #expect(line.count < 65_536)
            #expect(value["truncated"] == true)
        }
        #expect(values[1]["facts"]?["small"] == 7)
        #expect(values[4]["facts"] == ["nan": "nan", "base64:/w==": "-inf"])
        #expect(try verify(sink.bytes).outcome == .okUnsigned)
    }

    @Test("a line of exactly 64 KiB with its line feed stays whole, one byte more does not")
    func cutsAtTheLimit() throws {
        let sink = MemorySink()
        let writer = writer(sink)
        try writer.start(runStarted)
        try writer.append(NoteLine(gate: "g", name: "n", facts: ["x": ""]))
        let room = 65_535 - sink.lines[1].count
        try writer.append(NoteLine(gate: "g", name: "n", facts: ["x": .text(String(repeating: "x", count: room))]))
        try writer.append(NoteLine(gate: "g", name: "n", facts: ["x": .text(String(repeating: "x", count: room + 1))]))
        _ = try writer.finish(runFinished)
        #expect(sink.lines[2].count == 65_535)
        #expect(try sink.values().map { $0["truncated"] } == [nil, nil, nil, true, nil])
        #expect(try verify(sink.bytes).isOK)
    }

    @Test("a gate's lines stop at its share of the file, another's go on")
    func capsGates() throws {
        let sink = MemorySink()
        let writer = writer(sink, gateBytes: 1 << 20)
        try writer.start(runStarted)
        let facts: [ByteString: Value] = ["x": .text(String(repeating: "x", count: 30_000))]
        for _ in 0..<60 { try writer.append(NoteLine(gate: "big", name: "n", facts: facts)) }
        try writer.append(NoteLine(gate: "big", name: "small", facts: [:]))
        try writer.append(NoteLine(gate: "other", name: "n", facts: facts))
        #expect(EvidenceLimits.gateBytes == 16 << 20)
        let dropped = writer.droppedLines(ofGate: "big")
        #expect(dropped > 20 && writer.droppedLines(ofGate: "other") == 0)
        try writer.finishGate(GateFinished(gate: "big", verdict: .pass))
        try writer.finishGate(GateFinished(gate: "other", verdict: .pass))
        _ = try writer.finish(runFinished)
        let values = try sink.values()
        let big = zip(sink.lines, values).filter { $0.1["gate"] == "big" && $0.1["type"] == "note" }
        #expect(big.reduce(0) { $0 + $1.0.count + 1 } <= 1 << 20)
        #expect(big.count + dropped == 61)
        let last = values.suffix(3)
        #expect(last.map { $0["truncated"] } == [true, nil, nil])
        #expect(last.first?["dropped"] == .integer(Int64(dropped)))
        #expect(try verify(sink.bytes).isOK)
    }

    @Test("a log is cut at 200 lines of 1 KiB")
    func cutsLogs() throws {
        let sink = MemorySink()
        let writer = writer(sink)
        try writer.start(runStarted)
        try writer.append(LogLine(gate: "g", text: String(repeating: "é", count: 1_000)))
        for _ in 0..<500 { try writer.append(LogLine(gate: "g", text: "x")) }
        try writer.append(LogLine(gate: "h", text: "x"))
        let logs = try sink.values().dropFirst()
        #expect(logs.count == 202)
        #expect(logs.first?["text"] == .text(String(repeating: "é", count: 512) + "…"))
        #expect(logs.filter { $0["truncated"] == true }.count == 2)
        #expect(logs.dropLast().last?["text"] == "" && logs.last?["gate"] == "h")
    }

    @Test("no secret gets in, whatever field it is put in, and words of the format are not mistaken for one")
    func redacts() throws {
        let secrets = SecretRegistry()
        for secret in ["hunter22", "lag_budget", "pass", "12345678"] { secrets.register(Secret(secret)) }
        let sink = MemorySink()
        let writer = writer(sink, secrets: secrets)
        var started = runStarted
        started.argv += ["-X", "password=hunter22", "aHVudGVyMjI="]
        try writer.start(started)
        try writer.append(
            GateStarted(
                gate: "lag_budget", summary: "hunter22", attempt: 1,
                args: [.init(name: "a", value: ["hunter22"], origin: "hunter22")]))
        var record = lag(12_345_678, "hunter22", ok: false, facts: ["hunter22": ["x hunter22 y"], "n": 12_345_678])
        record.limit = "68756e7465723232"
        record.unit = "hunter22"
        try writer.append(checks: [record], gate: "lag_budget", attempt: 1)
        try writer.append(
            UnknownLine(
                gate: "lag_budget", attempt: 1, check: "c", subject: ["g": "hunter22"], reason: "hunter22",
                message: "hunter%322"))
        try writer.append(
            ReadErrorLine(
                api: "SaslAuthenticate", broker: "hunter22", name: "hunter22", errorClass: "auth", retriable: false,
                tries: 1, acknowledged: false))
        try writer.append(
            NoteLine(
                gate: "lag_budget", name: "n", facts: ["a": .string(ByteString(bytes: [0xFF] + Array("hunter22".utf8)))]
            ))
        try writer.append(LogLine(gate: "lag_budget", text: "password is \"hunter22\""))
        try writer.finishGate(
            GateFinished(
                gate: "lag_budget", verdict: .pass,
                reasons: [.init(code: "limit", message: "hunter22", subject: ["hunter22": 1])], waiver: "hunter22"))
        _ = try writer.finish(runFinished)
        let text = String(decoding: sink.bytes, as: UTF8.self)
        for form in ["hunter22", "aHVudGVyMjI", "68756e7465723232", "hunter%322", "dW50ZXIyM"] {
            #expect(!text.contains(form))
        }
        let values = try sink.values()
        #expect(values.last?["verdict"] == "pass" && values[2]["gate"] == "lag_budget")
        #expect(values[2]["facts"] == ["‹secret›": ["x ‹secret› y"], "n": 12_345_678])
        #expect(try verify(sink.bytes).verdict == "pass")
    }

    @Test("many threads write one chain")
    func isThreadSafe() async throws {
        let sink = MemorySink()
        let writer = writer(sink)
        try writer.start(runStarted)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<50 {
                        try writer.append(NoteLine(gate: "g\(task)", name: "n", facts: ["i": .integer(Int64(index))]))
                    }
                    try writer.finishGate(GateFinished(gate: "g\(task)", verdict: .pass))
                }
            }
            try await group.waitForAll()
        }
        _ = try writer.finish(runFinished)
        #expect(try verify(sink.bytes).lines == 410)
        #expect(try verify(sink.bytes).isOK)
    }
}
