import Evidence
import Glibc
import Secrets
import Testing

@Suite("EvidenceFile") struct EvidenceFileTests {
    /// A folder of its own, gone afterwards.
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/sluice-evidence-\(UInt64.random(in: 0 ... .max))"
        try #require(unsafe mkdir(folder, 0o700) == 0)
        defer {
            for name in ["run.jsonl", "link.jsonl", "other.jsonl"] { unsafe unlink("\(folder)/\(name)") }
            unsafe rmdir(folder)
        }
        try body(folder)
    }

    @Test("a run written to a file verifies from there, and only its owner may read it")
    func writes() throws {
        try inFolder { folder in
            let path = "\(folder)/run.jsonl"
            let file = try EvidenceFile.create(at: path)
            let writer = EvidenceWriter(sink: file, run: fixedRun(), clock: .system, secrets: SecretRegistry())
            try writer.start(runStarted)
            try writer.append(checks: [lag(0), lag(1)], gate: "g", attempt: 1)
            try writer.finishGate(GateFinished(gate: "g", verdict: .pass))
            let head = try writer.finish(runFinished)
            let result = try EvidenceVerifier.verify(path: path, head: "sha256:\(head)")
            #expect(result.outcome == .okUnsigned && result.lines == 4)
            var status = stat()
            #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
    }

    @Test("a path where anything stands is refused, links included")
    func refusesExisting() throws {
        try inFolder { folder in
            _ = try EvidenceFile.create(at: "\(folder)/run.jsonl")
            unsafe symlink("\(folder)/other.jsonl", "\(folder)/link.jsonl")
            for path in ["\(folder)/run.jsonl", "\(folder)/link.jsonl", "/dev/full", folder] {
                let error = #expect(throws: EvidenceError.self) { _ = try EvidenceFile.create(at: path) }
                #expect(error?.reason == .exists, "\(path)")
            }
            #expect(unsafe access("\(folder)/other.jsonl", F_OK) != 0)
            for path in ["\(folder)/none/run.jsonl", "", "\(folder)/a\0b"] {
                let error = #expect(throws: EvidenceError.self) { _ = try EvidenceFile.create(at: path) }
                #expect(error?.reason == .cannotCreate)
            }
        }
    }

    @Test("a full disk is an error at the first line, and at every one after it")
    func failsWhenFull() throws {
        let descriptor = unsafe open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let writer = writer(EvidenceFile.descriptor(descriptor, name: "/dev/full"))
        let error = try #require(#expect(throws: EvidenceError.self) { try writer.start(runStarted) })
        #expect(error.description == "/dev/full: evidence cannot be written: No space left on device (28)")
        #expect(throws: error) { try writer.finish(runFinished) }
    }

    @Test("a reader that went away is an error, not a signal")
    func failsOnClosedPipe() throws {
        EvidenceFile.ignoreBrokenPipes()
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        defer { close(ends[1]) }
        close(ends[0])
        let writer = writer(EvidenceFile.descriptor(ends[1], name: "pipe"))
        let error = #expect(throws: EvidenceError.self) { try writer.start(runStarted) }
        #expect(error?.reason == .cannotWrite && error?.code == EPIPE)
    }

    @Test("a non-blocking pipe that fills up gets every byte all the same")
    func finishesPartialWrites() async throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        let (input, output) = (ends[0], ends[1])
        for end in ends { #expect(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 251) }
        let reading = Task.detached {
            var got: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 8_192)
            while got.count < bytes.count {
                let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(input, $0.baseAddress, $0.count) }
                if count > 0 { got += buffer.prefix(count) } else { await Task.yield() }
            }
            return got
        }
        try EvidenceFile.descriptor(output, name: "pipe").write(bytes)
        #expect(await reading.value == bytes)
        close(input)
        close(output)
    }

    @Test("a file that is missing is told from one that cannot be read")
    func opens() throws {
        let missing = #expect(throws: EvidenceError.self) { try EvidenceVerifier.verify(path: "/nowhere/run.jsonl") }
        #expect(missing?.reason == .cannotOpen && missing?.code == ENOENT)
        let folder = #expect(throws: EvidenceError.self) { try EvidenceVerifier.verify(path: "/tmp") }
        #expect(folder?.reason == .cannotRead && folder?.code == EISDIR)
    }
}

@Suite("Timestamp and RunID") struct TimestampTests {
    @Test(
        "moments have their RFC 3339 text",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_709_251_199_999_999, "2024-02-29T23:59:59.999999Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (1_767_225_599_000_001, "2025-12-31T23:59:59.000001Z"),
            (Int64.max, "9999-12-31T23:59:59.999999Z"), (Int64.min, "0000-01-01T00:00:00.000000Z"),
        ])
    func writesMoments(unixUs: Int64, text: String) {
        #expect(Timestamp.text(unixUs: unixUs) == text)
    }

    @Test("a run's name is a UUIDv7 of its time, and no two are the same")
    func namesRuns() {
        var random = FixedRandom(value: .max)
        #expect(RunID(unixMs: 0, using: &random).text == "00000000-0000-7fff-bfff-ffffffffffff")
        #expect(RunID(unixMs: 0xFFFF_FFFF_FFFF, using: &random).text == "ffffffff-ffff-7fff-bfff-ffffffffffff")
        var system = SystemRandomNumberGenerator()
        let names = (0..<1_000).map { RunID(unixMs: Int64($0 / 500), using: &system).text }
        #expect(Set(names).count == 1_000)
        #expect((names[0] < names[999]) && names.allSatisfy { $0.utf8.count == 36 })
    }
}
