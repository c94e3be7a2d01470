import Glibc
import Guarding

/// Ports of this machine that nobody listens on.
///
/// They lie below the range from which the kernel takes ports for outgoing connections, so that only another listener
/// can come in between; whoever starts a listener still has to try again where one did.
enum FreePorts {
    private static let given = Guarded(Set<UInt16>())

    /// That many ports, none of them given before.
    static func take(_ count: Int) -> [UInt16] {
        given.withLock { given in
            var ports: [UInt16] = []
            while ports.count < count {
                let port = UInt16.random(in: 15_000..<32_000)
                if isFree(port), given.insert(port).inserted { ports.append(port) }
            }
            return ports
        }
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
