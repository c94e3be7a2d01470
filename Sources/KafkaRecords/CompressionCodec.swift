/// How the records of a batch are compressed, by the number in its attributes.
package enum CompressionCodec: UInt8, CaseIterable, Sendable, CustomStringConvertible {
    case none, gzip, snappy, lz4, zstd

    init(attributes: Int16) throws(RecordsError) {
        let code = UInt8(attributes & 0b111)
        guard let codec = CompressionCodec(rawValue: code) else { throw RecordsError(.unknownCodec(code)) }
        self = codec
    }

    /// Kafka's own name, as in `compression.type`.
    package var description: String {
        switch self {
        case .none: "none"
        case .gzip: "gzip"
        case .snappy: "snappy"
        case .lz4: "lz4"
        case .zstd: "zstd"
        }
    }
}
