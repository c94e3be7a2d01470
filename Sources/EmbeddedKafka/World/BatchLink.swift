import KafkaRecords

/// Copies logs between two embedded clusters as they are: the same batches under the same offsets, markers included, as
/// links between clusters do that brokers keep up themselves.
package struct BatchLink: Sendable {
    private let source: EmbeddedCluster
    private let target: EmbeddedCluster
    /// Put before the name of each topic on the target.
    package let prefix: String

    package init(from source: EmbeddedCluster, to target: EmbeddedCluster, prefix: String = "") {
        self.source = source
        self.target = target
        self.prefix = prefix
    }

    /// Brings the copies of `topics` to where the source stands: what it has more is added, what it lost goes.
    ///
    /// A topic that the target lacks is made with the source's partitions and settings.
    package func copy(_ topics: [String]) throws {
        for name in topics {
            guard let topic = source.read({ $0.topics[Name(name)] }) else { continue }
            try target.change { state in
                let copied = Name(prefix + name)
                if state.topics[copied] == nil {
                    let replication = topic.partitions.map(\.replicas.count).max() ?? 1
                    state.addTopic(
                        copied, replicas: state.placement(partitions: topic.partitions.count, replication: replication),
                        settings: topic.settings)
                }
                for (index, partition) in topic.partitions.enumerated() {
                    let result = state.change(copied, Int32(index)) { partition.log.follow(into: &$0) }
                    try result?.get()
                }
            }
        }
    }

    /// Commits where `groups` stand on the source, as far as it was copied, for groups that nobody is a member of on the
    /// target.
    package func copyCommits(of groups: [String]) {
        for name in groups {
            let commits = source.read { $0.groups[Name(name)]?.commits ?? [:] }
            target.change { state in
                guard state.groups[Name(name)]?.members.isEmpty ?? true else { return }
                for (topic, partitions) in commits {
                    for (index, commit) in partitions {
                        guard let end = state.log(of: prefix + topic.text, index)?.bounds.end else { continue }
                        state.commit(
                            min(commit.offset, end), of: name, prefix + topic.text, index, metadata: commit.metadata)
                    }
                }
            }
        }
    }
}

extension PartitionLog {
    /// Brings a copy of this log to where it stands.
    fileprivate func follow(into copy: inout Topic.Partition) -> Result<Void, RecordsError> {
        if copy.log.endOffset > endOffset { copy.log.truncate(to: endOffset) }
        if copy.log.endOffset < startOffset { copy.log.begin(at: startOffset) }
        let next = copy.log.endOffset
        do throws(RecordsError) {
            // The first may begin below the start of the log: it comes whole.
            for batch in batches[index(of: next)...] where batch.nextOffset <= highWatermark {
                let header = try RecordBatchHeader(batch.bytes[...])
                copy.leaderEpoch = max(copy.leaderEpoch, header.partitionLeaderEpoch)
                copy.log.append(batch, epoch: header.partitionLeaderEpoch)
                copy.log.note(header, base: header.baseOffset)
                guard header.isControl, let marker = try Self.marker(in: batch) else { continue }
                copy.log.endTransaction(
                    of: header.producerId, epoch: header.producerEpoch, committed: marker.kind == .commit,
                    marker: batch.baseOffset,
                    coordinatorEpoch: marker.coordinatorEpoch ?? -1)
            }
        } catch {
            return .failure(error)
        }
        copy.log.deleteRecords(before: startOffset)
        return .success(())
    }

    /// The end of a transaction that a control batch is; nil for one that is something else.
    private static func marker(in batch: LogBatch) throws(RecordsError) -> ControlRecord? {
        var cursor = BatchCursor(batch.bytes[...])
        guard case .batch(let stored)? = try cursor.next() else { return nil }
        var records = try RecordCursor(stored, using: Decompressor())
        guard try records.advance() else { return nil }
        let record = try ControlRecord(records.record)
        return record.coordinatorEpoch == nil ? nil : record
    }
}
