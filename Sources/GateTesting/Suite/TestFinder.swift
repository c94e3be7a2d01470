package import Agent
import Gate
import HostSystem
import LuaKit
import Value

/// Finds the tests of gates: `x_test.lua` beside `x.lua`.
package struct TestFinder: Sendable {
    /// Folders are searched so deep.
    private static let depth = 8
    private static let limit = 256 << 10

    private let host: HostSystem
    private let folders: [String]

    package init(_ environment: AgentEnvironment) {
        host = environment.host
        folders = Agent(environment).gateFolders
    }

    /// The paths of test files that paths mean: each a folder, a gate or a test; without any, the gate folders.
    package func paths(_ given: [String]) throws(AgentError) -> [String] {
        var found: [String] = []
        if given.isEmpty {
            for folder in folders { collect(folder, Self.depth, &found) }
            guard !found.isEmpty else {
                throw AgentError(.badInput, "there is no test in " + folders.joined(separator: ", "))
            }
        }
        for path in given {
            let before = found.count
            if !path.hasSuffix(".lua") {
                guard (try? host.entries(path)) != nil else {
                    throw AgentError(.missingFile, "\(path): there is no such folder")
                }
                collect(path, Self.depth, &found)
                guard found.count > before else { throw AgentError(.badInput, "\(path): there is no test in it") }
            } else {
                found.append(try test(path))
            }
        }
        var seen: Set<String> = []
        return found.map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }.filter { seen.insert($0).inserted }
    }

    private func exists(_ path: String) -> Bool { (try? host.read(path, Self.limit)) != nil }

    private func test(_ path: String) throws(AgentError) -> String {
        guard exists(path) else { throw AgentError(.missingFile, "\(path): there is no such file") }
        if path.hasSuffix("_test.lua"), exists(String(path.dropLast("_test.lua".count)) + ".lua") { return path }
        let test = String(path.dropLast(".lua".count)) + "_test.lua"
        guard exists(test) else {
            // A gate may have such a name as well, but then it has a test.
            if path.hasSuffix("_test.lua") {
                let gate = String(path.dropLast("_test.lua".count)) + ".lua"
                throw AgentError(.missingFile, "\(path) is the test of \(gate), which does not exist")
            }
            throw AgentError(.badInput, "\(path) has no test; it would be \(test)")
        }
        return test
    }

    private func collect(_ folder: String, _ depth: Int, _ found: inout [String]) {
        guard depth > 0, let entries = try? host.entries(folder) else { return }
        let names = Set(entries.map(\.name))
        for entry in entries where !entry.name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + entry.name : "\(folder)/\(entry.name)"
            if entry.isFolder {
                collect(path, depth - 1, &found)
            } else if entry.name.hasSuffix("_test.lua"),
                names.contains(String(entry.name.dropLast("_test.lua".count)) + ".lua")
            {
                found.append(path)
            }
        }
    }

    // MARK: Reading

    /// Reads a test file and the gate it is of.
    package func file(_ path: String, _ agent: Agent) async throws(AgentError) -> TestFile {
        // With a slash, so that it is a path wherever a gate may be named.
        let stem = String(path.dropLast("_test.lua".count)) + ".lua"
        let gatePath = stem.utf8.contains(UInt8(ascii: "/")) ? stem : "./" + stem
        let source = try read(path)
        let gateSource = try read(gatePath)
        let gate = try await agent.gate(gatePath)
        let tests: Result<[TestFunction], TestFileError>?
        do throws(LuaFailure) {
            tests = try await LuaThread.run(until: .now + .seconds(30)) {
                Result { () throws(TestFileError) in try Self.tests(source, TestFile.name(of: path)) }
            }
        } catch {
            throw AgentError(.badInput, "\(path): \(error)")
        }
        func made(_ tests: [TestFunction]) -> TestFile {
            TestFile(
                path: path, source: source, gatePath: gatePath, gateSource: gateSource, tests: tests.map(\.name),
                lines: Dictionary(uniqueKeysWithValues: tests.map { ($0.name, $0.line) }), manifest: gate.manifest)
        }
        switch tests {
        case .success(let tests)?: return made(tests)
        case .failure(let error)?:
            let placed = made([]).placed(error.message)
            throw AgentError(.badInput, placed.hasPrefix(path) ? placed : "\(path): \(placed)")
        case nil: throw AgentError(.badInput, "\(path): does not come to an end")
        }
    }

    private func read(_ path: String) throws(AgentError) -> [UInt8] {
        do throws(FileError) {
            return try host.read(path, Self.limit)
        } catch {
            throw AgentError(error.reason == .missing ? .missingFile : .badInput, "\(error)")
        }
    }

    private struct TestFileError: Error { let message: String }

    private struct TestFunction: Sendable {
        let name: String
        let line: Int
    }

    /// The tests, in the order of the file.
    private static func tests(_ source: [UInt8], _ name: String) throws(TestFileError) -> [TestFunction] {
        let module: LuaModule
        do throws(LuaFailure) {
            module = try LuaHost().load(source: source, name: name)
        } catch {
            throw TestFileError(message: "\(error)")
        }
        if case .map(let entries) = module.data, let stranger = entries.keys.min() {
            throw TestFileError(message: "'\(stranger)' is no function; a test file returns a table of functions")
        }
        guard !module.functions.isEmpty else {
            throw TestFileError(message: "there is no test in it: it returns a table of functions, by what they show")
        }
        var tests: [(function: TestFunction, place: Int)] = []
        for function in module.functions {
            guard let text = function.text else { throw TestFileError(message: "the name of a test is not UTF-8") }
            let test = TestFunction(name: text, line: module.lines[function] ?? 0)
            tests.append((test, place(of: text, in: source)))
        }
        return tests.sorted { ($0.place, $0.function.name) < ($1.place, $1.function.name) }.map(\.function)
    }

    /// Where a name first stands in quotes; those that stand nowhere come last.
    private static func place(of name: String, in source: [UInt8]) -> Int {
        let needle = Array(name.utf8)
        guard needle.count <= source.count else { return source.count }
        for start in 0...(source.count - needle.count)
        where source[start] == needle.first && source[start..<start + needle.count].elementsEqual(needle) {
            let before = start > 0 ? source[start - 1] : 0
            if before == UInt8(ascii: "\"") || before == UInt8(ascii: "'") || before <= 0x20 { return start }
        }
        return source.count
    }
}
