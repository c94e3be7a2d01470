import Kerberos
import Transport

/// SASL/GSSAPI (RFC 4752) with Kerberos, for authentication only: no layer is put over what follows.
///
/// The first token, for which the KDC is asked, is there before the broker is dialled; the steps after it only compute.
struct GssapiExchange: SaslExchange {
    private enum State {
        case negotiating
        case choosingLayer
        case waiting
        case done
    }

    let mechanism = "GSSAPI"
    private let login: KerberosLogin
    private let first: [UInt8]
    private var state = State.negotiating

    private init(_ login: KerberosLogin, first: [UInt8]) {
        self.login = login
        self.first = first
    }

    static func make(
        _ config: GssapiConfig, host: String, by deadline: Deadline
    ) async throws(KafkaError) -> GssapiExchange {
        let source = KerberosLogin.Source(
            principal: config.principal, keytab: config.keytab, ticketCache: config.ticketCache)
        let made = await BlockingCall.value(by: deadline) {
            Result { () throws(KerberosLogin.Failure) in
                let login = try KerberosLogin(service: config.serviceName, host: host, source: source)
                return (login, try login.step([]))
            }
        }
        switch made {
        case nil: throw KafkaError(Task.isCancelled ? .cancelled : .loginAborted("Kerberos: no answer in time"))
        case .failure(let failure):
            let who = [config.principal, config.keytab ?? config.ticketCache].compactMap { $0 }.joined(separator: ", ")
            throw KafkaError(.loginAborted("Kerberos: \(who.isEmpty ? "" : "\(who): ")\(failure.message)"))
        case .success((let login, let step)): return GssapiExchange(login, first: step.token)
        }
    }

    func start() throws(SaslFailure) -> [UInt8] { first }

    mutating func answer(_ challenge: [UInt8]) throws(SaslFailure) -> SaslStep {
        do throws(KerberosLogin.Failure) {
            switch state {
            case .negotiating:
                let step = try login.step(challenge)
                if step.isComplete { state = .choosingLayer }
                return .send(step.token)
            case .choosingLayer:
                let offer = try login.unwrap(challenge)
                // Bit 1: no layer. The other three bytes are a size for layers.
                guard offer.count == 4, offer[0] & 1 == 1 else {
                    throw KerberosLogin.Failure(message: "the server insists on encrypting or signing what follows")
                }
                state = .waiting
                return .send(try login.wrap([1, 0, 0, 0]))
            case .waiting:
                guard challenge.isEmpty else { throw KerberosLogin.Failure(message: "a challenge out of order") }
                state = .done
                return .done
            case .done: throw KerberosLogin.Failure(message: "a challenge out of order")
            }
        } catch {
            throw SaslFailure("Kerberos: \(error.message)", .serverNotAuthenticated)
        }
    }
}
