import KafkaClient
import Testing

@Suite struct SystemConfigSourceTests {
    private let source = ConfigSource.system

    @Test("variables of the process are seen, others are not")
    func environment() {
        #expect(source.environment("PATH")?.isEmpty == false)
        #expect(source.environment("SLUICE_TEST_NO_SUCH_VARIABLE") == nil)
    }

    @Test("a file is read whole")
    func file() throws {
        let text = String(decoding: try source.readFile("/proc/self/status"), as: UTF8.self)
        #expect(text.contains("Pid:"))
    }

    @Test("what cannot be read says why")
    func failures() {
        #expect(throws: ConfigSource.Failure.missing) { try source.readFile("/no/such/file") }
        #expect(throws: ConfigSource.Failure.missing) { try source.readFile("/etc/passwd\u{0}x") }
        #expect(throws: ConfigSource.Failure.isDirectory) { try source.readFile("/") }
    }

    @Test("a file without an end is given up")
    func endless() {
        #expect(throws: ConfigSource.Failure.tooLarge) { try source.readFile("/dev/zero") }
    }
}
