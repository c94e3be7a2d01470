package import Value

/// Whether a subject matches a Lua pattern, as `string.find` means it: anchored only by `^` and `$`.
///
/// The matcher belongs to the Lua engine, where it is bounded. Nil: the pattern is malformed or took too long.
package typealias PatternMatcher = (_ subject: ByteString, _ pattern: ByteString) -> Bool?
