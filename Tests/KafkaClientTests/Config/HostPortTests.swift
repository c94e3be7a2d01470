import KafkaClient
import Testing

@Suite struct HostPortTests {
    @Test(
        "host and port are read, with or without a listener in front",
        arguments: [
            ("broker-1.example.com:9092", "broker-1.example.com", 9092),
            ("10.0.0.1:1", "10.0.0.1", 1),
            ("my_broker:65535", "my_broker", 65535),
            ("[::1]:9092", "::1", 9092),
            ("[fe80::1%eth0]:9093", "fe80::1%eth0", 9093),
            ("PLAINTEXT://b:9092", "b", 9092),
            ("SASL_SSL://pkc-1.eu.confluent.cloud:9092", "pkc-1.eu.confluent.cloud", 9092),
            ("EXTERNAL://[::1]:9094", "::1", 9094),
        ] as [(String, String, UInt16)])
    func reads(_ text: String, host: String, port: UInt16) throws {
        #expect(try HostPort(text) == HostPort(host: host, port: port))
    }

    @Test(
        "what names no broker is refused with the entry and a hint",
        arguments: [
            "broker", "broker:", ":9092", "broker:0", "broker:65536", "broker:99999999999999999999", "broker:-1",
            "broker:+1", "broker:9092/", "bro ker:9092", "::1:9092", "[::1]", "[::1:9092", "[]:9092", "b\u{e4}r:9092",
            "http://b:9092", "HTTPS://b:9092", "PLAINTEXT://", "b:9\u{301}", "b\u{0}:9092", "",
        ])
    func refuses(_ text: String) {
        let error = #expect(throws: ConfigError.self) { try HostPort(text) }
        #expect(error?.reason == .badValue)
        #expect(error?.hint != nil)
    }

    @Test("a missing port is said to be missing")
    func missingPort() {
        let error = #expect(throws: ConfigError.self) { try HostPort("broker") }
        #expect(error?.description == #""broker" has no port (write host:port, e.g. broker-1:9092)"#)
    }

    @Test("an entry with a password in it is not repeated")
    func noPassword() {
        let error = #expect(throws: ConfigError.self) { try HostPort("user:hunter2@broker:9092") }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("a list may have blanks, empty entries and repetitions")
    func list() throws {
        let list = try HostPort.list(" a:1 ,b:2,, a:1,\n[::1]:3 ")
        #expect(list.map(\.description) == ["a:1", "b:2", "[::1]:3"])
    }

    @Test("a bad entry of a list is named, a list of nothing is refused")
    func badList() {
        let error = #expect(throws: ConfigError.self) { try HostPort.list("a:1,b") }
        #expect(error?.message.contains("\"b\"") == true)
        #expect(throws: ConfigError.self) { try HostPort.list(" , ") }
    }

    @Test("random text is read or refused")
    func noise() {
        var random = SeededRandom(seed: 7)
        let likely = Array("a:[]/%9.://".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                likely.randomElement(using: &random) ?? UInt8(ascii: ":")
            }
            guard let read = try? HostPort(String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect(read.port > 0 && !read.host.isEmpty)
            #expect((try? HostPort(read.description)) == read)
        }
    }
}
