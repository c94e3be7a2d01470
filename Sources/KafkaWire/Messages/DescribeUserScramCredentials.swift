/// Asks which users have SCRAM credentials; the secrets themselves never leave the broker.
package struct DescribeUserScramCredentialsRequest: WireRequest {
    package typealias Response = DescribeUserScramCredentialsResponse
    package static let key = ApiKey.describeUserScramCredentials
    package static let versions: ClosedRange<Int16> = 0...0
    package static let flexible: PartialRangeFrom<Int16>? = 0...

    /// Null, like empty, asks for all.
    package var users: [User]? = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("users", &users)
    }

    /// A user to look up.
    package struct User: WireStruct {
        package var name = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
        }
    }
}

/// Mechanisms and iterations by user.
package struct DescribeUserScramCredentialsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var errorMessage: String? = ""
    package var results: [User] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error)
        try codec.field("error_message", &errorMessage)
        try codec.field("results", &results)
    }

    /// The credentials of one user.
    package struct User: WireStruct {
        package var user = ""
        package var error: KafkaErrorCode = .none
        package var errorMessage: String? = ""
        package var credentialInfos: [Credential] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("user", &user)
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
            try codec.field("credential_infos", &credentialInfos)
        }
    }

    /// A credential, without its secret.
    package struct Credential: WireStruct {
        /// 1 SCRAM-SHA-256, 2 SCRAM-SHA-512.
        package var mechanism: Int8 = 0
        package var iterations: Int32 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("mechanism", &mechanism)
            try codec.field("iterations", &iterations)
        }
    }
}
