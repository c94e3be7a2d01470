package import Value

extension Value {
    /// The text of a string that is UTF-8.
    package var asText: String? {
        if case .string(let bytes) = self { bytes.text } else { nil }
    }

    /// An integer that fits.
    package var asInteger: Int? {
        if case .integer(let number) = self { Int(exactly: number) } else { nil }
    }

    /// The texts of a list of nothing else.
    package var asTexts: [String]? {
        guard case .list(let items) = self else { return nil }
        let texts = items.compactMap(\.asText)
        return texts.count == items.count ? texts : nil
    }
}
