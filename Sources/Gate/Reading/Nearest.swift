import Value

/// The hint of an error about a name that is not known.
enum Nearest {
    /// `did you mean "…"?`, or nil where no known name is near.
    static func hint(_ name: String, among known: some Sequence<String>) -> String? {
        NearestName.nearestName(to: name, among: known).map { "did you mean \(Quoted.text($0))?" }
    }
}
