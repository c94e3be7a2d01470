import Synchronization

/// Ends a script from another thread.
///
/// Sticky: whatever the host is asked to run afterwards ends at once.
package final class LuaInterrupter: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package func interrupt() { flag.store(true, ordering: .relaxed) }
    package var isInterrupted: Bool { flag.load(ordering: .relaxed) }
}
