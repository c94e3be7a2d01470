import KafkaClient
import Testing
import Transport

/// How failures of TLS are told apart, in evidence and by those who retry.
@Suite struct TLSErrorTests {
    @Test(
        "A failure of TLS is final, of class tls, and named after its kind",
        arguments: [
            (TLSFailure.Kind.expired, "tls.expired"), (.wrongHost, "tls.wrong_host"), (.unknownCA, "tls.unknown_ca"),
            (.notTLS, "tls.not_tls"), (.version, "tls.version"),
        ])
    func named(kind: TLSFailure.Kind, name: String) {
        let error = KafkaError(TransportError(.tls(TLSFailure(kind, "why")), peer: "b:1"))
        #expect(error.name == name)
        #expect(error.errorClass == .tls)
        #expect(!error.isRetriable)
        #expect(error.description == "at b:1: why")
    }

    @Test("A client certificate that is refused is a login that is refused")
    func clientCertificate() {
        let error = KafkaError(TransportError(.tls(TLSFailure(.clientCertificate, "why")), peer: "b:1"))
        #expect(error.name == "auth.tls")
        #expect(error.errorClass == .auth)
        #expect(!error.isRetriable)
    }
}
