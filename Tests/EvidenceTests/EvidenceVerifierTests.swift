import Evidence
import Testing
import Value

@Suite("EvidenceVerifier") struct EvidenceVerifierTests {
    @Test("whole evidence is OK, and tells its run, verdict, mode, lines and head", arguments: [1, 7, 4_096, 1 << 20])
    func accepts(chunk: Int) throws {
        let (sink, head) = try smallEvidence()
        let result = try verify(sink.bytes, chunk: chunk)
        #expect(result.outcome == .okUnsigned)
        #expect(result.run == fixedRun().text && result.mode == "live" && result.lines == 5)
        #expect(result.verdict == "pass" && result.effective == "pass" && result.exitCode == 0)
        #expect(result.head == head)
        #expect(head == (try SHA256.hex(sink.lines[4])))
    }

    @Test("the chain holds by an independent computation")
    func chains() throws {
        let (sink, _) = try smallEvidence()
        var prev = String(repeating: "0", count: 64)
        for (line, value) in zip(sink.lines, try sink.values()) {
            #expect(value["prev"] == .text(prev))
            prev = referenceSHA256(line)
        }
        let last = sink.texts[4]
        guard case .string(let digest)? = try sink.values()[4]["self"] else { return #expect(Bool(false)) }
        let zeroed = last.replacing(digest.description, with: String(repeating: "0", count: 64))
        #expect(referenceSHA256(Array(zeroed.utf8)) == digest.description)
    }

    @Test("SHA-256 gives the known answers")
    func knowsVectors() throws {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        for digest in [try SHA256.hex([]), referenceSHA256([])] { #expect(digest == empty) }
        for digest in [try SHA256.hex(Array("abc".utf8)), referenceSHA256(Array("abc".utf8))] { #expect(digest == abc) }
    }

    @Test("with any single byte changed it does not verify")
    func findsEveryChange() throws {
        let (sink, _) = try smallEvidence()
        let bytes = sink.bytes
        for position in bytes.indices {
            for flip: UInt8 in [0x01, 0x02, 0x20, 0x80, bytes[position] ^ 0x0A, bytes[position] ^ 0x30] where flip != 0
            {
                var changed = bytes
                changed[position] ^= flip
                let result = try verify(changed)
                if result.isOK { Issue.record("byte \(position) ^ \(flip) passed") }
            }
        }
    }

    @Test("with any single byte taken out or put in it does not verify")
    func findsEveryShift() throws {
        let (sink, _) = try smallEvidence()
        for position in sink.bytes.indices {
            var shorter = sink.bytes
            shorter.remove(at: position)
            var longer = sink.bytes
            longer.insert(UInt8(ascii: " "), at: position)
            if try verify(shorter).isOK || verify(longer).isOK { Issue.record("a shift at \(position) passed") }
        }
        #expect(try verify(sink.bytes + [0x0A]).outcome == .tampered(seq: 5))
        #expect(try verify(sink.bytes + [0x20]).outcome == .tampered(seq: 5))
    }

    @Test("the line that was altered is named", arguments: 0..<5)
    func namesLine(index: Int) throws {
        let (sink, _) = try smallEvidence()
        var lines = sink.texts
        lines[index] = lines[index].replacing("T08:00:00", with: "T08:00:01")
        #expect(try verify(joined(lines.map { Array($0.utf8) })).outcome == .tampered(seq: index))
        lines = sink.texts
        let prev = lines[index].split(separator: "\"prev\":\"")[1].prefix(64)
        lines[index] = lines[index].replacing(prev, with: String(repeating: "f", count: 64))
        #expect(try verify(joined(lines.map { Array($0.utf8) })).outcome == .tampered(seq: index))
    }

    @Test("lines dropped, doubled or swapped are found", arguments: 0..<5)
    func findsMovedLines(index: Int) throws {
        let (sink, _) = try smallEvidence()
        var dropped = sink.lines
        dropped.remove(at: index)
        #expect(try verify(joined(dropped)).outcome == (index == 4 ? .incomplete : .tampered(seq: index)))
        var doubled = sink.lines
        doubled.insert(doubled[index], at: index)
        #expect(try verify(joined(doubled)).outcome == .tampered(seq: index + 1))
        var swapped = sink.lines
        swapped.swapAt(index, (index + 1) % 5)
        #expect(try !verify(joined(swapped)).isOK)
    }

    @Test("a file cut anywhere is incomplete or torn, as a crash leaves it")
    func findsCuts() throws {
        let (sink, _) = try smallEvidence()
        for count in 0..<sink.bytes.count {
            let cut = Array(sink.bytes.prefix(count))
            let outcome = try verify(cut).outcome
            #expect(outcome == (count == 0 || cut.last == 0x0A ? .incomplete : .tornTail))
        }
    }

    @Test("a last line that counts wrong but has its own hash right is a count mismatch")
    func countsLines() throws {
        let (sink, _) = try smallEvidence()
        guard case .map(var fields) = try sink.values()[4] else { return #expect(Bool(false)) }
        fields["lines"] = 6
        fields["self"] = .text(String(repeating: "0", count: 64))
        fields["self"] = .text(referenceSHA256(try JSONWriter.write(.map(fields))))
        let forged = Array(sink.lines.dropLast()) + [try JSONWriter.write(.map(fields))]
        #expect(try verify(joined(forged)).outcome == .countMismatch)
    }

    @Test("another version, an endless line and what is no evidence are told apart")
    func refusesOthers() throws {
        let (sink, _) = try smallEvidence()
        let future = sink.texts[0].replacing("\"v\":1", with: "\"v\":2")
        #expect(try verify(Array(future.utf8) + [0x0A]).outcome == .unsupported)
        #expect(try verify([UInt8](repeating: 0x61, count: 1 << 20)).outcome == .tampered(seq: 0))
        #expect(try verify(Array("hello\n".utf8)).outcome == .tampered(seq: 0))
        #expect(try verify([]).outcome == .incomplete)
        #expect(try verify(Array("hello".utf8)).outcome == .tornTail)
    }

    @Test("the expected head is compared")
    func comparesHead() throws {
        let (sink, head) = try smallEvidence()
        #expect(try verify(sink.bytes, head: head).isOK)
        #expect(try verify(sink.bytes, head: "sha256:" + head).isOK)
        #expect(try verify(sink.bytes, head: String(head.dropLast())).outcome == .tampered(seq: 4))
        #expect(try verify(sink.bytes, head: "").outcome == .tampered(seq: 4))
    }
}

/// SHA-256 as FIPS 180-4 writes it, so that libcrypto is not judged by itself.
func referenceSHA256(_ message: [UInt8]) -> String {
    func root(_ prime: Int, _ power: Double) -> UInt32 {
        var low = 0.0
        var high = Double(prime)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if (power == 2 ? middle * middle : middle * middle * middle) <= Double(prime) {
                low = middle
            } else {
                high = middle
            }
        }
        return UInt32((low - low.rounded(.down)) * 4_294_967_296)
    }
    let primes = (2...311).filter { number in !(2..<number).contains { number.isMultiple(of: $0) } }
    let constants = primes.map { root($0, 3) }
    var state = primes.prefix(8).map { root($0, 2) }
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
    func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
    for block in stride(from: 0, to: padded.count, by: 64) {
        var words = (0..<16).map { word in
            (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[block + word * 4 + $1]) }
        }
        for index in 16..<64 {
            let (early, late) = (words[index - 15], words[index - 2])
            let first = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3
            let second = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10
            words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
        }
        var work = state
        for index in 0..<64 {
            let (a, e) = (work[0], work[4])
            let big1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let choice = e & work[5] ^ ~e & work[6]
            let first = work[7] &+ big1 &+ choice &+ constants[index] &+ words[index]
            let big0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let majority = a & work[1] ^ a & work[2] ^ work[1] & work[2]
            let second = big0 &+ majority
            work = [first &+ second, a, work[1], work[2], work[3] &+ first, e, work[5], work[6]]
        }
        state = zip(state, work).map { $0 &+ $1 }
    }
    return Hex.text(state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } })
}
