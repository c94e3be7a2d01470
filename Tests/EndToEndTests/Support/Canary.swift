import Foundation
import Guarding

/// Random secrets, each of its own: whichever comes out of the program says by itself which one it was.
enum Canary {
    private static let all = Guarded<Set<Data>>([])

    /// Every one made so far.
    static var made: Set<Data> { all.withLock { $0 } }

    /// A new one, with characters in it that each encoding writes differently.
    ///
    /// `plain` leaves those out, for places that cannot have them.
    static func make(plain: Bool = false) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        func random(_ count: Int) -> String { String((0..<count).compactMap { _ in letters.randomElement() }) }
        let secret = random(14) + (plain ? "" : "+/%=&'<~") + random(14)
        add(secret)
        return secret
    }

    /// From now on looked for like one that was made: a token that a test signed, a key that it generated.
    static func add(_ secret: String) { add(Data(secret.utf8)) }

    static func add(_ secret: Data) { all.withLock { _ = $0.insert(secret) } }
}
