import Gate
import Testing
import Value

@Suite("GlobList")
struct GlobListTests {
    private static let topics: [GlobList.Candidate] = [
        .topic("orders"), .topic("orders.eu"), .topic("orders.us"), .topic("bills"), .topic("__consumer_offsets"),
        .topic("_schemas", isFlaggedInternal: true),
    ]

    private func select(_ entries: [ByteString]) throws -> GlobList.Selection {
        try GlobList(entries).select(from: Self.topics)
    }

    @Test("names and globs select, in the order of the candidates and each once")
    func selects() throws {
        let selection = try select(["orders.*", "bills", "orders.eu"])
        #expect(selection.names == ["orders.eu", "orders.us", "bills"])
        #expect(selection.unmatched.isEmpty)
    }

    @Test("an exclusion holds wherever it stands")
    func excludes() throws {
        #expect(try select(["!orders.us", "orders*"]).names == ["orders", "orders.eu"])
        #expect(try select(["orders*", "!*.*"]).names == ["orders"])
        #expect(try select(["orders", "!orders"]).names.isEmpty)
    }

    @Test("nothing but exclusions selects all else")
    func onlyExclusions() throws { #expect(try select(["!orders*"]).names == ["bills"]) }

    @Test("internal topics are selected by their names only")
    func internals() throws {
        #expect(try select(["*"]).names == ["orders", "orders.eu", "orders.us", "bills"])
        #expect(try select(["__*"]).names.isEmpty)
        #expect(try select(["__consumer_offsets", "_schemas"]).names == ["__consumer_offsets", "_schemas"])
    }

    @Test("an entry that selects nothing is reported")
    func unmatched() throws {
        #expect(try select(["orders", "order"]).unmatched == ["order"])
        #expect(try select(["x*", "bills"]).unmatched == ["x*"])
        #expect(try select(["__*"]).unmatched == ["__*"])
        #expect(try select(["bills", "bil*", "!bills"]).unmatched == ["bills", "bil*"])
        #expect(try select(["bills", "!nothing"]).unmatched.isEmpty)
        #expect(try select([]).names.isEmpty)
    }

    @Test("plain names are known as such")
    func exactNames() throws { #expect(try GlobList(["a", "b*", "!c"]).exactNames == ["a"]) }

    @Test("an empty entry is an error", arguments: ["", "!"] as [ByteString])
    func empty(entry: ByteString) { #expect(throws: GateError.self) { try GlobList([entry]) } }
}
