/// One batch of format 2 in the bytes of a Fetch response, whole but not yet verified.
package struct RecordBatch: Sendable {
    package let header: RecordBatchHeader
    /// The batch as it is stored, header included.
    package let bytes: ArraySlice<UInt8>
    /// Where the batch begins in the response's records.
    package let position: Int

    /// The records, compressed as the header says.
    package var payload: ArraySlice<UInt8> { bytes.dropFirst(RecordBatchHeader.size) }

    /// The part that replicas of a log share to the byte; a leader may set what comes before.
    package var checksummed: ArraySlice<UInt8> { bytes.dropFirst(RecordBatchHeader.checksummedFrom) }

    /// Throws where the stored checksum is not that of the bytes.
    package func verifyChecksum() throws(RecordsError) {
        let computed = Checksum.crc32c(checksummed)
        guard computed == header.crc else {
            throw RecordsError(
                .checksum(stored: header.crc, computed: computed), baseOffset: header.baseOffset, position: position)
        }
    }
}
