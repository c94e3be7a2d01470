package import Transport

/// Opens streams that share an allowance, counted in the bytes that cross the network.
package struct SlowedDialer: Dialer {
    private let inner: any Dialer
    private let allowance: ReadAllowance

    package init(_ inner: any Dialer, allowance: ReadAllowance) {
        self.inner = inner
        self.allowance = allowance
    }

    package func dial(_ address: HostPort, by deadline: Deadline) async -> Dialled {
        let dialled = await inner.dial(address, by: deadline)
        let stream: Result<any ByteStream, TransportError> = dialled.stream.map {
            SlowedStream($0, allowance: allowance)
        }
        return Dialled(stream: stream, attempts: dialled.attempts, tls: dialled.tls)
    }
}
