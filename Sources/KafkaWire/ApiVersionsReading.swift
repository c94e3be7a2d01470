extension ApiVersionsRequest {
    // A client cannot know the version before reading the answer, so the header stays readable to all.
    package static func hasFlexibleResponseHeader(_ version: Int16) -> Bool { false }
}

extension ApiVersionsResponse {
    /// Reads the answer to a request of `requestedVersion`.
    ///
    /// A broker that does not know that version says so with UNSUPPORTED_VERSION in the format of version 0, from 2.4
    /// on with the versions it does know of this API, before with none.
    package static func read(
        _ body: ArraySlice<UInt8>, requestedVersion: Int16
    ) throws(WireError) -> ApiVersionsResponse {
        if body.starts(with: [0x00, 0x23]) {
            // A proxy may refuse in the format asked for; no body is whole in both.
            do { return try ApiVersionsRequest.response(from: body, version: 0) } catch {}
        }
        return try ApiVersionsRequest.response(from: body, version: requestedVersion)
    }

    /// The versions the broker speaks of one API; nil where it has none or their bounds are crossed.
    package func versions(of key: ApiKey) -> ClosedRange<Int16>? {
        guard let entry = apiKeys.first(where: { $0.apiKey == key }), entry.minVersion <= entry.maxVersion else {
            return nil
        }
        return entry.minVersion...entry.maxVersion
    }
}
