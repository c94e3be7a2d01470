package import Gate

/// What the command line asks of a run: nothing is read or checked yet.
package struct RunRequest: Sendable {
    /// What is said of one of the two clusters.
    package struct Side: Hashable, Sendable {
        /// Addresses as `HOST:PORT[,…]`.
        package var bootstrap: String?
        package var configFile: String?
        package init() {}
    }

    /// One `-X` option.
    package struct Property: Hashable, Sendable {
        /// Nil: both clusters.
        package var side: ClusterSide?
        package var key: String
        package var value: String
        package init(side: ClusterSide?, key: String, value: String) {
            self.side = side
            self.key = key
            self.value = value
        }
    }

    /// One `--principal` option.
    package struct Principal: Hashable, Sendable {
        package var name: String
        package var sourceFile: String?
        package var targetFile: String?
        package init(name: String, sourceFile: String?, targetFile: String?) {
            self.name = name
            self.sourceFile = sourceFile
            self.targetFile = targetFile
        }
    }

    /// One `--dial` option, both sides `HOST:PORT`.
    package struct Route: Hashable, Sendable {
        package var advertised: String
        package var address: String
        package init(advertised: String, address: String) {
            self.advertised = advertised
            self.address = address
        }
    }

    /// The `GATE…` words.
    package var words: [String] = []
    package var planFile: String?
    package var source = Side()
    package var target = Side()
    package var properties: [Property] = []
    package var strictConfig = false
    /// `[GATE.]NAME=VALUE`, in the order given.
    package var assignments: [String] = []
    package var assignmentFiles: [String] = []
    package var mapTopics: String?
    package var mapGroups: String?
    package var principals: [Principal] = []
    package var routes: [Route] = []
    /// Evidence of a `freeze_capture`.
    package var freezeFile: String?
    package var priorFiles: [String] = []
    package var wait: Duration?
    package var hold: Duration?
    package var watch: Duration?
    package var every: Duration?
    package var gateTimeout: Duration?
    package var timeout: Duration?
    /// Bytes a second that are read from each cluster at most.
    package var maxRate: Int64?
    package var parallel = 4
    /// The share of the scans that is this run's.
    package var shard: Shard?
    package var failFast = false
    package var change: String?
    package var operatorName: String?
    package var effects: Set<Effect> = []
    /// SASL/PLAIN without TLS.
    package var allowsPlaintextPassword = false
    package var detail = false
    /// The clusters are inside this process, which the evidence says.
    package var isEmbedded = false
    /// Origins of values that did not come from an option: option name to environment variable.
    package var environmentOrigins: [String: String] = [:]
    /// As given, for the evidence.
    package var argv: [String] = []

    package init() {}
}
