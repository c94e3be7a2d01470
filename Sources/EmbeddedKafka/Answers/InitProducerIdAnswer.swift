import KafkaWire

extension InitProducerIdRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> InitProducerIdResponse? {
        do throws(Refusal) {
            let producer = try given(call, &state)
            return .with {
                $0.producerID = producer.id
                $0.producerEpoch = producer.epoch
            }
        } catch {
            // Older clients do not know that they are fenced.
            let code = error.code == .producerFenced && call.version < 4 ? .invalidProducerEpoch : error.code
            return .with {
                $0.error = code
                $0.producerEpoch = -1
            }
        }
    }

    private func given(_ call: Call, _ state: inout ClusterState) throws(Refusal) -> (id: Int64, epoch: Int16) {
        guard let transactionalID else {
            guard state.allows(call, onCluster: .idempotentWrite) || state.allowsWritingSomewhere(call) else {
                throw Refusal(.clusterAuthorizationFailed)
            }
            guard (producerID == -1) == (producerEpoch == -1) else { throw Refusal(.invalidRequest) }
            return (state.takeProducerID(), 0)
        }
        guard state.allows(call, .write, on: .transactionalID, transactionalID) else {
            throw Refusal(.transactionalIDAuthorizationFailed)
        }
        guard (producerID == -1) == (producerEpoch == -1), !transactionalID.isEmpty else {
            throw Refusal(.invalidRequest)
        }
        guard state.transactionCoordinator(of: Name(transactionalID)) == call.broker else {
            throw Refusal(.notCoordinator)
        }
        guard transactionTimeoutMs > 0, transactionTimeoutMs <= 900_000 else {
            throw Refusal(.invalidTransactionTimeout)
        }
        return try next(Name(transactionalID), &state)
    }

    /// The next epoch of a transactional id, before which nobody writes any more.
    private func next(_ name: Name, _ state: inout ClusterState) throws(Refusal) -> (id: Int64, epoch: Int16) {
        var transaction =
            state.transactions[name]
            ?? .init(producerID: state.takeProducerID(), epoch: -1, timeoutMs: transactionTimeoutMs)
        if producerID >= 0, transaction.epoch >= 0 {
            let isKnown = producerID == transaction.producerID
            guard isKnown, [transaction.epoch, transaction.lastEpoch].contains(producerEpoch) else {
                throw Refusal(.producerFenced)
            }
            // Asked again, since the answer was lost.
            if producerEpoch != transaction.epoch, Name(transaction.state) != "Ongoing" {
                return (transaction.producerID, transaction.epoch)
            }
        }
        if Name(transaction.state) == "Ongoing" {
            do { try state.end(name, committed: false, bumping: true) } catch { throw Refusal(.kafkaStorageError) }
            throw Refusal(.concurrentTransactions)
        }
        transaction.lastEpoch = producerID >= 0 ? transaction.epoch : -1
        if transaction.epoch >= .max - 1 {
            transaction.producerID = state.takeProducerID()
            transaction.epoch = 0
        } else {
            transaction.epoch += 1
        }
        transaction.timeoutMs = transactionTimeoutMs
        transaction.state = "Empty"
        transaction.startMs = -1
        state.transactions[name] = transaction
        return (transaction.producerID, transaction.epoch)
    }
}

extension ClusterState {
    /// Whether there is a topic that the principal may write to, by any ACL.
    fileprivate func allowsWritingSomewhere(_ call: Call) -> Bool {
        access.entries.contains { entry in
            entry.resource == .topic && entry.permission == .allow
                && access.allows(call.principal, .write, on: .topic, entry.name)
        }
    }
}

extension ClusterState {
    mutating func takeProducerID() -> Int64 {
        defer { nextProducerID += 1 }
        return nextProducerID
    }
}
