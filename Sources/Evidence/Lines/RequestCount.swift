import Value

/// What a run asked of the clusters by one version of one API: what an auditor wants to see of a read-only tool.
package struct RequestCount: EvidencePart, Hashable {
    package var api: String
    package var version: Int
    /// How many brokers were asked.
    package var brokers: Int
    package var requests: Int
    package var bytesOut: Int64
    package var bytesIn: Int64
    /// The sum of the times from request to answer.
    package var timeUs: Int64

    package init(
        api: String, version: Int, brokers: Int, requests: Int, bytesOut: Int64, bytesIn: Int64, timeUs: Int64
    ) {
        self.api = api
        self.version = version
        self.brokers = brokers
        self.requests = requests
        self.bytesOut = bytesOut
        self.bytesIn = bytesIn
        self.timeUs = timeUs
    }

    package func write(to fields: inout EvidenceFields) {
        fields.word("api", api)
        fields.integer("version", version)
        fields.integer("brokers", brokers)
        fields.integer("requests", requests)
        fields.integer("bytes_out", bytesOut)
        fields.integer("bytes_in", bytesIn)
        fields.integer("time_us", timeUs)
    }
}
