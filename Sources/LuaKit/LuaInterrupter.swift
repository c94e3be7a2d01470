import Synchronization

/// Ends a script from another thread.
///
/// Sticky: whatever the host is asked to run afterwards ends at once, until ``reset()``.
package final class LuaInterrupter: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package func interrupt() { flag.store(true, ordering: .relaxed) }

    /// Lets the host run again, once what was to end has ended.
    package func reset() { flag.store(false, ordering: .relaxed) }
    package var isInterrupted: Bool { flag.load(ordering: .relaxed) }
}
