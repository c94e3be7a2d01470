import EmbeddedKafka
import Gate

extension Mutation {
    /// Topics that the question is about.
    private static func subjects(_ side: World.Side) -> [(name: String, topic: Topic)] {
        side.state.topics.filter { !$0.value.isInternal && !$0.value.isHidden && !side.beside.contains($0.key) }
            .sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) }
    }

    static func topics(_ world: World.Side, _ side: ClusterSide) -> [Mutation] {
        subjects(world).flatMap { name, topic -> [Mutation] in
            let count = topic.partitions.count
            let hasRecords = (0..<count).contains { !isEmpty(world, name, Int32($0)) }
            var found = [
                Mutation(.topic, side, "topic \(name) is gone") { $0.state.topics[Name(name)] = nil },
                Mutation(.partitions, side, "topic \(name) has one partition more than its \(count)") {
                    $0.state.setPartitions(of: name, to: count + 1)
                    // One more to read from, where there is something to read.
                    if hasRecords {
                        _ = try? $0.state.append([NewRecord("key", "value")], to: name, Int32(count))
                    }
                },
            ]
            if count > 1 {
                found.append(
                    Mutation(.partitions, side, "topic \(name) has one partition less than its \(count)") {
                        $0.state.setPartitions(of: name, to: count - 1)
                    })
            }
            let settings = topic.settings.isEmpty ? ["retention.ms": ""] : topic.settings
            return found
                + settings.sorted { $0.key < $1.key }.map { key, value in
                    let other = another(value)
                    return Mutation(
                        .config, side, "\(key) of topic \(name) is \(other)" + (value.isEmpty ? "" : ", not \(value)")
                    ) { $0.state.topics[Name(name)]?.settings[key] = other }
                }
        }
    }

    private static func another(_ value: String) -> String {
        if value.isEmpty { return "3600000" }
        // Half of it: what holds for a limit holds for all that is larger.
        if let number = Int64(value) { return "\(abs(number) < 2 ? number + 1 : number / 2)" }
        switch value {
        case "true": return "false"
        case "false": return "true"
        case "delete": return "compact"
        case "compact": return "delete"
        default: return value + "-changed"
        }
    }

    static func isEmpty(_ world: World.Side, _ topic: String, _ partition: Int32) -> Bool {
        world.state.log(of: topic, partition).map { $0.bounds.start >= $0.bounds.end } ?? true
    }

    static func logs(_ world: World.Side, _ side: ClusterSide) -> [Mutation] {
        subjects(world).flatMap { name, topic in
            topic.partitions.indices.flatMap { index in
                partition(world, side, name, Int32(index), topic.partitions[index])
            }
        }
    }

    private static func partition(
        _ world: World.Side, _ side: ClusterSide, _ topic: String, _ index: Int32, _ partition: Topic.Partition
    ) -> [Mutation] {
        let place = "topic \(topic) partition \(index)"
        let bounds = partition.log.bounds
        var found = [
            Mutation(.endOffset, side, "\(place) ends at \(bounds.end + 1) instead of \(bounds.end)") {
                _ = try? $0.state.append([NewRecord("key", "value")], to: topic, index)
            },
            Mutation(.leader, side, "\(place) has no leader") { $0.state.removeLeader(of: topic, index) },
        ]
        if let other = world.state.brokers.first(where: { $0.id != partition.leader })?.id {
            found.append(
                Mutation(.staleLeader, side, "\(place) is led by \(other), and Metadata says \(partition.leader)") {
                    $0.state.moveLeader(of: topic, index, to: other, announced: false)
                })
        }
        if partition.inSync.count > 1, let last = partition.inSync.last {
            found.append(
                Mutation(.isr, side, "replica \(last) of \(place) is not in sync") {
                    $0.state.topics[Name(topic)]?.partitions[Int(index)].inSync.removeLast()
                })
        }
        if bounds.start < bounds.end, let start = retained(world, topic, index, bounds) {
            found.append(
                Mutation(.startOffset, side, "\(place) starts at \(start) instead of \(bounds.start)") {
                    $0.state.deleteRecords(of: topic, index, before: start)
                })
        }
        return found + records(world, side, topic, index, place)
    }

    /// Where retention would leave the log so that somebody misses something; nil where all was read.
    private static func retained(
        _ world: World.Side, _ topic: String, _ partition: Int32, _ bounds: (start: Int64, end: Int64)
    ) -> Int64? {
        let commits = world.state.groups.values.compactMap { $0.commits[Name(topic)]?[partition]?.offset }
        guard let first = commits.min() else { return bounds.start + 1 }
        return first < bounds.end ? max(first, bounds.start) + 1 : nil
    }

    private static func records(
        _ world: World.Side, _ side: ClusterSide, _ topic: String, _ partition: Int32, _ place: String
    ) -> [Mutation] {
        guard let records = try? world.state.recordValues(of: topic, partition), let last = records.last else {
            return []
        }
        let chosen = records.count == 1 ? [last] : [records[0], last]
        return chosen.flatMap { offset, value -> [Mutation] in
            let record = "\(place) offset \(offset)"
            var found = [
                Mutation(.checksum, side, "\(record): the batch does not match its checksum") {
                    _ = $0.state.damageBatch(of: topic, partition, at: offset)
                }
            ]
            guard let value, !value.isEmpty else { return found }
            found.append(
                Mutation(.record, side, "\(record): the last byte of the value is another") {
                    _ = try? $0.state.rewriteRecord(of: topic, partition, at: offset) { value in
                        guard var value, let byte = value.last else { return value }
                        // No UTF-8 has either of them.
                        value[value.count - 1] = byte == 0xFF ? 0xFE : 0xFF
                        return value
                    }
                })
            if value.count >= 5, value[0] == 0 {
                found.append(
                    Mutation(.schemaID, side, "\(record): it names another schema") {
                        _ = try? $0.state.rewriteRecord(of: topic, partition, at: offset) { value in
                            guard var value else { return nil }
                            value[4] ^= 1
                            return value
                        }
                    })
            }
            return found
        }
    }

    static func groups(_ world: World.Side, _ side: ClusterSide) -> [Mutation] {
        world.state.groups.filter { !world.beside.contains($0.key) }.sorted { $0.key < $1.key }.flatMap { name, group in
            group.commits.sorted { $0.key < $1.key }.flatMap { topic, partitions in
                partitions.sorted { $0.key < $1.key }.flatMap { partition, commit in
                    commits(world, side, name.text, topic.text, partition, commit.offset)
                }
            }
        }
    }

    private static func commits(
        _ world: World.Side, _ side: ClusterSide, _ group: String, _ topic: String, _ partition: Int32, _ offset: Int64
    ) -> [Mutation] {
        guard !world.beside.contains(Name(topic)) else { return [] }
        let place = "commit of \(group) in topic \(topic) partition \(partition)"
        let end = world.state.log(of: topic, partition)?.bounds.end ?? 0
        var found: [Mutation] = []
        if !isEmpty(world, topic, partition) {
            found.append(
                Mutation(.commit, side, "the \(place) is gone") {
                    $0.state.groups[Name(group)]?.commits[Name(topic)]?[partition] = nil
                })
        }
        found.append(
            Mutation(.commit, side, "the \(place) is \(end + 1), beyond the end at \(end)") {
                $0.state.commit(end + 1, of: group, topic, partition)
            })
        if offset > 0 {
            found.append(
                Mutation(.commitBehind, side, "the \(place) is \(offset - 1) instead of \(offset)") {
                    $0.state.commit(offset - 1, of: group, topic, partition)
                })
        }
        return found
    }
}
