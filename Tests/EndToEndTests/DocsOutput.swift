import Foundation

/// Output as the documentation shows it, against output as it is.
///
/// A line `…` stands for any lines, a line that ends with ` …` for any that begins so. Addresses, ids, hashes, times,
/// lines of gates and the width of columns may differ, and gates may end in another order.
enum DocsOutput {
    static func matches(_ actual: [String], shown: [String]) -> Bool {
        matches(canonical(actual)[...], canonical(shown)[...])
    }

    private static func matches(_ actual: ArraySlice<String>, _ shown: ArraySlice<String>) -> Bool {
        guard let first = shown.first else { return actual.isEmpty }
        let rest = shown.dropFirst()
        if first == "…" {
            return (actual.startIndex...actual.endIndex).contains { matches(actual[$0...], rest) }
        }
        guard let line = actual.first else { return false }
        let isSame = first.hasSuffix(" …") ? line.hasPrefix(first.dropLast(2)) : line == first
        return isSame && matches(actual.dropFirst(), rest)
    }

    private static func canonical(_ lines: [String]) -> [String] {
        inOrder(lines).map { line in
            line.replacing(/(127\.0\.0\.1|old-1|new-1):\d+/, with: "ADDRESS")
                .replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "RUN")
                .replacing(/sha256:[0-9a-f]{8,64}…?/, with: "HASH")
                .replacing(/cluster [A-Za-z0-9_-]{22}/, with: "cluster ID")
                .replacing(/\d+\.\ds\b/, with: "TIME")
                .replacing(/\.lua:\d+/, with: ".lua:LINE")
                .replacing(/\ +/, with: " ")
        }
    }

    /// Lines of gates that follow one another, each with the lines below it, by their text.
    private static func inOrder(_ lines: [String]) -> [String] {
        var sorted: [String] = []
        var gates: [[String]] = []
        func close() {
            sorted += gates.sorted { $0[0].dropTime < $1[0].dropTime }.joined()
            gates = []
        }
        for line in lines {
            if ["✓ ", "✗ ", "? "].contains(where: line.hasPrefix) {
                gates.append([line])
            } else if line.hasPrefix("    "), !gates.isEmpty {
                gates[gates.count - 1].append(line)
            } else {
                close()
                sorted.append(line)
            }
        }
        close()
        return sorted
    }
}

extension String {
    fileprivate var dropTime: String { replacing(/\ +\d+\.\ds\b/, with: "") }
}
