extension FixedWidthInteger {
    /// The sum, or the largest integer where that is past it; `other` is not negative.
    ///
    /// What others send may be close to the largest integer, offsets and times above all.
    package func saturatingSum(_ other: Self) -> Self {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}
