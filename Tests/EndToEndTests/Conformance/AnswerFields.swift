import Foundation
import KafkaRecords
import KafkaWire

/// A direction of travel over an answer: every field by its place, so that two answers can be laid side by side.
struct AnswerFields: Codec {
    /// A field with its value as text.
    struct Field: Equatable, Sendable {
        /// `topics[].partitions[].error_code`: the same for all elements of an array.
        let path: String
        /// `topics[0].partitions[1].error_code`.
        let place: String
        let value: String
    }

    let version: Int16
    let isFlexible: Bool
    private(set) var fields: [Field] = []
    private var path: String
    private var place: String
    /// Names that each cluster makes up for itself, by what the suite calls them.
    private let aliases: [String: String]

    static func of<R: WireRequest>(
        _ answer: R.Response, to request: R.Type, version: Int16, aliases: [String: String]
    ) throws -> [Field] {
        var walk = AnswerFields(
            version: version, isFlexible: R.isFlexible(version), path: "\(R.key)", place: "\(R.key)", aliases: aliases)
        var answer = answer
        try answer.walk(&walk)
        return walk.fields
    }

    private init(version: Int16, isFlexible: Bool, path: String, place: String, aliases: [String: String]) {
        self.version = version
        self.isFlexible = isFlexible
        self.path = path
        self.place = place
        self.aliases = aliases
    }

    private mutating func leaf(_ value: String) { fields.append(Field(path: path, place: place, value: value)) }

    private mutating func inside(_ name: String, _ body: (inout Self) throws(WireError) -> Void) throws(WireError) {
        let (outerPath, outerPlace) = (path, place)
        path += "." + name
        place += "." + name
        try body(&self)
        (path, place) = (outerPath, outerPlace)
    }

    mutating func field<V: WireValue>(_ name: StaticString, _ value: inout V) throws(WireError) {
        var walked = value
        try inside("\(name)") { codec throws(WireError) in try walked.walk(&codec) }
    }

    mutating func tagged<V: WireValue & Equatable>(
        _ tag: UInt32, _ name: StaticString, _ value: inout V, _ fallback: V
    ) throws(WireError) {
        try field(name, &value)
    }

    /// A port is each broker's own, and known by its listener.
    mutating func integer<I: FixedWidthInteger>(_ value: inout I) {
        leaf(path.hasSuffix(".port") ? alias("\(value)") : "\(value)")
    }

    mutating func bool(_ value: inout Bool) { leaf("\(value)") }
    mutating func float64(_ value: inout Double) { leaf("\(value)") }
    mutating func uuid(_ value: inout KafkaUUID) { leaf(alias("\(value)")) }
    mutating func string(_ value: inout String?, nullable: Bool) { leaf(value.map { "“\(alias($0))”" } ?? "null") }
    mutating func classicString(_ value: inout String?) { string(&value, nullable: true) }
    mutating func bytes(_ value: inout [UInt8]?, nullable: Bool) { leaf(value.map { "\($0)" } ?? "null") }
    mutating func absent<V: Equatable>(_ value: inout V, _ fallback: V) {}
    mutating func endOfStruct() {}

    private func alias(_ text: String) -> String {
        if let alias = aliases[text] { return alias }
        // Messages for people hold such names too.
        return aliases.reduce(text) { text, alias in
            alias.key.utf8.count > 8 ? text.replacingOccurrences(of: alias.key, with: alias.value) : text
        }
    }

    mutating func array<E: WireValue>(_ value: inout [E]?, nullable: Bool) throws(WireError) {
        guard let elements = value else { return leaf("null") }
        try inside("count") { codec throws(WireError) in codec.leaf("\(elements.count)") }
        let (outerPath, outerPlace, before) = (path, place, fields)
        path += "[]"
        var walked: [[Field]] = []
        for (index, element) in elements.enumerated() {
            var element = element
            fields = []
            place = "\(outerPlace)[\(index)]"
            try element.walk(&self)
            walked.append(fields)
        }
        if MayDiffer.isUnordered(path) { walked = sorted(walked, outerPlace) }
        fields = before + walked.joined()
        (path, place) = (outerPath, outerPlace)
    }

    /// Elements by what they say, but for what may differ, numbered anew.
    private func sorted(_ elements: [[Field]], _ outer: String) -> [[Field]] {
        func key(_ element: [Field]) -> String {
            element.filter { MayDiffer.rule(for: $0.path) == nil }.map { "\($0.path)=\($0.value)" }
                .joined(separator: "\n")
        }
        let order = elements.enumerated().map { (key($0.element), $0.offset) }.sorted { $0 < $1 }
        return order.enumerated().map { new, old in
            elements[old.1].map { field in
                let rest = field.place.dropFirst("\(outer)[\(old.1)]".count)
                return Field(path: field.path, place: "\(outer)[\(new)]\(rest)", value: field.value)
            }
        }
    }

    /// Batch by batch, since a marker carries the time at which it was written.
    mutating func records(_ value: inout ArraySlice<UInt8>?, nullable: Bool) throws(WireError) {
        guard let bytes = value else { return leaf("null") }
        var batches: [[(String, String)]] = []
        var cursor = BatchCursor(bytes)
        do throws(RecordsError) {
            while case .batch(let batch)? = try cursor.next() { batches.append(Self.described(batch)) }
        } catch {
            batches.append([("unreadable", "\(error)")])
        }
        if let tail = cursor.partialTail { batches.append([("partial_tail", "\(bytes.dropFirst(tail.position))")]) }
        let (outerPath, outerPlace) = (path, place)
        try inside("count") { codec throws(WireError) in codec.leaf("\(batches.count)") }
        for (index, batch) in batches.enumerated() {
            for (name, value) in batch {
                (path, place) = ("\(outerPath)[].\(name)", "\(outerPlace)[\(index)].\(name)")
                leaf(value)
            }
        }
        (path, place) = (outerPath, outerPlace)
    }

    private static func described(_ batch: RecordBatch) -> [(String, String)] {
        let header = batch.header
        let prefix = header.isControl ? "control." : header.deleteHorizonMs != nil ? "horizon." : ""
        var times = [("base_timestamp", "\(header.baseTimestamp)"), ("max_timestamp", "\(header.maxTimestamp)")]
        if header.timestampType == .logAppendTime { times = times.map { ("append.\($0.0)", $0.1) } }
        var fields =
            [
                ("base_offset", "\(header.baseOffset)"), ("last_offset", "\(header.lastOffset)"),
                ("leader_epoch", "\(header.partitionLeaderEpoch)"), ("attributes", "\(header.attributes)"),
                ("producer_id", "\(header.producerId)"), ("producer_epoch", "\(header.producerEpoch)"),
                ("base_sequence", "\(header.baseSequence)"), ("record_count", "\(header.recordCount)"),
            ] + times.map { (prefix + $0.0, $0.1) }
        // What a horizon changes are the differences of times to it, told record by record instead.
        if header.deleteHorizonMs == nil {
            fields.append((header.codec == .none ? "payload" : "compressed_payload", "\(Array(batch.payload))"))
        }
        do {
            var cursor = try RecordCursor(batch, using: Decompressor())
            while let record = try cursor.next() {
                let key = record.key.map { "\(Array($0))" } ?? "null"
                let value = record.value.map { "\(Array($0))" } ?? "null"
                fields.append(("record", "\(record.offset) \(key) \(value)"))
                if !header.isControl, header.timestampType == .createTime {
                    fields.append(("record.timestamp", "\(record.timestamp)"))
                }
            }
            try batch.verifyChecksum()
        } catch {
            fields.append(("unreadable", "\(error)"))
        }
        return fields
    }
}
