import Glibc
import KafkaClient
import Secrets
import Testing
import Value

/// The file of payloads that AWS's own signer made, named by `MSK_IAM_VECTORS`: inputs and payload, one a line.
private let vectorFile: String? = {
    guard let value = unsafe getenv("MSK_IAM_VECTORS") else { return nil }
    let path = unsafe String(cString: value)
    return path.isEmpty ? nil : path
}()

/// AWS_MSK_IAM payloads against those of AWS's own client.
@Suite(.enabled(if: vectorFile != nil, "MSK_IAM_VECTORS is not set"))
struct MskIamVectorsTests {
    @Test("each payload is AWS's own, signature and all")
    func payloads() throws {
        let lines = try bytes(of: try #require(vectorFile)).split(separator: 0x0A)
        try #require(!lines.isEmpty)
        for line in lines {
            let vector = try JSONReader.read(Array(line))
            let expected = try #require(vector["payload"])
            let stamp = try #require(expected["x-amz-date"]?.words)
            let now = try #require(seconds(stamp))
            let host = try #require(vector["host"]?.words)
            let credentials = AwsCredentials(
                accessKeyID: try #require(vector["access_key"]?.words),
                secretAccessKey: Secret(try #require(vector["secret_key"]?.words)),
                sessionToken: vector["session_token"]?.words.map { Secret($0) })
            let exchange = MskIamExchange(
                host: host, region: try #require(AwsRegion.of(host: host)), credentials: credentials,
                userAgent: try #require(vector["user_agent"]?.words), now: { now })
            let payload = try JSONReader.read(try exchange.start())
            #expect(payload == expected, "\(host)")
            #expect(payload["x-amz-signature"] == expected["x-amz-signature"])
        }
    }

    /// The moment of `20261120T223128Z`, by the system's calendar.
    private func seconds(_ stamp: String) -> Int64? {
        let digits = stamp.utf8.filter { (0x30...0x39).contains($0) }.map { Int32($0) - 0x30 }
        guard digits.count == 14 else { return nil }
        func number(_ range: Range<Int>) -> Int32 { digits[range].reduce(0) { $0 * 10 + $1 } }
        var time = unsafe tm()
        unsafe time.tm_year = number(0..<4) - 1900
        unsafe time.tm_mon = number(4..<6) - 1
        unsafe time.tm_mday = number(6..<8)
        unsafe time.tm_hour = number(8..<10)
        unsafe time.tm_min = number(10..<12)
        unsafe time.tm_sec = number(12..<14)
        return unsafe Int64(timegm(&time))
    }

    private struct CannotRead: Error {}

    private func bytes(of path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { throw CannotRead() }
        defer { unsafe fclose(file) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return all }
            all += chunk[..<count]
        }
    }
}

extension Value {
    fileprivate var words: String? {
        if case .string(let text) = self { text.text } else { nil }
    }
}
