import Evidence
import Gate
import KafkaClient
import KafkaRecords
import LuaKit

extension Agent {
    /// The limits in force, by the names of `sluice version --json` and `run_started`.
    package static var limits: [(name: String, value: Int64)] {
        let lua = LuaLimits()
        let ledger = Ledger.Limits()
        let output = DecompressionLimits()
        return [
            ("connect_ms", 10_000), ("request_ms", 30_000), ("first_frame_bytes", Int64(Connection.firstFrameLimit)),
            ("frame_bytes", Int64(Connection.frameLimit)),
            ("fetch_frame_bytes", Int64(Connection.fetchFrameLimit)),
            ("connections", Int64(KafkaCluster.connectionLimit)),
            ("decompressed_batch_bytes", Int64(output.maxOutput)), ("decompression_ratio", Int64(output.maxRatio)),
            ("gate_file_bytes", Int64(lua.sourceBytes)), ("plan_bytes", 1 << 20), ("properties_bytes", 256 << 10),
            ("lua_bytes", Int64(lua.memoryBytes)), ("gate_ms", 60_000), ("subjects", Int64(ledger.subjects)),
            ("evidence_line_bytes", Int64(EvidenceLimits.lineBytes)),
            ("evidence_gate_bytes", Int64(EvidenceLimits.gateBytes)),
            ("log_lines", Int64(EvidenceLimits.logLines)), ("log_line_bytes", Int64(EvidenceLimits.logBytes)),
        ]
    }

    package static var luaVersion: String { "Lua 5.4" }

    package static var operatingSystem: String {
        #if os(Linux)
            "linux"
        #else
            "other"
        #endif
    }

    package static var architecture: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "arm64"
        #else
            "other"
        #endif
    }
}
