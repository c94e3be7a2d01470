import KafkaRecords
import KafkaWire

/// What a transaction coordinator does with the transactions that clients bring about.
extension ClusterState {
    /// The transaction of a producer, or why it is not this producer's to change.
    func transaction(
        _ id: String, _ producerID: Int64, _ epoch: Int16, _ call: Call
    ) -> Result<Transaction, Refusal> {
        guard !id.isEmpty else { return .failure(Refusal(.invalidRequest)) }
        guard transactionCoordinator(of: Name(id)) == call.broker else { return .failure(Refusal(.notCoordinator)) }
        guard let transaction = transactions[Name(id)], transaction.producerID == producerID else {
            return .failure(Refusal(.invalidProducerIDMapping))
        }
        guard transaction.epoch == epoch else { return .failure(Refusal(.producerFenced)) }
        return .success(transaction)
    }

    /// Lets a transaction begin, or go on, with these partitions.
    mutating func add(_ partitions: [(topic: Name, index: Int32)], groups: [Name] = [], to id: Name) {
        guard var transaction = transactions[id] else { return }
        if Name(transaction.state) != "Ongoing" {
            transaction.state = "Ongoing"
            transaction.startMs = nowMs
            transaction.partitions = [:]
            transaction.groups = []
        }
        for (topic, index) in partitions where transaction.partitions[topic]?.contains(index) != true {
            transaction.partitions[topic, default: []].append(index)
        }
        for group in groups {
            transaction.groups.insert(group)
            let index = Int32(internalPartition(of: group))
            if transaction.partitions["__consumer_offsets"]?.contains(index) != true {
                transaction.partitions["__consumer_offsets", default: []].append(index)
            }
        }
        transactions[id] = transaction
    }

    /// Ends a transaction with markers in all its partitions, under its next epoch where `bumping` says so.
    mutating func end(_ id: Name, committed: Bool, bumping: Bool) throws {
        if bumping, var transaction = transactions[id] {
            transaction.lastEpoch = transaction.epoch
            if transaction.epoch >= .max - 1 {
                transaction.producerID = takeProducerID()
                transaction.epoch = 0
            } else {
                transaction.epoch += 1
            }
            transactions[id] = transaction
        }
        try endTransaction(id.text, committed: committed)
    }

    /// Aborts transactions that have taken longer than their producer said they may; says whether there were any.
    ///
    /// The producer is fenced: it finds its epoch over when it comes back.
    @discardableResult
    mutating func expireTransactions() -> Bool {
        let due = transactions.filter { _, transaction in
            Name(transaction.state) == "Ongoing" && transaction.startMs >= 0
                && nowMs - transaction.startMs > Int64(transaction.timeoutMs)
        }
        for id in due.keys.sorted() {
            // A log that takes no marker leaves its transaction open, as in Kafka.
            do { try end(id, committed: false, bumping: true) } catch { continue }
        }
        return !due.isEmpty
    }

    /// Takes over what a transaction committed for its groups, or forgets it.
    mutating func endOffsets(of transaction: Transaction, committed: Bool) {
        for name in transaction.groups {
            guard let pending = groups[name]?.pending.removeValue(forKey: transaction.producerID), committed else {
                continue
            }
            for (topic, partitions) in pending {
                for (index, commit) in partitions {
                    groups[name, default: Group()].commits[topic, default: [:]][index] = commit
                }
            }
        }
    }
}
