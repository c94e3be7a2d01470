/// Stored records that could not be read or written, and where.
package struct RecordsError: Error, Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        case truncated(needed: Int, available: Int)
        case impossibleLength(Int)
        case trailingBytes(Int)
        case unsupportedFormat(Int8)
        case unknownCodec(UInt8)
        case checksum(stored: UInt32, computed: UInt32)
        /// An offset or timestamp that does not fit 64 bits, or a negative offset.
        case overflow
        case malformedVarint
        /// A batch begins below the end of the one before it.
        case offsetOutOfOrder(Int64, expectedAtLeast: Int64)
        /// A record's offset delta does not follow the one before it, or lies beyond the batch.
        case offsetDelta(Int64, allowed: ClosedRange<Int64>)
        case recordCount(declared: Int, found: Int)
        case malformedControlRecord
        case malformedWrapper
        case corrupt(CompressionCodec)
        case outputLimit(Int)
        case windowLimit(declared: UInt64, allowed: UInt64)
        /// The compression library has no memory, or refuses what it was given.
        case library(CompressionCodec)
        case tooLarge(Int)
    }

    package var reason: Reason
    /// The base offset of the batch, or the offset of the legacy message; nil where the error lies before it.
    package var baseOffset: Int64?
    /// The index of the record in its batch; nil where the batch itself is at fault.
    package var record: Int?
    /// Bytes from the start of the response's records, or, with `record`, from the start of the decompressed payload.
    package var position = 0

    package init(_ reason: Reason, baseOffset: Int64? = nil, record: Int? = nil, position: Int = 0) {
        self.reason = reason
        self.baseOffset = baseOffset
        self.record = record
        self.position = position
    }

    func at(baseOffset: Int64, position: Int) -> RecordsError {
        var error = self
        error.baseOffset = error.baseOffset ?? baseOffset
        if error.record == nil { error.position = position }
        return error
    }
}

extension RecordsError {
    /// What a caller decides by: stored bytes that are damaged are a finding, limits of ours are not.
    package enum Kind: String, Sendable {
        case checksum = "crc_mismatch"
        case malformed = "corrupt_records"
        case overflow
        case limit
        case unsupported = "unsupported_format"
    }

    package var kind: Kind {
        switch reason {
        case .checksum: .checksum
        case .overflow: .overflow
        case .outputLimit, .windowLimit, .library, .tooLarge: .limit
        case .unsupportedFormat, .unknownCodec: .unsupported
        default: .malformed
        }
    }
}

extension RecordsError: CustomStringConvertible {
    package var description: String {
        var place = baseOffset.map { "batch at offset \($0), " } ?? ""
        if let record { place += "record \(record), " }
        return "\(place)byte \(position): \(reason)"
    }
}

extension RecordsError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated(let needed, let available): "needs \(needed) bytes, \(available) left"
        case .impossibleLength(let length): "impossible length \(length)"
        case .trailingBytes(let count): "\(count) bytes too many"
        case .unsupportedFormat(let magic): "unsupported record format \(magic)"
        case .unknownCodec(let code): "unknown compression codec \(code)"
        case .checksum(let stored, let computed):
            "checksum 0x\(String(stored, radix: 16)) stored, 0x\(String(computed, radix: 16)) computed"
        case .overflow: "offset or timestamp out of range"
        case .malformedVarint: "malformed varint"
        case .offsetOutOfOrder(let offset, let least): "begins at offset \(offset), expected \(least) or more"
        case .offsetDelta(let delta, let allowed):
            "offset delta \(delta) outside \(allowed.lowerBound)...\(allowed.upperBound)"
        case .recordCount(let declared, let found): "\(declared) records declared, \(found) found"
        case .malformedControlRecord: "malformed control record"
        case .malformedWrapper: "malformed compressed message"
        case .corrupt(let codec): "does not decompress (\(codec))"
        case .outputLimit(let limit): "decompresses to more than \(limit) bytes"
        case .windowLimit(let declared, let allowed): "asks for a window of \(declared) bytes, \(allowed) allowed"
        case .library(let codec): "\(codec) failed for lack of resources"
        case .tooLarge(let size): "\(size) bytes do not fit a batch"
        }
    }
}
