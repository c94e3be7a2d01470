import KafkaClient
import KafkaWire
import Parity
import ScriptedBroker
import Testing
import Transport

/// Scans of a broker that holds records and never sends a whole batch of them.
///
/// No Kafka since KIP-74 answers so, and the embedded one does not: it is scripted.
@Suite("A scan that is answered wrongly")
struct WrongAnswerTests {
    @Test(
        "a broker that never sends a whole batch, or nothing, is given up",
        arguments: [(70, "protocol"), (0, "protocol.unsupported")])
    func stubborn(bytes: Int, error: String) async throws {
        let log = try LogBuilder.log(1000, perBatch: 1000)
        var model = ClusterModel()
        model.topics["log"] = .init([try ClusterModel.Partition(batches: log.batches)])
        try await ScriptedCluster.with(brokers: 1, model) { cluster in
            cluster.on(FetchRequest.self) { _, _ in .records(log.batches[0].prefix(bytes), of: "log", end: 1000) }
            try await cluster.withClient { client in
                let scan = try await LogScannerTests.scan(client, to: 1000)
                #expect(scan.error?.name == error)
            }
        }
    }
}
