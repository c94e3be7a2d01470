/// Collects what a decoder writes, growing as it is filled, up to a limit.
struct OutputBuffer {
    /// What one call of a decoder did with the room it was given.
    struct Progress {
        var written: Int
        /// False: it needs more room than there was.
        var isDone: Bool
    }

    /// The most that may be written.
    let limit: Int

    /// Calls `decode` with what room there is until it is done.
    ///
    /// The room never exceeds the limit by more than one byte, which tells output that ends at the limit from output
    /// that goes on.
    func collect(
        expecting count: Int,
        _ decode: (UnsafeMutableBufferPointer<UInt8>) throws(RecordsError) -> Progress
    ) throws(RecordsError) -> [UInt8] {
        var capacity = min(max(count, 1024), limit + 1)
        var output: [UInt8] = []
        while true {
            var outcome = Result<Progress, RecordsError>.success(Progress(written: 0, isDone: false))
            output = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
                // What is there moves to the larger buffer: `initialize` copies it to the start and says how much.
                initialized = unsafe buffer.initialize(fromContentsOf: output)
                do throws(RecordsError) {
                    let progress = try unsafe decode(UnsafeMutableBufferPointer(rebasing: buffer[initialized...]))
                    initialized += progress.written
                    outcome = .success(progress)
                } catch {
                    outcome = .failure(error)
                }
            }
            let progress = try outcome.get()
            guard output.count <= limit else { throw RecordsError(.outputLimit(limit)) }
            if progress.isDone { return output }
            guard capacity <= limit else { throw RecordsError(.outputLimit(limit)) }
            capacity = min(capacity * 2, limit + 1)
        }
    }
}
