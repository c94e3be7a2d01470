import Testing
import Value

@testable import KafkaWire

/// Messages encoded by Kafka's own classes, one a line, in the file that `KAFKA_VECTORS` names.
///
/// Without the variable the suite is skipped, and the runner says so: the file is no part of this package.
@Suite("Kafka's own messages", .enabled(if: MessageVector.file != nil, "KAFKA_VECTORS names no file"))
struct KafkaVectorsTests {
    @Test("every message comes back byte for byte")
    func bytes() throws {
        for vector in try MessageVector.all() {
            attempt(vector) {
                let encoded = try vector.reencoded()
                #expect(encoded == vector.bytes, "\(vector.testDescription)")
            }
        }
    }

    @Test("every message holds the fields that Kafka says it holds, and no others")
    func fields() throws {
        for vector in try MessageVector.all() {
            attempt(vector) {
                let tree = try vector.tree()
                let found = try differences(tree, vector.json(), at: "")
                #expect(found.isEmpty, "\(vector.testDescription): \(found.joined(separator: "; "))")
            }
        }
    }

    @Test("a message that is cut off anywhere is an error")
    func truncation() throws {
        for vector in try MessageVector.all() {
            for count in vector.bytes.indices where vector.error(ofFirst: count) == nil {
                Issue.record("\(vector.testDescription): its first \(count) bytes pass for a message")
            }
        }
    }

    @Test("a byte too many is an error")
    func trailingByte() throws {
        for var vector in try MessageVector.all() {
            vector.bytes.append(0)
            let error = vector.error(ofFirst: vector.bytes.count)
            #expect(error == WireError(reason: .trailingBytes(1)), "\(vector.testDescription)")
        }
    }

    @Test("no message traps, whichever of its bytes lies")
    func corruption() throws {
        for vector in try MessageVector.all() {
            for index in vector.bytes.indices {
                var changed = vector
                changed.bytes[index] = ([0x00, 0x7F, 0x80, 0xFF] as [UInt8])[index % 4]
                // Many lies are messages too; what they say must survive being written and read again.
                guard changed.error(ofFirst: changed.bytes.count) == nil else { continue }
                attempt(changed) {
                    changed.bytes = try changed.reencoded()
                    #expect(try changed.reencoded() == changed.bytes, "\(vector.testDescription), byte \(index)")
                }
            }
        }
    }

    /// An error in one vector is reported with its line, and does not hide the others.
    private func attempt(_ vector: MessageVector, _ body: () throws -> Void) {
        do { try body() } catch { Issue.record(error, "\(vector.testDescription)") }
    }
}

/// Where two trees differ, each as one readable line.
private func differences(_ ours: Value, _ kafkas: Value, at place: String) -> [String] {
    switch (ours, kafkas) {
    case (.map(let ours), .map(let kafkas)):
        return Set(ours.keys).union(kafkas.keys).sorted().flatMap { key -> [String] in
            guard let our = ours[key] else { return ["\(place).\(key) was not read"] }
            guard let kafka = kafkas[key] else { return ["\(place).\(key) is not Kafka's"] }
            return differences(our, kafka, at: "\(place).\(key)")
        }
    case (.list(let ours), .list(let kafkas)) where ours.count == kafkas.count:
        return zip(ours, kafkas).enumerated().flatMap { index, pair in
            differences(pair.0, pair.1, at: "\(place)[\(index)]")
        }
    case (.number(let our), .integer(let kafka)) where our == Double(kafka):
        return []
    default:
        return ours == kafkas ? [] : ["\(place) is \(ours), Kafka says \(kafkas)"]
    }
}
