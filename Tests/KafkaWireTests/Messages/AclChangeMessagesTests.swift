import Testing

@testable import KafkaWire

/// Bytes as Kafka's own classes write them.
@Suite("Messages that change ACLs")
struct AclChangeMessagesTests {
    @Test("CreateAcls requests are written and read as by Kafka, at every version")
    func createAclsRequest() throws {
        try check(
            CreateAclsRequest.self,
            [
                1...1: "0000000102000161040006557365723a7000012a0302",
                2...3: "020202610407557365723a70022a03020000",
            ]
        ) { _ in
            .with {
                $0.creations = [
                    .with {
                        $0.resourceType = 2
                        $0.resourceName = "a"
                        $0.resourcePatternType = 4
                        $0.principal = "User:p"
                        $0.host = "*"
                        $0.operation = 3
                        $0.permissionType = 2
                    }
                ]
            }
        }
    }

    @Test("CreateAcls responses are written and read as by Kafka, at every version")
    func createAclsResponse() throws {
        try checkResponse(
            CreateAclsRequest.self,
            [
                1...1: "0000000500000001002a00026e6f",
                2...3: "0000000502002a036e6f0000",
            ]
        ) { _ in
            .with {
                $0.throttleTimeMs = 5
                $0.results = [
                    .with {
                        $0.error = .invalidRequest
                        $0.errorMessage = "no"
                    }
                ]
            }
        }
    }

    @Test("DeleteAcls requests are written and read as by Kafka, at every version")
    func deleteAclsRequest() throws {
        try check(
            DeleteAclsRequest.self,
            [
                1...1: "000000010200016104ffff00012a0101",
                2...3: "020202610400022a01010000",
            ]
        ) { _ in
            .with {
                $0.filters = [
                    .with {
                        $0.resourceTypeFilter = 2
                        $0.resourceNameFilter = "a"
                        $0.patternTypeFilter = 4
                        $0.principalFilter = nil
                        $0.hostFilter = "*"
                        $0.operation = 1
                        $0.permissionType = 1
                    }
                ]
            }
        }
    }

    @Test("DeleteAcls responses are written and read as by Kafka, at every version")
    func deleteAclsResponse() throws {
        try checkResponse(
            DeleteAclsRequest.self,
            [
                1...1: "00000005000000010000ffff000000010000ffff02000161040006557365723a7000012a0302",
                2...3: "0000000502000000020000000202610407557365723a70022a0302000000",
            ]
        ) { _ in
            .with {
                $0.throttleTimeMs = 5
                $0.filterResults = [
                    .with {
                        $0.errorMessage = nil
                        $0.matchingAcls = [
                            .with {
                                $0.errorMessage = nil
                                $0.resourceType = 2
                                $0.resourceName = "a"
                                $0.patternType = 4
                                $0.principal = "User:p"
                                $0.host = "*"
                                $0.operation = 3
                                $0.permissionType = 2
                            }
                        ]
                    }
                ]
            }
        }
    }
}
