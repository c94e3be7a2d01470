import Secrets
import Testing

@Suite("Secret") struct SecretTests {
    @Test("no way of printing shows the bytes")
    func hides() {
        struct Login { var user = "alice"; var password = Secret("hunter2") }
        let secret = Secret("hunter2")
        var dumped = ""
        dump(Login(), to: &dumped)
        let shown = [
            "\(secret)", String(reflecting: secret), "\(Login())", "\([secret])", String(describing: Optional(secret)),
            dumped,
        ]
        for text in shown { #expect(!text.contains("hunter") && !text.contains("104")) }
        #expect("\(secret)" == "‹secret›")
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test("only reveal hands the bytes out")
    func reveals() {
        #expect(Secret("hunter2").reveal { $0 } == Array("hunter2".utf8))
        #expect(Secret(bytes: []).isEmpty)
    }
}
