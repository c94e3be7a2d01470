/// Every option there is; the raw value is how it is written, without dashes.
enum OptionName: String, CaseIterable, Sendable {
    case plan, source, target
    case sourceConfig = "source-config"
    case targetConfig = "target-config"
    case property = "X"
    case strictConfig = "strict-config"
    case principal
    case dial
    case mapTopics = "map-topics"
    case mapGroups = "map-groups"
    case breaking = "break"
    case keep
    case demo
    case set
    case setFile = "set-file"
    case allow
    case freeze, prior
    case wait, every, hold, watch
    case gateTimeout = "gate-timeout"
    case timeout, parallel, shard
    case maxRate = "max-rate"
    case failFast = "fail-fast"
    case evidence, change
    case operatorName = "operator"
    case detail, trace, progress, color, quiet
    case json, head, api, luacats
    case filter, mutate, format
    case verdict, gate, mode
    case maxAge = "max-age"
    case planDigest = "plan-sha256"
    case sourceID = "source-id"
    case targetID = "target-id"
    case codes, phase, folder

    /// As it is written on the command line.
    var spelled: String { rawValue.utf8.count == 1 ? "-" + rawValue : "--" + rawValue }

    /// The environment variable that stands in for it: `SLUICE_GATE_TIMEOUT`.
    var variable: String {
        let letters = rawValue.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "_")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
            default: byte
            }
        }
        return "SLUICE_" + String(decoding: letters, as: UTF8.self)
    }
}
