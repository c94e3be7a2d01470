package import KafkaClient
package import Transport

/// Opens TLS connections over those of another dialer.
///
/// Names are checked against the address asked for, wherever the other dialer then goes.
package struct TLSDialer: Dialer {
    private let inner: any Dialer
    private let context: TLSContext

    package init(_ inner: any Dialer, context: TLSContext) {
        self.inner = inner
        self.context = context
    }

    package func dial(_ address: HostPort, by deadline: Deadline) async -> Dialled {
        let dialled = await inner.dial(address, by: deadline)
        guard case .success(let transport) = dialled.stream else { return dialled }
        let (stream, facts) = await TLSStream.open(over: transport, context, host: address.host, by: deadline)
        return Dialled(stream: stream.map { $0 }, attempts: dialled.attempts, tls: facts)
    }
}
