/// Bytes in order, both ways, each wait bounded by an absolute deadline.
///
/// One reader and one writer at a time. A failed or abandoned write leaves the stream useless: close it.
package protocol ByteStream: Sendable {
    /// `host:port` of the other side, as dialled.
    var peer: String { get }

    /// Fills `buffer` from `offset` on with what has arrived, at least one byte unless the peer has closed.
    ///
    /// - Returns: how many bytes were stored; 0 is the end of the stream.
    func read(into buffer: inout [UInt8], from offset: Int, by deadline: Deadline) async throws(TransportError) -> Int

    /// The same for a reader that can do nothing with fewer than `useful` bytes, which are known to be on their way.
    ///
    /// A stream that can waits until so many have come, or as many as it holds: a large answer then wakes its reader a
    /// few times only. It may return fewer all the same.
    func read(
        into buffer: inout [UInt8], from offset: Int, useful: Int, by deadline: Deadline
    ) async throws(TransportError) -> Int

    /// Writes all of `bytes`.
    func write(_ bytes: [UInt8], by deadline: Deadline) async throws(TransportError)

    /// Ends both directions; waits under way end with `closed`.
    func close()
}

extension ByteStream {
    package func read(
        into buffer: inout [UInt8], from offset: Int, useful: Int, by deadline: Deadline
    ) async throws(TransportError) -> Int {
        try await read(into: &buffer, from: offset, by: deadline)
    }
}
