package import Transport

/// Connects elsewhere than the cluster advertises: through a bastion, a port forward, a tunnel.
///
/// Only the connection goes there. Whoever stands above, TLS included, still knows the advertised name.
package struct RoutedDialer: Dialer {
    private let inner: any Dialer
    private let routes: [HostPort: HostPort]

    /// `routes`: where to connect, by the advertised address; others are dialled as they are.
    package init(_ inner: any Dialer, routes: [HostPort: HostPort]) {
        self.inner = inner
        self.routes = routes
    }

    package func dial(_ address: HostPort, by deadline: Deadline) async -> Dialled {
        await inner.dial(routes[address] ?? address, by: deadline)
    }
}
