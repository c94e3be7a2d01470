private import KafkaWire
private import Transport

extension KafkaCluster {
    /// Tries until it works, until the error is final, or until the deadline.
    ///
    /// With `afterChanges` what changed while it was read is read again.
    package func retrying<T: Sendable>(
        _ context: CallContext, afterChanges: Bool = false, _ attempt: () async throws(KafkaError) -> T
    ) async throws(KafkaError) -> T {
        var backoff = Backoff()
        var tries = 1
        while true {
            do throws(KafkaError) {
                return try await attempt()
            } catch {
                let isChange = if case .changed = error.reason { afterChanges } else { false }
                guard isChange || error.deservesRetry(after: tries), await backoff.wait(context) else {
                    throw Task.isCancelled ? KafkaError(.cancelled) : error.with { $0.tries = max($0.tries, tries) }
                }
                tries += 1
            }
        }
    }
}

extension KafkaError {
    /// Whether another try makes sense after so many.
    ///
    /// Most retriable errors are tried again until the deadline. Some cannot be told from final ones, and a gate would
    /// only take longer to say so.
    package func deservesRetry(after tries: Int) -> Bool {
        // The broker may count it as a failed login, and lock the account.
        if isAboutLogin { return false }
        // An answer that cannot be read is the work of a broken connection once; twice it is the broker's.
        if case .malformed = reason { return tries < 2 }
        guard isRetriable else { return false }
        return switch reason {
        case .transport(.refused), .transport(.unresolved): tries < 5
        case .transport(.connectTimeout): tries < 2
        case .hungUp: tries < 3
        case .leaderless, .broker(.leaderNotAvailable, _): tries < 6
        // The metadata of a new topic takes a moment to spread; after that it is missing.
        case .broker(.unknownTopicOrPartition, _), .broker(.unknownTopicID, _): tries < 4
        case .broker(.corruptMessage, _): tries < 2
        default: true
        }
    }

    /// Whether another broker of the same cluster may well answer.
    var isAboutOneBroker: Bool {
        switch reason {
        case .transport, .tls, .hungUp, .malformed, .notKafka, .requestTimeout: !isAboutLogin
        default: isRetriable
        }
    }

    /// Whether it happened while a login was under way.
    private var isAboutLogin: Bool { api == "SaslAuthenticate" }

    /// Whether the connection broke before there was an answer.
    var isLossOfConnection: Bool {
        switch reason {
        case .hungUp, .transport(.closed), .transport(.system): true
        default: false
        }
    }
}
