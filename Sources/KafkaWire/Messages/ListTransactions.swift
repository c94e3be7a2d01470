/// Asks a broker for the transactions it coordinates: every broker must be asked.
package struct ListTransactionsRequest: WireRequest {
    package typealias Response = ListTransactionsResponse
    package static let key = ApiKey.listTransactions
    package static let versions: ClosedRange<Int16> = 0...2
    /// Filtering by pattern is left to the caller.
    package static let spoken: ClosedRange<Int16> = 0...1
    package static let flexible: PartialRangeFrom<Int16>? = 0...

    package var stateFilters: [String] = []
    package var producerIDFilters: [Int64] = []
    /// Only transactions open for longer than this many milliseconds; `-1` for all.
    package var durationFilter: Int64 = -1
    package var transactionalIDPattern: String?
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("state_filters", &stateFilters)
        try codec.field("producer_id_filters", &producerIDFilters)
        try codec.field("duration_filter", &durationFilter, in: 1..., else: -1)
        try codec.field("transactional_id_pattern", &transactionalIDPattern, in: 2..., else: nil)
    }
}

/// Transactions of one coordinator; those the principal may not describe are left out, with no error.
package struct ListTransactionsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    /// Where not empty, the filter was not understood.
    package var unknownStateFilters: [String] = []
    package var transactionStates: [Transaction] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error)
        try codec.field("unknown_state_filters", &unknownStateFilters)
        try codec.field("transaction_states", &transactionStates)
    }

    /// One transaction.
    package struct Transaction: WireStruct {
        package var transactionalID = ""
        package var producerID: Int64 = 0
        package var transactionState = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("transactional_id", &transactionalID)
            try codec.field("producer_id", &producerID)
            try codec.field("transaction_state", &transactionState)
        }
    }
}
