import Guarding
package import KafkaClient
package import KafkaWire
package import Transport

/// Brokers of this process, on loopback ports, that answer from a model, and otherwise than it where a test says so.
package final class ScriptedCluster: Sendable {
    struct State {
        var model: ClusterModel
        var handlers: [ApiKey: Handler] = [:]
        var counts: [ApiKey: Int] = [:]
        var log: [LoggedRequest] = []
        var connections: [Int32: Int] = [:]
    }

    let state: Guarded<State>
    /// Carries the brokers' connections, and those of clients made here.
    package let reactor: Reactor
    private let listeners: [Int32: TCPListener]

    private init(_ model: ClusterModel, _ listeners: [Int32: TCPListener], _ reactor: Reactor) {
        state = Guarded(State(model: model))
        self.listeners = listeners
        self.reactor = reactor
    }

    /// Runs `body` with brokers 0 to `brokers` - 1, which are gone when it returns.
    package static func with<R: Sendable>(
        brokers: Int = 1, _ model: ClusterModel = ClusterModel(),
        _ body: (ScriptedCluster) async throws -> R
    ) async throws -> R {
        let reactor = try Reactor()
        defer { reactor.stop() }
        var listeners: [Int32: TCPListener] = [:]
        for node in 0..<Int32(brokers) { listeners[node] = try TCPListener(reactor: reactor) }
        let cluster = ScriptedCluster(model, listeners, reactor)
        defer {
            for listener in listeners.values { listener.close() }
            // Answers that change the cluster hold it.
            cluster.state.withLock { $0.handlers = [:] }
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for (node, listener) in listeners {
                group.addTask { await cluster.serve(node, listener) }
            }
            defer { group.cancelAll() }
            return try await body(cluster)
        }
    }

    // MARK: Addresses

    package func address(of node: Int32) -> HostPort {
        HostPort(host: "127.0.0.1", port: listeners[node]?.port ?? 1)
    }

    var nodes: [Int32] { listeners.keys.sorted() }

    var bootstrap: [HostPort] { nodes.map(address) }

    // MARK: The script

    package var model: ClusterModel { state.withLock { $0.model } }

    /// Answers requests of an API by `answer`; it may wait.
    package func on<R: WireRequest>(
        _ type: R.Type, _ answer: @escaping @Sendable (_ request: R, _ call: Call) async -> Reaction<R.Response>
    ) {
        let handler: Handler = { body, call in
            let request = try R.request(from: body, version: call.version)
            switch await answer(request, call) {
            case .answer(let response):
                return .frame(try R.frame(response, version: call.version, correlationID: call.correlationID))
            case .standard: return .standard
            case .silence: return .nothing
            case .hangUp: return .hangUp
            case .raw(let bytes): return .last(bytes)
            case .bytes(let bytes): return .frame(bytes)
            }
        }
        state.withLock { $0.handlers[R.key] = handler }
    }

    /// Changes the standard answers of an API before they go out.
    package func amend<R: WireRequest>(
        _ type: R.Type, _ change: @escaping @Sendable (_ response: inout R.Response, _ call: Call) -> Void
    ) where R.Response: Sendable {
        on(type) { [weak self] request, call in
            guard let self else { return .hangUp }
            guard var response = self.standardAnswer(to: request, call) as? R.Response else { return .hangUp }
            change(&response, call)
            return .answer(response)
        }
    }

    // MARK: What happened

    package var log: [LoggedRequest] { state.withLock { $0.log } }

    /// The requests of one type so far, decoded.
    package func requests<R: WireRequest>(_ type: R.Type) throws -> [(request: R, call: Call)] {
        try log.filter { $0.call.key == R.key }.map { (try $0.request(type), $0.call) }
    }

    /// How many connections a broker has taken.
    package func connections(to node: Int32) -> Int { state.withLock { $0.connections[node] ?? 0 } }
}
