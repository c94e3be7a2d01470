private import Glibc

/// The processors of this machine.
enum Processors {
    /// Those that are in use; 1 where the system does not say.
    static var count: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
