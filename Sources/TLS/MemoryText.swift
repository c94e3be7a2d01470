private import COpenSSL

/// What OpenSSL prints, as text of at most a kibibyte; nil where it prints nothing or fails.
///
/// `print` prints into the BIO it is handed; its answer is not 0 where that went well.
func printed(_ print: (OpaquePointer) -> Int32) -> String? {
    guard let output = unsafe BIO_new(BIO_s_mem()) else { return nil }
    defer { unsafe BIO_free(output) }
    guard unsafe print(output) != 0 else { return nil }
    let limit = 1024
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { room, count in
        count = unsafe Int(max(0, BIO_read(output, room.baseAddress, Int32(limit))))
    }
    guard !bytes.isEmpty else { return nil }
    // Certificates come from the network: nothing in them may steer a terminal.
    return String(decoding: bytes.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
}
