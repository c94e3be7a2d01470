import Gate
import LuaKit
import LuaSyntax
import Value

/// What a gate gets wrong that can be seen without running it.
enum GateLint {
    /// To be called on a Lua thread, after Lua itself has taken the text; `manifest`: nil where that is wrong.
    static func findings(
        _ source: [UInt8], _ path: String, manifest: GateManifest?, lines: KeyLines
    ) throws(LuaFailure) -> [CheckFinding] {
        let chunk: LuaChunk
        do throws(LuaSyntaxError) {
            chunk = try LuaParser.parse(source)
        } catch {
            // Lua took it: what we cannot read is nested more deeply than is good for anybody.
            return [CheckFinding(.tooDeep, path, line: error.line, error.message)]
        }
        var inference = GateInference(chunk, api: try GateApi(), manifest: manifest)
        inference.follow()
        var reports = inference.reports + locals(inference) + numerals(source)
        if let manifest { reports += unused(inference, manifest, lines) }
        reports += checks(inference, lines)
        return suppressed(reports, chunk, path)
    }

    /// The same of a file of tests, which has no manifest and checks nothing itself.
    static func findings(
        ofTests source: [UInt8], _ path: String, _ tests: TestApi
    ) throws(LuaFailure) -> [CheckFinding] {
        let chunk: LuaChunk
        do throws(LuaSyntaxError) {
            chunk = try LuaParser.parse(source)
        } catch {
            return [CheckFinding(.tooDeep, path, line: error.line, error.message)]
        }
        var inference = GateInference(chunk, api: try GateApi(), manifest: nil, tests: tests)
        inference.follow()
        return suppressed(inference.reports + locals(inference) + numerals(source), chunk, path)
    }

    // MARK: What is never used

    private static func locals(_ inference: GateInference) -> [GateInference.Report] {
        var reports: [GateInference.Report] = []
        for (index, local) in inference.chunk.locals.enumerated() where !inference.readLocals.contains(index) {
            guard local.kind == .variable || local.kind == .function, local.attribute != .close else { continue }
            switch inference.origins[index] {
            case .subjectWithoutCheck?:
                reports.append(
                    .init(
                        rule: .subjectWithoutCheck, line: local.line,
                        message: "nothing is checked of the subject '\(local.name)'",
                        hint: "give it a check or unknown"))
            case .ignoredResult?:
                reports.append(
                    .init(
                        rule: .ignoredResult, line: local.line, message: "nobody looks at the rows of '\(local.name)'",
                        hint: "a failed row that nobody has looked at costs the pass"))
            default:
                guard local.name.bytes.first != UInt8(ascii: "_") else { continue }
                let what = local.kind == .function ? "function" : "variable"
                reports.append(
                    .init(rule: .unusedLocal, line: local.line, message: "nothing uses the \(what) '\(local.name)'"))
            }
        }
        return reports
    }

    private static func unused(
        _ inference: GateInference, _ manifest: GateManifest, _ lines: KeyLines
    ) -> [GateInference.Report] {
        // Where `run` cannot be followed, nothing is known of what it uses.
        guard inference.run != nil else { return [] }
        var reports: [GateInference.Report] = []
        var used = inference.usedArguments
        for case .argument(let name) in manifest.clusters { used.insert(name) }
        for spec in manifest.arguments where !inference.usesAllArguments && !used.contains(spec.name) {
            reports.append(
                .init(
                    rule: .unusedArgument, line: lines.line(of: "args.\(spec.name)") ?? 1,
                    message: "nothing reads the argument '\(spec.name)'"))
        }
        let line = lines.line(of: "clusters") ?? 1
        for use in manifest.clusters where !inference.usesAllSides {
            switch use {
            case .side(let side) where !inference.usedSides.contains(side):
                reports.append(
                    .init(
                        rule: .unusedCluster, line: line,
                        message: "nothing asks the cluster '\(side.rawValue)', yet the gate needs it to run"))
            case .argument(let name):
                reports.append(
                    .init(
                        rule: .unusedCluster, line: line,
                        message: "nothing asks the cluster that the argument '\(name)' chooses"))
            default: break
            }
        }
        for effect in manifest.effects {
            reports.append(
                .init(
                    rule: .unusedEffect, line: lines.line(of: "effects") ?? 1,
                    message: "nothing in the gate has the effect '\(effect.rawValue)'"))
        }
        return reports
    }

    private static func checks(_ inference: GateInference, _ lines: KeyLines) -> [GateInference.Report] {
        let functions = inference.run == nil ? inference.checking : inference.checking.intersection(inference.reachable)
        guard functions.isEmpty else { return [] }
        return [
            .init(
                rule: .noCheck, line: lines.line(of: "run") ?? 1,
                message: "run comes to no check, so that the gate can never pass",
                hint: "ctx:subject { … }:at_most(name, measured, limit)")
        ]
    }

    // MARK: Numerals

    /// Whole numbers with an exponent.
    private static func numerals(_ source: [UInt8]) -> [GateInference.Report] {
        var lexer = LuaLexer(source)
        var reports: [GateInference.Report] = []
        do throws(LuaSyntaxError) {
            while true {
                let word = try lexer.next()
                switch word.kind {
                case .end: return reports
                case .float:
                    let text = ByteString(bytes: Array(source[word.range]))
                    guard let whole = FloatNumeral.whole(text) else { continue }
                    reports.append(
                        .init(
                            rule: .floatNumeral, line: word.line,
                            message: "\(text) is a float: an integer that meets it loses what lies beyond 2^53",
                            hint: whole.isEmpty ? "write the digits out" : "write \(whole)"))
                default: continue
                }
            }
        } catch {
            return reports
        }
    }

    // MARK: Suppression

    private static func suppressed(
        _ reports: [GateInference.Report], _ chunk: LuaChunk, _ path: String
    ) -> [CheckFinding] {
        var suppressions = Suppressions(chunk)
        var findings: [CheckFinding] = []
        var seen: Set<String> = []
        for report in reports.sorted(by: { ($0.line, $0.rule.code) < ($1.line, $1.rule.code) }) {
            if suppressions.allows(report.rule, line: report.line) { continue }
            // A function that is looked at twice, or an expression, says the same once.
            guard seen.insert("\(report.line) \(report.rule.code) \(report.message)").inserted else { continue }
            findings.append(
                CheckFinding(report.rule, path, line: report.line, report.message, hint: report.hint))
        }
        findings += suppressions.mistakes.map { CheckFinding(.badSuppression, path, line: $0.line, $0.message) }
        findings += suppressions.unused.map {
            CheckFinding(
                .unusedSuppression, path, line: $0.line, "nothing here needs sluice:allow \($0.code)",
                hint: "take the comment away")
        }
        return findings
    }
}

/// A whole number that was written with an exponent.
enum FloatNumeral {
    /// What somebody meant who wrote it; empty where that is too long to show; nil for any other number.
    static func whole(_ text: ByteString) -> String? {
        let halves = text.bytes.split(omittingEmptySubsequences: false) { $0 | 0x20 == UInt8(ascii: "e") }
        guard halves.count == 2, !halves[0].isEmpty, halves[0].allSatisfy(isDigit) else { return nil }
        let exponent = halves[1].first == UInt8(ascii: "+") ? halves[1].dropFirst() : halves[1]
        guard !exponent.isEmpty, exponent.allSatisfy(isDigit) else { return nil }
        guard let count = Int(String(decoding: exponent, as: UTF8.self)), count <= 18 else { return "" }
        return String(decoding: halves[0], as: UTF8.self) + String(repeating: "0", count: count)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
