import Guarding
import Secrets
import Testing

@testable import KafkaClient

/// Secrets that stand where none should are kept from every output all the same.
@Suite struct MisplacedSecretTests {
    /// What a configuration of this one property registers, as text.
    private func registered(_ key: String, _ value: String) -> Set<String> {
        let secrets = Guarded<Set<String>>([])
        let source = ConfigSource(environment: { _ in nil }) { _ throws(ConfigSource.Failure) in throw .missing }
        var builder = ClientConfigBuilder(source: source) { secret in
            let text = secret.reveal { String(decoding: $0, as: UTF8.self) }
            secrets.withLock { _ = $0.insert(text) }
        }
        try? builder.add([ConfigEntry(key: key, value: value, origin: .option("-X"))])
        return secrets.withLock { $0 }
    }

    @Test(
        "a slip of the hand in the name of a secret is one still",
        arguments: ["sasl.pasword", "sasl.passwrd", "ssl.keystore.kye", "ssl.key.pasword", "basic.auth.user.inf"])
    func misspelled(key: String) { #expect(registered(key, "hunter2").contains("hunter2")) }

    @Test("another unknown key is none", arguments: ["client.idd", "bootstrap.server", "my.own"])
    func unknown(key: String) { #expect(registered(key, "hunter2").isEmpty) }

    @Test(
        "a private key shows by its form",
        arguments: ["ssl.keystore.certificate.chain", "ssl.key.location", "client.id", "linger.ms", "my.own"])
    func privateKey(key: String) {
        let text = "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----"
        #expect(registered(key, text) == [text])
        #expect(registered(key, "-----BEGIN CERTIFICATE-----").isEmpty)
    }

    @Test("a login module shows by its name", arguments: ["client.id", "sasl.mechanism", "linger.ms", "my.own"])
    func module(key: String) {
        let text = "a.PlainLoginModule required username=\"u\" password=\"hunter2\";"
        #expect(registered(key, text) == [text, "hunter2"])
    }

    @Test(
        "an address gives its password and its query",
        arguments: [
            ("https://me:hunter2@host:1/path", ["hunter2"]), ("me:p@ss@host:9092", ["p@ss"]),
            ("a:1,me:hunter2@b:2", ["hunter2"]),
            ("https://h/p?v=1&key=longenough#x", ["v=1&key=longenough", "longenough"]),
            ("https://me@h/p", []), ("h:9092", []), ("https://h:1/a:b", []),
        ] as [(String, Set<String>)])
    func address(text: String, secrets: Set<String>) { #expect(Set(AddressSecrets.all(in: text)) == secrets) }
}
