/// Room for bytes that are about to be received.
package enum ReceiveRoom {
    /// `count` bytes, of which the first are those of `bytes` up to `filled`, and the rest are whatever memory held.
    ///
    /// To fill room with zeros that a socket overwrites at once costs a scan a quarter of its time. Whoever asks for it
    /// has to keep count of what has been received, and to look at nothing else.
    package static func grown(_ bytes: [UInt8], filled: Int, to count: Int) -> [UInt8] {
        precondition(filled <= bytes.count && filled <= count, "what is filled is there, and has room")
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { room, initialized in
            _ = unsafe room.initialize(fromContentsOf: bytes[..<filled])
            // Any byte is a value of UInt8: no element is invalid, and none past `filled` is looked at.
            initialized = count
        }
    }
}
