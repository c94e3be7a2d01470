/// Asks a transaction coordinator for the state of transactions.
package struct DescribeTransactionsRequest: WireRequest {
    package typealias Response = DescribeTransactionsResponse
    package static let key = ApiKey.describeTransactions
    package static let versions: ClosedRange<Int16> = 0...0
    package static let flexible: PartialRangeFrom<Int16>? = 0...

    package var transactionalIDs: [String] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("transactional_ids", &transactionalIDs)
    }
}

/// The state of transactions.
package struct DescribeTransactionsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var transactionStates: [Transaction] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("transaction_states", &transactionStates)
    }

    /// One transaction.
    package struct Transaction: WireStruct {
        package var error: KafkaErrorCode = .none
        package var transactionalID = ""
        package var transactionState = ""
        package var transactionTimeoutMs: Int32 = 0
        package var transactionStartTimeMs: Int64 = 0
        package var producerID: Int64 = 0
        package var producerEpoch: Int16 = 0
        package var topics: [Topic] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("transactional_id", &transactionalID)
            try codec.field("transaction_state", &transactionState)
            try codec.field("transaction_timeout_ms", &transactionTimeoutMs)
            try codec.field("transaction_start_time_ms", &transactionStartTimeMs)
            try codec.field("producer_id", &producerID)
            try codec.field("producer_epoch", &producerEpoch)
            try codec.field("topics", &topics)
        }
    }

    /// Partitions of one topic that take part.
    package struct Topic: WireStruct {
        package var name = ""
        package var partitions: [Int32] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("topic", &name)
            try codec.field("partitions", &partitions)
        }
    }
}
