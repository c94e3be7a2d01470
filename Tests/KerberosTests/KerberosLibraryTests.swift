import Testing

@testable import Kerberos

/// What is to be had without a KDC: the library itself, and its words.
struct KerberosLibraryTests {
    @Test("the system's library opens, and opens once")
    func opens() throws {
        let library = try KerberosLibrary.system.get()
        #expect(library.address != 0)
        #expect(try KerberosLibrary.system.get() === library)
    }

    @Test("a login's failure has the library's words, those of its own status tables")
    func words() throws {
        let error = #expect(throws: KerberosLogin.Failure.self) {
            try KerberosLogin(service: "kafka", host: "localhost", source: .init(keytab: "FILE:/none/such"))
        }
        let message = try #require(error?.message)
        #expect(!message.isEmpty)
        #expect(!message.contains("cannot be loaded"), "\(message)")
    }

    @Test("a missing library is an error that names it and its package")
    func missing() {
        #expect(
            throws: KerberosLogin.Failure(
                message: "libnone-such.so.2 cannot be loaded: cannot open shared object file: "
                    + "No such file or directory; apt-get install libgssapi-krb5-2")
        ) { try KerberosLibrary(soname: "libnone-such.so.2") }
    }

    @Test("a library that lacks a function is refused whole")
    func otherLibrary() throws {
        let error = #expect(throws: KerberosLogin.Failure.self) { try KerberosLibrary(soname: "libc.so.6") }
        let message = try #require(error?.message)
        #expect(message.contains("undefined symbol: gss_acquire_cred_from"), "\(message)")
    }
}
