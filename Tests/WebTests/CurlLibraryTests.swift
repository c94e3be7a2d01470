import Testing

@testable import Web

struct CurlLibraryTests {
    @Test("the system's library opens, and many tasks at once get the same")
    func opens() async throws {
        let first = try CurlLibrary.system.get()
        #expect(first.address != 0)
        let others = try await withThrowingTaskGroup(of: UInt.self) { group in
            for _ in 0..<16 { group.addTask { try CurlLibrary.system.get().address } }
            var all: Set<UInt> = []
            for try await address in group { all.insert(address) }
            return all
        }
        #expect(others == [first.address])
    }

    @Test("a missing library is an error that names it and its package")
    func missing() {
        #expect(
            throws: CurlLibrary.Unavailable(
                message: "libnone-such.so.4 cannot be loaded: cannot open shared object file: "
                    + "No such file or directory; apt-get install libcurl4")
        ) { try CurlLibrary(soname: "libnone-such.so.4") }
    }

    @Test("a library that lacks a function is refused whole")
    func otherLibrary() throws {
        let error = #expect(throws: CurlLibrary.Unavailable.self) { try CurlLibrary(soname: "libc.so.6") }
        let message = try #require(error?.message)
        #expect(message.contains("undefined symbol: curl_global_init"), "\(message)")
    }

    @Test("a request without the library says where to and what is missing")
    func request() {
        let error = HTTPError(.unavailable("libcurl.so.4 cannot be loaded: x"), url: "https://host/token?secret=1")
        #expect("\(error)" == "https://host/token: libcurl.so.4 cannot be loaded: x")
    }
}
