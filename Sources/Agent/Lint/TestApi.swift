/// What the functions of a gate's test can reach from their parameter, told by whoever runs tests.
package struct TestApi: Sendable {
    /// What one kind of object has.
    package struct Members: Sendable {
        /// By name the kind of object that it is; nil: plain data.
        package var fields: [String: String?]
        /// By name the kind of object that a call with a colon gives; nil: plain data, or nothing.
        package var methods: [String: String?]

        package init(fields: [String: String?] = [:], methods: [String: String?] = [:]) {
            self.fields = fields
            self.methods = methods
        }

        var all: Set<String> { Set(fields.keys).union(methods.keys) }
    }

    /// The kind of the parameter.
    package let root: String
    package let kinds: [String: Members]

    package init(root: String, kinds: [String: Members]) {
        self.root = root
        self.kinds = kinds
    }
}
