/// Where an MSK cluster is, from the name of its broker.
package enum AwsRegion {
    /// `us-east-1` of `b-1.demo.abc123.c2.kafka.us-east-1.amazonaws.com`; nil for a name that AWS did not give.
    package static func of(host: String) -> String? {
        let labels = host.lowercased().split(separator: ".").map(String.init)
        guard let aws = labels.lastIndex(of: "amazonaws"), aws > 0 else { return nil }
        if let kafka = labels.firstIndex(where: { $0 == "kafka" || $0 == "kafka-serverless" }), kafka + 1 < aws {
            return labels[kafka + 1]
        }
        // An endpoint service: vpce-… .us-east-1.vpce.amazonaws.com
        let before = labels[aws - 1] == "vpce" && aws > 1 ? labels[aws - 2] : labels[aws - 1]
        return before.contains("-") ? before : nil
    }

    /// The suffix of service addresses: China's partition has its own.
    static func domain(of region: String) -> String {
        region.utf8.starts(with: "cn-".utf8) ? "amazonaws.com.cn" : "amazonaws.com"
    }
}
