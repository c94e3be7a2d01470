import KafkaClient
import Secrets
import Testing
import Value

/// The signer against vectors made with AWS's own, and what goes around it.
struct AwsSigningTests {
    private static let secret = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    /// 3:04:05 on 2 January 2025, UTC.
    private static let now: Int64 = 1_735_787_045
    private static let host = "b-1.demo.abc123.c2.kafka.us-east-1.amazonaws.com"

    private func signature(token: String?) throws -> Value? {
        let exchange = MskIamExchange(
            host: Self.host, region: "us-east-1",
            credentials: AwsCredentials(
                accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: Self.secret,
                sessionToken: token.map { Secret($0) }),
            userAgent: "test", now: { Self.now })
        let payload = try JSONReader.read(try exchange.start())
        #expect(payload["x-amz-date"] == "20250102T030405Z")
        #expect(payload["x-amz-security-token"] == token.map { Value.text($0) })
        return payload["x-amz-signature"]
    }

    @Test("the signature is AWS's own, with a session token and without")
    func vectors() throws {
        #expect(
            try signature(token: nil) == "6d74cfcd8d26dd165b11e1be0b1a56b28af8fd4dd351c582fccd8bc870b72bb8")
        #expect(
            try signature(token: "AQoEXAMPLEH4aoAH0gNCAPy//+Session==")
                == "ee7dd49e1284a3660f2b72a3e11299d01ddeb2fcda1edf8f8c67d0d996c28adb")
    }

    @Test("the OAUTHBEARER token of MSK is AWS's own")
    func oauthToken() throws {
        let token = try MskOAuthToken.make(
            region: "us-east-1",
            credentials: AwsCredentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: Self.secret),
            userAgent: "probe", now: Self.now)
        #expect(token.count == 484)
        let url = try #require(Base64.decode(String(decoding: token, as: UTF8.self), alphabet: .url))
        let text = String(decoding: url, as: UTF8.self)
        #expect(
            text.hasPrefix("https://kafka.us-east-1.amazonaws.com/?Action=kafka-cluster%3AConnect&X-Amz-Algorithm="))
        #expect(
            text.hasSuffix(
                "&X-Amz-Signature=f66289ae73f696b0ac2533e6de854cffef4ca0df5470e99da0699266b4a7cb58&User-Agent=probe"))
    }

    @Test(
        "the region is in the name of a broker that AWS named",
        arguments: [
            ("b-1.demo.abc123.c2.kafka.us-east-1.amazonaws.com", "us-east-1"),
            ("boot-x1y2.c1.kafka-serverless.eu-west-2.amazonaws.com", "eu-west-2"),
            ("b-3.k.qq.c3.kafka.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("B-1.M.AA11.C5.KAFKA.US-GOV-WEST-1.AMAZONAWS.COM", "us-gov-west-1"),
            ("kafka.internal", nil), ("amazonaws.com", nil), ("x.amazonaws.com", nil),
            ("kafka.us-east-1.example.com", nil),
        ] as [(String, String?)])
    func regions(host: String, region: String?) {
        #expect(AwsRegion.of(host: host) == region)
    }

    @Test("moments are written and read as AWS does")
    func times() {
        for (seconds, stamp) in [
            (Int64(0), "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (4_107_542_399, "21000228T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
        ] {
            #expect(AwsTime.stamp(seconds) == stamp)
        }
        #expect(AwsTime.seconds("2025-01-02T03:04:05Z") == Self.now)
        #expect(AwsTime.seconds("2025-01-02T03:04:05.678Z") == Self.now)
        #expect(AwsTime.seconds("2025-01-02T03:04:05+00:00") == Self.now)
        for bad in ["", "2025-01-02", "2025-13-02T03:04:05Z", "2025-01-02T03:04:05+02:00", "99999999999999"] {
            #expect(AwsTime.seconds(bad) == nil)
        }
    }

    @Test("the broker's last word must be one")
    func answers() throws {
        let exchange = MskIamExchange(
            host: Self.host, region: "us-east-1",
            credentials: AwsCredentials(accessKeyID: "A", secretAccessKey: Self.secret), userAgent: "test",
            now: { Self.now })
        #expect(try exchange.answer(Array(#"{"version":"2020_10_22","request-id":"x"}"#.utf8)) == .done)
        for bad in ["", "{}", #"{"version":"2021_10_22"}"#, "ok"] {
            #expect(throws: SaslFailure.self) { try exchange.answer(Array(bad.utf8)) }
        }
    }
}
