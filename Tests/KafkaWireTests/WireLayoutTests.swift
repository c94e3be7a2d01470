import Testing

@testable import KafkaWire

@Suite("WireLayout")
struct WireLayoutTests {
    @Test("a layout names tags, nulls and every type")
    func fetchResponse() throws {
        #expect(
            try WireLayout.of(FetchResponse.self, version: 12, isFlexible: true) == [
                "throttle_time_ms: int32",
                "error_code: int16",
                "session_id: int32",
                "responses[].topic: string",
                "responses[].partitions[].partition_index: int32",
                "responses[].partitions[].error_code: int16",
                "responses[].partitions[].high_watermark: int64",
                "responses[].partitions[].last_stable_offset: int64",
                "responses[].partitions[].log_start_offset: int64",
                "responses[].partitions[].aborted_transactions[]?.producer_id: int64",
                "responses[].partitions[].aborted_transactions[]?.first_offset: int64",
                "responses[].partitions[].preferred_read_replica: int32",
                "responses[].partitions[].records: records?",
                "responses[].partitions[].diverging_epoch(0).epoch: int32",
                "responses[].partitions[].diverging_epoch(0).end_offset: int64",
                "responses[].partitions[].current_leader(1).leader_id: int32",
                "responses[].partitions[].current_leader(1).leader_epoch: int32",
                "responses[].partitions[].snapshot_id(2).end_offset: int64",
                "responses[].partitions[].snapshot_id(2).epoch: int32",
            ])
    }

    @Test("a field that became nullable later is so only from there on")
    func nullability() throws {
        let old = try WireLayout.of(MetadataRequest.self, version: 9, isFlexible: true)
        #expect(old.first == "topics[]?.name: string")
        let new = try WireLayout.of(MetadataRequest.self, version: 10, isFlexible: true)
        #expect(new.prefix(2) == ["topics[]?.topic_id: uuid", "topics[]?.name: string?"])
    }

    @Test("one struct has the shape of each version")
    func offsetFetch() throws {
        #expect(
            try WireLayout.of(OffsetFetchRequest.self, version: 7, isFlexible: true) == [
                "group_id: string", "topics[]?.name: string", "topics[]?.partition_indexes[]: int32",
                "require_stable: bool",
            ])
        #expect(
            try WireLayout.of(OffsetFetchRequest.self, version: 9, isFlexible: true) == [
                "groups[].group_id: string", "groups[].member_id: string?", "groups[].member_epoch: int32",
                "groups[].topics[]?.name: string", "groups[].topics[]?.partition_indexes[]: int32",
                "require_stable: bool",
            ])
    }

    @Test("float64, bytes and classic strings are told apart")
    func leaves() throws {
        let quotas = try WireLayout.of(DescribeClientQuotasResponse.self, version: 0, isFlexible: false)
        #expect(quotas.last == "entries[]?.values[].value: float64")
        #expect(
            try WireLayout.of(SaslAuthenticateRequest.self, version: 0, isFlexible: false) == ["auth_bytes: bytes"])
        #expect(
            try WireLayout.of(RequestHeader.self, version: 2, isFlexible: true).last == "client_id: classic_string?")
    }
}
