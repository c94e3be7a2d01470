import Secrets

/// A password on its way into OpenSSL, which would ask on the terminal if nobody answered.
final class Passphrase {
    private let secret: Secret?
    /// Whether it was needed.
    private(set) var wasAsked = false

    init(_ secret: Secret?) { self.secret = secret }

    /// OpenSSL's question: stores the bytes and answers how many; -1 for none.
    static let answer: @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 =
        {
            room, size, _, opaque in
            guard let room = unsafe room, let opaque = unsafe opaque else { return -1 }
            let phrase = unsafe Unmanaged<Passphrase>.fromOpaque(opaque).takeUnretainedValue()
            phrase.wasAsked = true
            guard let secret = phrase.secret else { return -1 }
            return secret.reveal { bytes in
                guard bytes.count <= Int(size) else { return -1 }
                for (index, byte) in bytes.enumerated() { unsafe room[index] = CChar(bitPattern: byte) }
                return Int32(bytes.count)
            }
        }

    /// Hands out what OpenSSL passes back to `answer`, for as long as `body` runs.
    func with<Result>(_ body: (UnsafeMutableRawPointer) -> Result) -> Result {
        withExtendedLifetime(self) { unsafe body(Unmanaged.passUnretained(self).toOpaque()) }
    }
}
