/// Columns as wide as their widest cell; the last one is not filled up.
enum TextTable {
    static func lines(_ rows: [[String]], gap: Int = 2, indent: Int = 0) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? TextWidth.of($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = String(repeating: " ", count: indent)
            for (column, cell) in row.enumerated() {
                line += column + 1 < row.count ? TextWidth.padded(cell, to: widths[column] + gap) : cell
            }
            while line.utf8.last == 0x20 { line.unicodeScalars.removeLast() }
            return line
        }
    }
}
