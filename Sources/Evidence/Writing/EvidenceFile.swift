private import Glibc

/// A new file, or standard output, as the place of evidence.
package final class EvidenceFile: EvidenceSink {
    private let descriptor: Int32
    private let name: String
    /// Pipes and terminals cannot be synced.
    private let isRegular: Bool
    private let isOwned: Bool

    private init(descriptor: Int32, name: String, isOwned: Bool) {
        self.descriptor = descriptor
        self.name = name
        self.isOwned = isOwned
        var status = stat()
        isRegular = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    deinit { if isOwned { close(descriptor) } }

    /// Creates the file, readable by its owner only.
    ///
    /// Nothing may stand at the path, not even a link to nowhere.
    package static func create(at path: String) throws(EvidenceError) -> EvidenceFile {
        // The C call would see a shorter path.
        guard !path.utf8.contains(0) else { throw EvidenceError(.cannotCreate, place: path, code: EINVAL) }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC
        while true {
            let descriptor = unsafe open(path, flags, 0o600)
            if descriptor >= 0 { return EvidenceFile(descriptor: descriptor, name: path, isOwned: true) }
            let code = errno
            if code == EINTR { continue }
            throw EvidenceError(code == EEXIST ? .exists : .cannotCreate, place: path, code: code)
        }
    }

    /// Standard output.
    ///
    /// From here on a reader that went away is an error of `write`, not the end of the process.
    package static func standardOutput() -> EvidenceFile {
        ignoreBrokenPipes()
        return EvidenceFile(descriptor: STDOUT_FILENO, name: "standard output", isOwned: false)
    }

    /// A descriptor that is already open and stays open; for a pipe see `ignoreBrokenPipes`.
    package static func descriptor(_ descriptor: Int32, name: String) -> EvidenceFile {
        EvidenceFile(descriptor: descriptor, name: name, isOwned: false)
    }

    /// Makes writing to a closed pipe an error (EPIPE) for the whole process.
    package static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    package func write(_ bytes: [UInt8]) throws(EvidenceError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), bytes.count - done)
            }
            let code = errno
            if count > 0 {
                done += count
            } else if count < 0, code == EINTR {
                continue
            } else if count < 0, code == EAGAIN {
                // Whoever made the pipe may have made it non-blocking.
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe Glibc.poll(&poll, 1, -1)
            } else {
                throw EvidenceError(.cannotWrite, place: name, code: count < 0 ? code : EIO)
            }
        }
    }

    package func sync() throws(EvidenceError) {
        guard isRegular else { return }
        while fdatasync(descriptor) != 0 {
            let code = errno
            guard code == EINTR else { throw EvidenceError(.cannotSync, place: name, code: code) }
        }
    }
}
