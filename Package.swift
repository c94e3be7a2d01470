// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
]

let strictC: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-std=c11"])]

/// A module of the product.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of a module, which mirror its folder.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: strict)
}

/// A module map over a C library of the distribution.
func library(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// C of our own.
func c(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/C/\(name)", cSettings: strictC)
}

let package = Package(
    name: "sluice",
    products: [.executable(name: "sluice", targets: ["sluice"])],
    targets: [
        library("CLua", "lua5.4", "liblua5.4-dev"),
        library("CZlib", "zlib", "zlib1g-dev"),
        library("CZstd", "libzstd", "libzstd-dev"),
        library("CLz4", "liblz4", "liblz4-dev"),
        library("CSnappy", "snappy", "libsnappy-dev"),
        library("CXxhash", "libxxhash", "libxxhash-dev"),
        library("CCrypto", "libcrypto", "libssl-dev"),
        library("COpenSSL", "openssl", "libssl-dev"),
        c("CLuaHost", ["CLua"]),
        c("CLoading"),
        // Opened when they are first needed (libcurl4-openssl-dev, libkrb5-dev have the headers): pkg-config would link
        // them, and so make every start pay for them.
        c("CCurl", ["CLoading"]),
        c("CKerberos", ["CLoading"]),
        c("CTLS", ["COpenSSL"]),
        c("CCRC32C"),
        c("CRecordDigest", ["CXxhash"]),
        c("CHeap"),
        c("CCommit"),

        module("Guarding"),
        module("HostSystem", ["Guarding"]),
        module("Value"),
        module("Secrets", ["Guarding"]),
        module("KafkaWire"),
        module("KafkaRecords", ["KafkaWire", "CCRC32C", "CRecordDigest", "CZlib", "CZstd", "CLz4", "CSnappy"]),
        module("Transport", ["Guarding"]),
        module("Crypto", ["CCrypto"]),
        module("Web", ["Transport", "CCurl"]),
        module("Kerberos", ["Guarding", "CKerberos"]),
        module(
            "KafkaClient",
            [
                "Guarding", "KafkaRecords", "KafkaWire", "Transport", "Secrets", "Value", "HostSystem", "Crypto", "Web",
                "Kerberos",
            ]),
        module("TLS", ["Guarding", "KafkaClient", "Transport", "Secrets", "CTLS", "COpenSSL"]),
        module("KafkaFacts", ["KafkaClient", "KafkaRecords", "KafkaWire", "Transport"]),
        module(
            "Parity",
            ["Crypto", "Guarding", "KafkaFacts", "KafkaClient", "KafkaRecords", "KafkaWire", "Transport", "Value"]),
        module("EmbeddedKafka", ["Crypto", "Guarding", "KafkaRecords", "KafkaWire", "TLS", "Transport", "Value"]),
        module("LuaKit", ["Guarding", "CLuaHost", "Value"]),
        module("LuaSyntax", ["Value"]),
        module("Gate", ["Value"]),
        module("Evidence", ["Guarding", "Value", "Secrets", "CCrypto"]),
        module(
            "Agent",
            [
                "Guarding", "Value", "Secrets", "HostSystem", "Gate", "LuaKit", "LuaSyntax", "Evidence", "KafkaFacts",
                "KafkaClient", "KafkaRecords", "KafkaWire", "Parity", "TLS", "Transport", "Web",
            ]
        ),
        module(
            "GateTesting",
            [
                "Guarding", "Value", "Secrets", "HostSystem", "Gate", "LuaKit", "Evidence", "EmbeddedKafka",
                "KafkaClient", "KafkaRecords", "KafkaWire", "TLS", "Transport", "Agent",
            ]),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "Guarding", "Agent", "GateTesting", "EmbeddedKafka", "Evidence", "Gate", "Value", "Secrets",
                "HostSystem", "KafkaClient", "KafkaRecords", "KafkaWire", "Transport", "CCommit", "CHeap",
            ],
            swiftSettings: strict),

        .target(
            name: "ScriptedBroker",
            dependencies: ["Guarding", "KafkaClient", "KafkaRecords", "KafkaWire", "Transport"],
            path: "Tests/ScriptedBroker", swiftSettings: strict),
        .target(
            name: "EmbeddedClusters",
            dependencies: ["EmbeddedKafka", "Guarding", "KafkaClient", "KafkaWire", "Transport"],
            path: "Tests/EmbeddedClusters", swiftSettings: strict),
        .target(name: "TLSFixtures", dependencies: ["Guarding"], path: "Tests/TLSFixtures", swiftSettings: strict),

        tests("Guarding"),
        tests("HostSystem"),
        tests("Value"),
        tests("Secrets"),
        tests("KafkaWire", ["Value"]),
        tests("KafkaRecords", ["KafkaWire"]),
        tests("Transport"),
        .target(name: "WebServer", dependencies: ["Guarding"], path: "Tests/WebServer", swiftSettings: strict),
        tests("Crypto", ["Value"]),
        tests("Web", ["Transport", "WebServer"]),
        tests("Kerberos"),
        tests(
            "KafkaClient",
            [
                "EmbeddedClusters", "EmbeddedKafka", "Guarding", "ScriptedBroker", "KafkaWire", "KafkaRecords",
                "Transport", "Secrets", "Value", "HostSystem", "Crypto", "Web", "WebServer",
            ]),
        tests("TLS", ["KafkaClient", "Transport", "Secrets", "TLSFixtures"]),
        tests(
            "KafkaFacts",
            [
                "EmbeddedClusters", "EmbeddedKafka", "ScriptedBroker", "KafkaClient", "KafkaWire", "KafkaRecords",
                "Transport",
            ]),
        tests(
            "Parity",
            [
                "Crypto", "EmbeddedClusters", "EmbeddedKafka", "Guarding", "ScriptedBroker", "KafkaFacts",
                "KafkaClient", "KafkaRecords", "KafkaWire", "Transport",
            ]),
        tests(
            "EmbeddedKafka",
            [
                "Crypto", "Guarding", "KafkaClient", "KafkaFacts", "KafkaRecords", "KafkaWire", "Secrets", "TLS",
                "Transport",
            ]),
        tests("LuaKit", ["Guarding", "Value"]),
        tests("LuaSyntax", ["Value"]),
        tests("GateTesting", ["Agent", "EmbeddedKafka", "Evidence", "HostSystem", "Secrets", "Gate", "Value"]),
        tests("Gate", ["Value"]),
        tests("Evidence", ["Guarding", "Value", "Secrets"]),
        tests(
            "Agent",
            [
                "EmbeddedClusters", "EmbeddedKafka", "Guarding", "Value", "Gate", "Evidence", "LuaKit", "HostSystem",
                "Secrets", "KafkaClient", "KafkaFacts", "KafkaRecords", "KafkaWire", "Transport",
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Guarding", "sluice", "Agent", "Gate", "Secrets", "Value", "Evidence", "EmbeddedKafka", "KafkaClient",
                "KafkaWire", "KafkaRecords", "TLS", "Transport", "TLSFixtures", "WebServer", "ScriptedBroker",
            ],
            exclude: ["Support/AccessFixture.java", "Support/KafkaFixture.java"], swiftSettings: strict),
    ]
)
