/// A record that a broker wrote for brokers and clients: never data.
package struct ControlRecord: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case abort, commit
        /// KRaft's, and whatever is to come.
        case other(Int16)
    }

    package let kind: Kind
    /// The coordinator that ended the transaction; nil for other kinds.
    package let coordinatorEpoch: Int32?

    /// Reads a record of a control batch.
    package init(_ record: RecordView) throws(RecordsError) {
        guard let key = record.key, key.count >= 4, BigEndian.load(Int16.self, from: key, at: 0) >= 0 else {
            throw RecordsError(.malformedControlRecord, baseOffset: record.offset)
        }
        // A newer version may have more fields, after these.
        let type = BigEndian.load(Int16.self, from: key, at: 2)
        kind =
            switch type {
            case 0: .abort
            case 1: .commit
            default: .other(type)
            }
        guard type == 0 || type == 1 else {
            coordinatorEpoch = nil
            return
        }
        guard let value = record.value, value.count >= 6, BigEndian.load(Int16.self, from: value, at: 0) >= 0 else {
            throw RecordsError(.malformedControlRecord, baseOffset: record.offset)
        }
        coordinatorEpoch = BigEndian.load(Int32.self, from: value, at: 2)
    }
}
