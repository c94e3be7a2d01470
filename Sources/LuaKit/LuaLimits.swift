/// What one Lua state may use.
package struct LuaLimits: Sendable {
    package var memoryBytes = 64 << 20
    /// The longest source text that is read.
    package var sourceBytes = 256 << 10
    /// The thread's own time that reading a manifest or plan may take.
    package var loadTime: Duration = .milliseconds(100)
    /// The wall time of the same: only for a thread that gets no processor.
    package var loadWallTime: Duration = .seconds(5)

    package init() {}
}
