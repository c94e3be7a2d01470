private import Glibc

/// The three descriptors that every program is given, or should be.
enum StandardDescriptors {
    /// Occupies those that are closed, so that no socket or evidence file gets their number and is taken for them.
    ///
    /// What is opened here refuses to be written.
    static func occupy() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = unsafe open("/dev/null", O_RDONLY)
        }
    }
}
