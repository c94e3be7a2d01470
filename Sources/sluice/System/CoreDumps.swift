private import Glibc

/// Files that the system writes of a process that crashed: with every secret it had loaded.
enum CoreDumps {
    /// None are written of this process and those it starts.
    static func off() {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }
}
