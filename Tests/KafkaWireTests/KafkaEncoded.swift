import Testing

@testable import KafkaWire

/// Writes and reads a request at each version that `encoded` has hexadecimal digits for.
func check<R: WireRequest>(
    _ type: R.Type, _ encoded: KeyValuePairs<ClosedRange<Int16>, String>, _ message: (Int16) -> R
) throws {
    for (versions, digits) in encoded {
        for version in versions {
            let bytes = try bytes(digits)
            #expect(try message(version).encoded(version: version) == bytes, "\(R.key) v\(version)")
            #expect(try R.request(from: bytes, version: version) == message(version), "\(R.key) v\(version)")
            for count in bytes.indices {
                #expect(throws: WireError.self, "\(R.key) v\(version) cut off at \(count)") {
                    try R.request(from: bytes.prefix(count), version: version)
                }
            }
        }
    }
}

/// The same for a response.
func checkResponse<R: WireRequest>(
    _ type: R.Type, _ encoded: KeyValuePairs<ClosedRange<Int16>, String>, _ message: (Int16) -> R.Response
) throws {
    for (versions, digits) in encoded {
        for version in versions {
            let bytes = try bytes(digits)
            #expect(try R.encoded(message(version), version: version) == bytes, "\(R.key) v\(version)")
            #expect(try R.response(from: bytes, version: version) == message(version), "\(R.key) v\(version)")
            for count in bytes.indices {
                #expect(throws: WireError.self, "\(R.key) v\(version) cut off at \(count)") {
                    try R.response(from: bytes.prefix(count), version: version)
                }
            }
        }
    }
}

private func bytes(_ digits: String) throws -> [UInt8] {
    let digits = Array(digits)
    return try stride(from: 0, to: digits.count, by: 2).map { index in
        try #require(UInt8(String(digits[index..<index + 2]), radix: 16))
    }
}
