package import Foundation

/// The `openssl` command line, which makes what the tests need and knows nothing of the code under test.
package enum OpenSSLCommand {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Runs it to the end and answers its standard output.
    @discardableResult
    package static func run(_ arguments: [String], in folder: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = folder
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let words = String(decoding: complained, as: UTF8.self)
            throw Failure(description: "openssl \(arguments.joined(separator: " ")): \(words)")
        }
        return String(decoding: said, as: UTF8.self)
    }
}
