import Synchronization

/// A value that one thread at a time may touch: a `Mutex` whose hand-over the thread sanitizer can see.
///
/// A `Mutex` that has to wait does so inside the standard library, which is not instrumented: the sanitizer misses that
/// one critical section happens before the next, and reports each contended lock as a race. Here every section begins by
/// acquiring what the one before it released, which states the same order in operations that the sanitizer knows. The
/// two cost about a nanosecond, so that what is tested is what is shipped.
package struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
    private let mutex: Mutex<Value>
    private let handOver = Atomic<Bool>(false)

    package init(_ value: consuming sending Value) {
        mutex = Mutex(value)
    }

    /// What the body returns, run while no other thread is in a body of this value's.
    ///
    /// It must not come back here: the lock is not recursive.
    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock { value throws(Failure) -> sending Result in
            _ = handOver.load(ordering: .acquiring)
            defer { handOver.store(true, ordering: .releasing) }
            return try body(&value)
        }
    }
}
