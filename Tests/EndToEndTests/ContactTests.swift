import Testing

/// Before any gate, a run says which clusters it has in front of it.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct ContactTests {
    @Test func `Each side has a cluster line with the id of the cluster behind its address`() async throws {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        try await source.fixture.createTopic("contact-both")
        try await target.fixture.createTopic("contact-both")
        let run = try await SluiceCommand.run([
            "run", "partition_parity", "--set", "partition_parity.topics=contact-both",
            "--source", source.bootstrap, "--target", target.bootstrap,
        ])
        #expect(run.exitCode == 0, "\(run.errors)")
        let clusters = try run.evidence.of("cluster")
        #expect(clusters.map { $0["role"].string } == ["source", "target"])
        #expect(clusters.map { $0["bootstrap"].string } == [source.bootstrap, target.bootstrap])
        #expect(clusters.map { $0["cluster_id"].string } == [source.clusterID, target.clusterID])
    }

    @Test func `One cluster in both places fails the run, and no gate runs`() async throws {
        let kafka = try await SharedKafka.source
        let run = try await SluiceCommand.run([
            "run", "partition_parity", "--set", "partition_parity.topics=*",
            "--source", kafka.bootstrap, "--target", kafka.bootstrap,
        ])
        #expect(run.exitCode == 1, "\(run.errors)")
        #expect(try run.evidence.of("gate_started").isEmpty)
        #expect(try run.evidence.of("run_finished").map { $0["verdict"].string } == ["fail"])
    }
}
