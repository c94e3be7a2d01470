/// What a message from a peer may cost before it is refused.
package enum WireLimits {
    /// Bytes of a string that is read.
    ///
    /// Kafka itself neither writes nor reads a string beyond 32,767 bytes, and the int16 length of older versions
    /// cannot say more. The compact length can, and other implementations may put a long error message or config
    /// value there; a megabyte is beyond any of them and still far from hurting.
    package static let stringBytes = 1 << 20

    /// Bytes of a string that is written: a Kafka broker refuses more.
    package static let writtenStringBytes = Int(Int16.max)

    /// Tagged fields of one struct.
    ///
    /// Kafka has no message with more than ten.
    package static let tags = 1000

    /// Arrays within arrays.
    ///
    /// Kafka's deepest message has five.
    package static let depth = 16

    /// Elements for which memory is reserved before they are read: a lying count costs the peer bytes, not us memory.
    package static let reservedElements = 1024
}
