import KafkaWire

/// A direction of travel over an answer that was made: it puts an error or a pause where the message has its place.
struct AnswerChange: Codec {
    let version: Int16
    let isFlexible: Bool
    private let error: KafkaErrorCode?
    private let throttleMs: Int32?
    /// How many arrays deep the codes are to be set; nil: this walk only looks where there are some.
    private var level: Int?
    private var depth = 0
    private var levels: Set<Int> = []
    /// Whether a struct whose code was set is being walked.
    private var isFailing = false

    /// Changes `answer` so that it says `error`.
    static func fail<R: WireRequest>(
        _ answer: inout R.Response, of request: R.Type, _ error: KafkaErrorCode, _ version: Int16
    ) throws(WireError) {
        var look = AnswerChange(version, R.isFlexible(version), error, nil, level: nil)
        try answer.walk(&look)
        guard let level = error.isOfWholeItem(R.key) ? look.levels.min() : look.levels.max() else { return }
        var change = AnswerChange(version, R.isFlexible(version), error, nil, level: level)
        try answer.walk(&change)
    }

    /// Changes `answer` so that it asks for a pause.
    static func throttle<R: WireRequest>(_ answer: inout R.Response, of request: R.Type, _ ms: Int32, _ version: Int16)
        throws(WireError)
    {
        var change = AnswerChange(version, R.isFlexible(version), nil, ms, level: nil)
        try answer.walk(&change)
    }

    private init(_ version: Int16, _ isFlexible: Bool, _ error: KafkaErrorCode?, _ throttleMs: Int32?, level: Int?) {
        self.version = version
        self.isFlexible = isFlexible
        self.error = error
        self.throttleMs = throttleMs
        self.level = level
    }

    mutating func field<V: WireValue>(_ name: StaticString, _ value: inout V) throws(WireError) {
        if value is KafkaErrorCode, ["error_code", "partition_error_code"].contains("\(name)") {
            levels.insert(depth)
            if level == depth, let changed = error as? V {
                value = changed
                isFailing = true
            }
            return
        }
        if let throttleMs, depth == 0, "\(name)" == "throttle_time_ms", let changed = throttleMs as? V {
            value = changed
            return
        }
        if isFailing, Self.measured.contains("\(name)") {
            value = V()
            if let none = Int64(-1) as? V { value = none }
            return
        }
        try value.walk(&self)
    }

    /// Fields that mean nothing beside an error.
    private static let measured: Set<String> = [
        "offset", "timestamp", "high_watermark", "last_stable_offset", "log_start_offset", "records",
        "committed_offset", "end_offset", "base_offset", "low_watermark", "producer_id",
    ]

    mutating func array<E: WireValue>(_ value: inout [E]?, nullable: Bool) throws(WireError) {
        guard var elements = value else { return }
        depth += 1
        let outer = isFailing
        for index in elements.indices {
            isFailing = false
            try elements[index].walk(&self)
        }
        isFailing = outer
        depth -= 1
        value = elements
    }

    mutating func tagged<V: WireValue & Equatable>(
        _ tag: UInt32, _ name: StaticString, _ value: inout V, _ fallback: V
    ) throws(WireError) {}

    mutating func integer<I: FixedWidthInteger>(_ value: inout I) {}
    mutating func string(_ value: inout String?, nullable: Bool) {}
    mutating func classicString(_ value: inout String?) {}
    mutating func bytes(_ value: inout [UInt8]?, nullable: Bool) {}
    mutating func records(_ value: inout ArraySlice<UInt8>?, nullable: Bool) {}
    mutating func absent<V: Equatable>(_ value: inout V, _ fallback: V) {}
    mutating func endOfStruct() {}
}

extension KafkaErrorCode {
    /// Whether the code is said of a group, a topic or the cluster, and not of each partition below it.
    fileprivate func isOfWholeItem(_ api: ApiKey) -> Bool {
        switch self {
        case .coordinatorLoadInProgress, .coordinatorNotAvailable, .notCoordinator, .groupAuthorizationFailed,
            .clusterAuthorizationFailed, .unknownMemberID, .fetchSessionIDNotFound, .requestTimedOut:
            api != .offsetCommit
        case .unknownServerError: api == .fetch
        case .unknownTopicOrPartition, .topicAuthorizationFailed, .invalidTopicException: api == .metadata
        default: false
        }
    }
}
