/// Reports of tests as other tools read them, and as people do.
package enum TestText {
    // MARK: For people

    /// A file's line, with what failed below it.
    package static func lines(_ file: TestFile, _ cases: [TestReport.Case]) -> [String] {
        let failed = cases.filter { $0.failure != nil }
        let time = seconds(cases.reduce(.zero) { $0 + $1.elapsed })
        let tests = count(cases.count, "test")
        guard !failed.isEmpty else { return ["✓ \(file.path)  \(tests)  \(time)"] }
        return ["✗ \(file.path)  \(tests), \(failed.count) failed  \(time)"]
            + failed.flatMap { ["  ✗ \($0.name)"] + indented($0.failure ?? "", by: 4) }
    }

    package static func summary(_ report: TestReport) -> [String] {
        var lines: [String] = []
        if let mutation = report.mutation {
            let declared = mutation.declared > 0 ? ", \(mutation.declared) outside of what the gates see" : ""
            for unneeded in report.unneeded {
                lines.append(
                    "note: \(unneeded.gate) need not be blind to \(unneeded.fact): every change of it was seen")
            }
            lines.append("mutation: \(mutation.killed) killed, \(mutation.survived) survived\(declared)")
        }
        let passed = report.cases.count - report.failures
        lines.append("\(passed) passed, \(report.failures) failed  \(seconds(report.elapsed))")
        return lines
    }

    private static func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }

    private static func indented(_ text: String, by width: Int) -> [String] {
        let margin = String(repeating: " ", count: width)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { margin + $0 }
    }

    // MARK: TAP

    package static func tap(_ report: TestReport) -> [String] {
        var lines = ["TAP version 14", "1..\(report.cases.count)"]
        for (index, test) in report.cases.enumerated() {
            let name = tapEscaped("\(test.file): \(test.name)")
            lines.append("\(test.failure == nil ? "ok" : "not ok") \(index + 1) - \(name)")
            guard let failure = test.failure else { continue }
            lines += ["  ---", "  message: |"] + indented(failure, by: 4)
            if let place = test.place { lines.append("  at: \(place)") }
            lines.append("  ...")
        }
        return lines
    }

    private static func tapEscaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if character == "#" || character == "\\" { result.append("\\") }
            result.append(character.isNewline ? " " : character)
        }
    }

    // MARK: JUnit

    package static func junit(_ report: TestReport) -> [String] {
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            "<testsuites name=\"sluice test\" tests=\"\(report.cases.count)\" failures=\"\(report.failures)\" "
                + "errors=\"0\" time=\"\(plainSeconds(report.elapsed))\">",
        ]
        var rest = report.cases[...]
        while let file = rest.first?.file {
            let cases = rest.prefix { $0.file == file }
            rest = rest.dropFirst(cases.count)
            let failures = cases.count { $0.failure != nil }
            let time = plainSeconds(cases.reduce(.zero) { $0 + $1.elapsed })
            lines.append(
                "  <testsuite name=\"\(xml(file))\" tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"0\" "
                    + "time=\"\(time)\">")
            for test in cases {
                let head =
                    "    <testcase classname=\"\(xml(file))\" name=\"\(xml(test.name))\" "
                    + "file=\"\(xml(file))\" time=\"\(plainSeconds(test.elapsed))\""
                guard let failure = test.failure else {
                    lines.append(head + "/>")
                    continue
                }
                let first = failure.split(separator: "\n").first.map(String.init) ?? ""
                lines.append(head + ">")
                lines.append("      <failure message=\"\(xml(first))\">\(xml(failure))</failure>")
                lines.append("    </testcase>")
            }
            lines.append("  </testsuite>")
        }
        return lines + ["</testsuites>"]
    }

    private static func xml(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            // XML 1.0 has no way to write the others.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    // MARK: Times

    private static func plainSeconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let thousandths = "\(attoseconds / 1_000_000_000_000_000)"
        return "\(seconds)." + String(repeating: "0", count: max(0, 3 - thousandths.count)) + thousandths
    }

    private static func seconds(_ duration: Duration) -> String { String(plainSeconds(duration).dropLast(2)) + "s" }
}
