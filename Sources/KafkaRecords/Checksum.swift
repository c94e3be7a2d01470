private import CCRC32C
private import CZlib

/// The two checksums of stored records.
package enum Checksum {
    /// CRC-32C (Castagnoli), of record batches.
    package static func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { unsafe sluice_crc32c(0, $0.baseAddress, $0.count) }
    }

    /// The same without the instructions made for it, to check them against.
    package static func portableCRC32C(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { unsafe sluice_crc32c_portable(0, $0.baseAddress, $0.count) }
    }

    package static var isHardware: Bool { sluice_crc32c_is_hardware() }

    /// CRC-32 (IEEE), of legacy messages.
    package static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        // zlib takes a null pointer for a request to start over; an empty array may well give one.
        guard !bytes.isEmpty else { return 0 }
        return unsafe bytes.withUnsafeBufferPointer {
            UInt32(truncatingIfNeeded: unsafe crc32_z(0, $0.baseAddress, $0.count))
        }
    }
}
