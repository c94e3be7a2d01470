/// How much a batch may grow when it is decompressed.
///
/// A batch is bounded only while compressed, so without these a kilobyte could ask for all memory.
package struct DecompressionLimits: Equatable, Sendable {
    package var maxOutput = 64 << 20
    /// Output bytes per input byte.
    package var maxRatio = 1000
    /// Output up to this size is allowed at any ratio.
    ///
    /// A default producer sends records of up to 1 MiB, and zstd packs a megabyte of one byte into 60.
    package var ratioAppliesAbove = 1 << 20
    /// The window that a zstd frame may ask for.
    ///
    /// 128 MiB is what zstd, and so Kafka's own consumer, grants. It costs nothing here, where output is the window.
    package var maxWindow: UInt64 = 128 << 20

    package init() {}

    /// The most that so many compressed bytes may become.
    package func output(ofCompressed count: Int) -> Int {
        let (byRatio, overflows) = count.multipliedReportingOverflow(by: maxRatio)
        return overflows ? maxOutput : min(maxOutput, max(byRatio, ratioAppliesAbove))
    }
}
