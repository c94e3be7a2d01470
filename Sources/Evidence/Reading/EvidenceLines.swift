private import Glibc

/// The lines of a file of any size, one after another, in bounded memory.
package struct EvidenceLines: ~Copyable {
    package enum Line: Sendable {
        /// Without its line feed.
        case whole([UInt8])
        /// The end of the file, where it is not the end of a line.
        case torn([UInt8])
        /// Longer than evidence can be; nothing after it is read.
        case tooLong
    }

    private static let chunk = 64 << 10

    private let source: @Sendable () throws(EvidenceError) -> [UInt8]
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// `source` gives the next bytes, none at the end.
    package init(source: @escaping @Sendable () throws(EvidenceError) -> [UInt8]) { self.source = source }

    /// Lines that are in memory.
    package init(_ bytes: [UInt8]) {
        source = { () throws(EvidenceError) in [] }
        buffer = bytes
    }

    /// Opens a file for reading.
    package init(path: String) throws(EvidenceError) {
        let input = try Input(path: path)
        source = { () throws(EvidenceError) in try input.read(count: Self.chunk) }
    }

    /// The next line; nil at the end.
    package mutating func next() throws(EvidenceError) -> Line? {
        while !isAtEnd {
            if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[start..<end])
                start = end + 1
                // The line feed counts as a byte of the line.
                return line.count < EvidenceLimits.lineBytes ? .whole(line) : tooLong()
            }
            guard buffer.count - start < EvidenceLimits.lineBytes else { return tooLong() }
            let more = try source()
            buffer.removeSubrange(..<start)
            start = 0
            buffer += more
            isAtEnd = more.isEmpty
        }
        guard !buffer.isEmpty else { return nil }
        defer { buffer = [] }
        return .torn(buffer)
    }

    private mutating func tooLong() -> Line {
        isAtEnd = true
        buffer = []
        start = 0
        return .tooLong
    }

    /// An open file, closed with the last reader of it.
    private final class Input: Sendable {
        private let descriptor: Int32
        private let path: String

        init(path: String) throws(EvidenceError) {
            self.path = path
            let isText = !path.utf8.contains(0)
            let descriptor = isText ? unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1
            guard descriptor >= 0 else {
                throw EvidenceError(.cannotOpen, place: path, code: isText ? errno : ENOENT)
            }
            self.descriptor = descriptor
        }

        deinit { close(descriptor) }

        func read(count: Int) throws(EvidenceError) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            while true {
                let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                    unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                }
                let code = errno
                if got >= 0 { return Array(bytes.prefix(got)) }
                guard code == EINTR else { throw EvidenceError(.cannotRead, place: path, code: code) }
            }
        }
    }
}
