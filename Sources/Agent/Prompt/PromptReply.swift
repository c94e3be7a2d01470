package import Value

/// What came of one entry of a prompt.
package struct PromptReply: Sendable {
    package var results: [PromptValue] = []
    /// What the checks of the entry found, in order.
    package var checks: [String] = []
    /// Why it did not come to its end.
    package var error: String?
    package var wasInterrupted = false
}

/// A value that an entry returned.
package enum PromptValue: Sendable {
    case value(Value)
    /// The rows of a primitive, as many as are shown.
    case rows(PromptRows)
    /// What is no data, in words.
    case text(String)
}

/// Rows as they are shown.
package struct PromptRows: Sendable {
    package struct Row: Sendable {
        /// Parallel to the fields.
        package var values: [Value]
        /// Why it could not be read.
        package var error: String?
    }

    package let fields: [String]
    /// How many there are; those that are shown may be fewer.
    package let count: Int
    package let rows: [Row]
}
