private import Glibc

/// A thread of the operating system for work that blocks, which Swift's cooperative pool must never do.
package enum NativeThread {
    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs `body` on a new detached thread.
    ///
    /// - Returns: false where the system has no thread left; `body` has then not run and will not.
    package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        // The box is owned by the new thread from the moment pthread_create succeeds.
        let start = unsafe Unmanaged.passRetained(Start(body))
        var attributes = pthread_attr_t()
        guard unsafe pthread_attr_init(&attributes) == 0 else {
            unsafe start.release()
            return false
        }
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, &attributes,
            { opaque in
                guard let opaque = unsafe opaque else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(opaque).takeRetainedValue()
                start.body()
                return nil
            }, start.toOpaque())
        if code != 0 { unsafe start.release() }
        return code == 0
    }
}
