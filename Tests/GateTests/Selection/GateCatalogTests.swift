import Gate
import Testing
import Value

@Suite("GateCatalog")
struct GateCatalogTests {
    private func candidate(
        _ path: String, name: String, digest: ByteString = "1", isGiven: Bool = false, severity: Value = "blocker"
    ) throws -> GateCatalog.Candidate {
        let manifest = try Fixtures.manifest(["name": .text(name), "severity": severity])
        return GateCatalog.Candidate(path: path, digest: digest, manifest: .success(manifest), isGivenByPath: isGiven)
    }

    private func broken(_ path: String) -> GateCatalog.Candidate {
        let error = GateError(.missing, file: path, path: "run")
        return GateCatalog.Candidate(path: path, digest: "9", manifest: .failure(error))
    }

    @Test("of two files with the same bytes the first is the gate")
    func sameBytes() throws {
        let catalog = GateCatalog([
            try candidate("gates/lag.lua", name: "lag"), try candidate("/usr/share/lag.lua", name: "lag"),
        ])
        #expect(try catalog.gate(named: "lag").path == "gates/lag.lua")
        #expect(catalog.gates.count == 1)
    }

    @Test("two files with different bytes are an error that names both, once the gate is asked for")
    func otherBytes() throws {
        let catalog = GateCatalog([
            try candidate("gates/lag.lua", name: "lag"), try candidate("/usr/share/lag.lua", name: "lag", digest: "2"),
            try candidate("gates/auth.lua", name: "auth"),
        ])
        let message = Fixtures.message { () throws(GateError) in try catalog.gate(named: "lag") }
        #expect(message.contains("gates/lag.lua") && message.contains("/usr/share/lag.lua"))
        #expect(throws: GateError.self) { try catalog.select(Selector(["phase:catch_up"])) }
        #expect(try catalog.select(Selector(["auth"])).map(\.path) == ["gates/auth.lua"])
    }

    @Test("an unknown gate is an error with the nearest name")
    func unknown() throws {
        let catalog = GateCatalog([try candidate("gates/lag.lua", name: "lag_budget")])
        let message = Fixtures.message { () throws(GateError) in try catalog.gate(named: "lag_bugdet") }
        #expect(message == "no gate \"lag_bugdet\" was found; did you mean \"lag_budget\"?")
        #expect(throws: GateError.self) { try catalog.select(Selector(["phase:catch_up", "not_there"])) }
        #expect(throws: GateError.self) { try catalog.select(Selector(["tag:none"])) }
        #expect(throws: GateError.self) { try catalog.select(Selector(["phase:catch_up and not lag_bugdet"])) }
    }

    @Test("a path leaves no doubt, but two gates of one name cannot run together")
    func paths() throws {
        let catalog = GateCatalog([
            try candidate("gates/lag.lua", name: "lag"),
            try candidate("./lag.lua", name: "lag", digest: "2", isGiven: true),
        ])
        let chosen = try catalog.select(Selector(["./lag.lua"]))
        #expect(chosen.map(\.path) == ["./lag.lua"] && chosen[0].isNamed)
        #expect(throws: GateError.self) { try catalog.select(Selector(["./lag.lua", "lag"])) }
        #expect(throws: GateError.self) { try catalog.select(Selector(["./other.lua"])) }
    }

    @Test("gates named and not named are told apart")
    func named() throws {
        let catalog = GateCatalog([
            try candidate("gates/a.lua", name: "aa", severity: "warning"), try candidate("gates/b.lua", name: "bb"),
        ])
        let chosen = try catalog.select(Selector(["bb", "phase:catch_up"]))
        #expect(chosen.map(\.manifest.name) == ["bb", "aa"] && chosen.map(\.isNamed) == [true, false])
    }

    @Test("a file that is no gate is an error unless others were asked for by name")
    func brokenFile() throws {
        let catalog = GateCatalog([try candidate("gates/lag.lua", name: "lag"), broken("gates/auth.lua")])
        #expect(try catalog.select(Selector(["lag"])).count == 1)
        #expect(throws: GateError.self) { try catalog.select(Selector(["phase:catch_up"])) }
        let message = Fixtures.message { () throws(GateError) in try catalog.gate(named: "auth") }
        #expect(message == "gates/auth.lua: run: missing")
        #expect(catalog.errors.count == 1)
    }
}
