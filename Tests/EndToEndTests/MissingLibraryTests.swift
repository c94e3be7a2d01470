import Foundation
import Testing

/// Systems without a library that only some logins need: an empty file in its place cannot be loaded either.
struct MissingLibraryTests {
    private let folder: TemporaryFolder
    private let environment: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        for library in ["libcurl.so.4", "libgssapi_krb5.so.2"] { _ = try folder.write("", to: library) }
        let others = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        environment = ["LD_LIBRARY_PATH": [folder.url.path, others].compactMap { $0 }.joined(separator: ":")]
    }

    @Test("the program starts without them")
    func version() async throws {
        let run = try await SluiceCommand.run(["version"], environment: environment)
        #expect(run.exitCode == 0, "\(run.errors)")
    }

    @Test(
        "a login that needs one is inconclusive, and says which package is missing",
        arguments: [
            (
                """
                sasl.mechanism=GSSAPI
                sasl.kerberos.service.name=kafka
                sasl.kerberos.keytab=/none/such
                sasl.kerberos.principal=alice@EXAMPLE.COM
                """, "libgssapi_krb5.so.2 cannot be loaded: ", "; apt-get install libgssapi-krb5-2"
            ),
            (
                """
                sasl.mechanism=OAUTHBEARER
                sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.secured.\
                OAuthBearerLoginCallbackHandler
                sasl.oauthbearer.token.endpoint.url=http://127.0.0.1:1/token
                sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
                clientId="id" clientSecret="${env:CLIENT_SECRET}";
                """, "http://127.0.0.1:1/token: libcurl.so.4 cannot be loaded: ", "; apt-get install libcurl4"
            ),
        ])
    func login(properties: String, problem: String, remedy: String) async throws {
        let file = try folder.write("security.protocol=SASL_PLAINTEXT\n\(properties)\n", to: "client.properties")
        let run = try await SluiceCommand.run(
            [
                "run", "lag_budget", "--source", "127.0.0.1:1", "--source-config", file, "--set",
                "lag_budget.groups=billing", "--set", "lag_budget.max_lag=1",
            ],
            environment: environment.merging(["CLIENT_SECRET": "not-for-anyone-to-see"]) { $1 })
        #expect(run.exitCode == 2, "\(run.errors)")
        let end = try #require(try run.evidence.of("gate_finished").first)
        #expect(end["verdict"].string == "inconclusive")
        let said = run.errors.joined(separator: "\n")
        #expect(said.contains(problem), "\(said)")
        #expect(said.contains(remedy), "\(said)")
    }
}
