import Agent
import EmbeddedClusters
import EmbeddedKafka
import Gate
import KafkaRecords
import Testing
import Value

extension AgentRuns {
    /// Each primitive asked once, with each of its parameters.
    @Suite("Primitives")
    struct PrimitivesTests {
        @Sendable private static func build(_ state: inout ClusterState) throws {
            state.nowMs = 1_500
            state.createTopic("orders", partitions: 2, settings: ["retention.ms": "1000"])
            let texts: [(key: String?, value: String?)] = [(nil, "v0"), ("k", "v1"), ("k", "v2"), ("k", nil)]
            try state.append(
                texts.enumerated().map { number, text in
                    var record = NewRecord(text.key, text.value)
                    record.headers = [.init(key: Array("h".utf8), value: Array("i".utf8))]
                    record.timestamp = 1_000 + Int64(number)
                    return record
                }, to: "orders")
            try state.append(
                (0..<9).map { NewRecord(value: [], timestamp: 600 + $0) }, to: "orders", 1)
            state.deleteRecords(of: "orders", 1, before: 2)
            state.createTopic("other")
            state.createTopic("__secret")
            state.topics["__secret"]?.isInternal = true
            state.createTopic("halved")
            state.removeLeader(of: "halved")
            state.commit(3, of: "billing", "orders", 0)
            state.commit(9, of: "billing", "orders", 1)
            var busy = Group()
            busy.kind = .consumer
            busy.state = "Stable"
            busy.members = [.init(id: "m-1", assignment: ["orders": [0]])]
            state.groups["busy"] = busy
        }

        /// Runs assertions in a gate; they fail the test with the place in the script.
        private func check(_ script: String) async throws {
            try await TwoClusters.with(source: Self.build) { clusters in
                let body = """
                    local c = ctx.source
                    local function eq(a, b) if a ~= b then error(tostring(a) .. ' is not ' .. tostring(b), 2) end end
                    local function names(rows, field)
                      local list = {}
                      for _, row in ipairs(rows) do
                        if row.error then ctx:acknowledge(row, 'seen') list[#list + 1] = '!' .. row.error.name
                        else list[#list + 1] = tostring(row[field]) end
                      end
                      return table.concat(list, ' ')
                    end
                    \(script)
                    \(passing)
                    """
                let trial = try await clusters.run(body, keys: "clusters = { 'source' },")
                let message = try trial.message("g")
                #expect(try trial.verdict("g") == "pass", "\(message)")
            }
        }

        @Test("describe")
        func describe() async throws {
            try await check(
                """
                local rows = c:describe()
                eq(#rows, 1) eq(rows[1].cluster_id, 'source') eq(rows[1].controller, 1)
                eq(#rows[1].brokers, 1) eq(rows[1].brokers[1].host, 'source-1') eq(rows[1].features['metadata.version'], 30)
                """)
        }

        @Test("topics: names, globs, exclusions, internal ones by name or on demand, what is missing")
        func topics() async throws {
            try await check(
                """
                eq(names(c:topics {}, 'topic'), 'halved orders other')
                eq(names(c:topics { internal = true }, 'topic'), '__secret halved orders other')
                eq(names(c:topics { names = { 'o*', '!other' } }, 'topic'), 'orders')
                eq(names(c:topics { pattern = '*r*' }, 'topic'), 'orders other')
                eq(names(c:topics { names = { '__secret' } }, 'topic'), '__secret')
                eq(names(c:topics { names = { 'orders', 'nope' } }, 'topic'), '!UNKNOWN_TOPIC_OR_PARTITION orders')
                eq(names(c:topics { names = { 'orders', 'zz*' } }, 'topic'), 'orders !protocol')
                local t = c:topics { names = { 'orders' }, operations = true }[1]
                eq(t.internal, false) eq(#t.partitions, 2) eq(t.partitions[2].partition, 1) eq(t.partitions[1].leader, 1)
                eq(#t.partitions[1].replicas, #t.partitions[1].isr) eq(#t.authorized_operations, 8)
                eq(#c:topics { names = { 'orders' } }[1].authorized_operations, 8)
                eq(c:topics { names = { 'orders' }, operations = false }[1].authorized_operations, nil)
                eq(c:topics { names = { 'halved' } }[1].partitions[1].leader, nil)
                """)
        }

        @Test("offsets: every position, a time, one partition")
        func offsets() async throws {
            try await check(
                """
                local function at(p) return names(c:offsets { topics = { 'orders' }, at = p }, 'offset') end
                eq(at(nil), '4 9') eq(at('end'), '4 9') eq(at('stable'), '4 9') eq(at('start'), '0 2')
                eq(at('local_start'), '0 2') eq(at(1002), '2 nil') eq(at('max_timestamp'), '3 8')
                eq(c:offsets { topics = 'orders', at = 1002 }[1].timestamp, 1002)
                eq(names(c:offsets { topics = { 'orders' }, partition = 1 }, 'offset'), '9')
                eq(names(c:offsets { topics = { 'orders' }, partition = 7 }, 'offset'), '!UNKNOWN_TOPIC_OR_PARTITION')
                local n = c:offsets { topics = { 'orders' }, at = 'tiered' }
                eq(#n, 2) for _, row in ipairs(n) do if row.error then ctx:acknowledge(row, 'old') end end
                """)
        }

        @Test("groups and group: patterns, states, types, members")
        func groups() async throws {
            try await check(
                """
                eq(names(c:groups {}, 'group'), 'billing busy')
                eq(names(c:groups { pattern = { 'b*', '!busy' } }, 'group'), 'billing')
                eq(names(c:groups { pattern = { 'none' } }, 'group'), '!GROUP_ID_NOT_FOUND')
                eq(names(c:groups { states = { 'empty' } }, 'group'), 'billing')
                eq(names(c:groups { types = { 'consumer' } }, 'group'), 'busy')
                local g = c:group { group = 'busy' }[1]
                eq(g.type, 'consumer') eq(g.state, 'stable') eq(#g.members, 1) eq(g.assignments[1].topic, 'orders')
                eq(names(c:group { group = 'none' }, 'group'), '!GROUP_ID_NOT_FOUND')
                """)
        }

        @Test(
            "without DESCRIBE on the cluster a list of groups that may lack some says so",
            arguments: [
                ("{}", "billing !CLUSTER_AUTHORIZATION_FAILED *"),
                ("{ pattern = { 'b*' } }", "billing !CLUSTER_AUTHORIZATION_FAILED b*"),
                ("{ pattern = { '!x' }, states = { 'empty' } }", "billing !CLUSTER_AUTHORIZATION_FAILED *"),
                (
                    "{ pattern = { 'billing', 'b?ll*', 'z*' } }",
                    "billing !GROUP_ID_NOT_FOUND z* !CLUSTER_AUTHORIZATION_FAILED b?ll*"
                ),
                ("{ pattern = { 'z*' } }", "!GROUP_ID_NOT_FOUND z*"), ("{ pattern = { 'billing' } }", "billing"),
                ("{ pattern = { 'busy' } }", "!GROUP_ID_NOT_FOUND busy"), ("{ pattern = {} }", ""),
            ])
        func hiddenGroups(call: String, expected: String) async throws {
            let script = """
                local list = {}
                for _, row in ipairs(ctx.source:groups \(call)) do
                  if row.error then
                    ctx:acknowledge(row, 'seen')
                    list[#list + 1] = '!' .. row.error.name .. ' ' .. row.error.group
                  else list[#list + 1] = row.group end
                end
                ctx:subject { n = 1 }:equal('groups', table.concat(list, ' '), '\(expected)')
                """
            for mayDescribe in [false, true] {
                try await TwoClusters.with { state in
                    try Self.build(&state)
                    state.access.hasAuthorizer = true
                    state.access.entries = [.init(.allow, "User:ANONYMOUS", .read, .group, "billing")]
                    if mayDescribe {
                        // Which comes with it.
                        state.access.entries.append(.init(.allow, "User:ANONYMOUS", .alter, .cluster, "kafka-cluster"))
                    }
                } _: { clusters in
                    let trial = try await clusters.run(script, keys: "clusters = { 'source' },")
                    let failed = try "\(trial.lines("read_error"))"
                    if mayDescribe {
                        #expect(!failed.contains("CLUSTER_AUTHORIZATION_FAILED"))
                    } else {
                        #expect(try trial.verdict("g") == "pass", "\(failed)")
                    }
                }
            }
        }

        @Test("committed and lag: a commit, none, topics that are named")
        func lag() async throws {
            try await check(
                """
                eq(names(c:committed { group = 'billing' }, 'offset'), '3 9')
                local all = c:committed { group = 'billing', topics = { 'other' }, stable = false }
                eq(#all, 1) eq(all[1].none, true) eq(all[1].offset, nil)
                eq(names(c:lag { group = 'billing' }, 'lag'), '1 0')
                local p = c:lag { group = 'billing', topics = { 'orders' }, isolation = 'read_committed' }[1]
                eq(p.committed, 3) eq(p.start_offset, 0) eq(p.end_offset, 4) eq(p.stable_offset, 4) eq(p.none, false)
                local q = c:lag { group = 'billing', topics = { 'other' } }[1]
                eq(q.none, true) eq(q.lag, nil)
                """)
        }

        @Test("configs of topics, brokers and groups")
        func configs() async throws {
            try await check(
                """
                local found
                for _, row in ipairs(c:configs { topics = { 'orders' } }) do
                  if row.name == 'retention.ms' then found = row.value eq(row.resource, 'orders') eq(row.type, 'topic') end
                end
                eq(found, '1000')
                local settings = #c:configs { brokers = { '*' } }
                for _, asked in ipairs { 'all', 1, '1', { 1 }, { '1' }, { 'all' } } do
                  local rows = c:configs { brokers = asked }
                  eq(#rows, settings)
                  for _, row in ipairs(rows) do eq(row.type, 'broker') eq(row.resource, '1') end
                end
                assert(settings > 0 and #c:configs { brokers = {} } == 0)
                for _, row in ipairs(c:configs { groups = { 'billing' } }) do eq(row.type, 'group') end
                """)
        }

        @Test("records and count: bounds, tombstones, headers, one at a time")
        func records() async throws {
            try await check(
                """
                local all = c:records { topic = 'orders', partition = 0, from = 0 }
                eq(names(all, 'offset'), '0 1 2 3') eq(all[1].key, nil) eq(all[2].key, 'k') eq(all[1].value, 'v0')
                eq(all[4].value, nil) eq(all[1].headers[1].key, 'h') eq(all[1].timestamp, 1000) eq(all[1].control, false)
                eq(all[1].producer_id, nil) eq(all[1].timestamp_type, 'create_time')
                eq(names(c:records { topic = 'orders', partition = 0, from = 1, to = 3 }, 'offset'), '1 2')
                eq(names(c:records { topic = 'orders', partition = 0, from = 1, count = 1, max_bytes = 1000 }, 'offset'), '1')
                eq(#c:records { topic = 'orders', partition = 0, from = 4, isolation = 'read_uncommitted' }, 0)
                local n = c:count { topic = 'orders', partition = 0, from = 1, to = 4, limit = 10, isolation = 'read_committed' }[1]
                eq(n.records, 3) eq(n.complete, true) eq(n.control, 0) eq(n.aborted, 0) eq(n.open, 0)
                """)
        }

        @Test("what does not fit, or is not there, is a failed row behind the others, unless less was asked for")
        func cutShort() async throws {
            try await TwoClusters.with {
                $0.createTopic("many")
                for _ in 0..<11 {
                    try $0.append((0..<10_000).map { NewRecord(value: [], timestamp: $0) }, to: "many")
                }
            } _: { clusters in
                let body = """
                    local function last(rows) local row = rows[#rows] ctx:acknowledge(row, 'seen') return row end
                    local function ask(what) what.topic, what.partition, what.from = 'many', 0, 0 return what end
                    local rows = ctx.source:records(ask {})
                    assert(#rows == 100001 and last(rows).error.name == 'limit' and last(rows).offset == 100000)
                    rows = ctx.source:records(ask { to = 100001, count = 200000 })
                    assert(#rows == 100001 and last(rows).error.name == 'limit')
                    assert(#ctx.source:records(ask { to = 100000 }) == 100000)
                    assert(#ctx.source:records(ask { count = 100000 }) == 100000)
                    assert(#ctx.source:records(ask { max_bytes = 10000 }) < 1000)
                    rows = ctx.source:batches(ask { to = 110001 })
                    assert(#rows == 12 and last(rows).error and last(rows).base_offset == 110000)
                    assert(#ctx.source:batches(ask { count = 3 }) == 3 and #ctx.source:batches(ask {}) == 11)
                    \(passing)
                    """
                let trial = try await clusters.run(body, keys: "clusters = { 'source' },")
                let message = try trial.message("g")
                #expect(try trial.verdict("g") == "pass", "\(message)")
            }
        }

        @Test("states and types of groups are taken in Kafka's spelling, its tools' and that of the rows")
        func groupWords() async throws {
            try await check(
                """
                for _, state in ipairs { 'Stable', 'stable', 'STABLE' } do
                  eq(names(c:groups { states = state }, 'group'), 'busy')
                end
                eq(names(c:groups { states = { 'Empty', 'PreparingRebalance' } }, 'group'), 'billing')
                eq(names(c:groups { states = { 'preparing_rebalance', 'not-ready' } }, 'group'), '')
                eq(names(c:groups { types = 'Consumer' }, 'group'), 'busy')
                eq(names(c:groups { types = { 'classic', 'share' } }, 'group'), 'billing')
                """)
            try await TwoClusters.with(source: Self.build) { clusters in
                let trial = try await clusters.run(
                    "ctx.source:groups { states = { 'stabel' } } " + passing, keys: "clusters = { 'source' },")
                #expect(try trial.codes("g").contains("script_error"))
                #expect(try trial.message("g").contains("'states' must be a list of words of these: assigning, "))
            }
        }

        @Test("probe: a broker of another cluster is a failure, though it lets everybody in")
        func probeOfOtherCluster() async throws {
            try await TwoClusters.with(source: Self.build) { clusters in
                clusters.source.change { $0.advertise(1, at: clusters.target.bootstrap[0]) }
                let body = """
                    local p = ctx.source:probe { brokers = 'bootstrap' }[1]
                    ctx:subject { n = 1 }:is_true('own', p.login)
                    p = ctx.source:probe {}[1]
                    ctx:subject { n = 2 }:is_true('other', not p.login and not p.refused and p.tcp)
                    ctx:subject { n = 2 }:equal('name', p.failure and p.failure.name, 'protocol.other_cluster')
                    """
                let trial = try await clusters.run(body, keys: "clusters = { 'source' }, probes = true,")
                let checks = try trial.lines("check")
                #expect(try trial.verdict("g") == "pass", "\(checks)")
            }
        }

        @Test("probe: every broker, the bootstrap addresses")
        func probe() async throws {
            try await check(
                """
                for _, which in ipairs { 'all', 'bootstrap' } do
                  local p = c:probe { brokers = which }[1]
                  eq(p.tcp, true) eq(p.login, true) eq(p.refused, false) eq(p.failure, nil) eq(p.sasl, nil)
                  eq(p.listener, 'PLAINTEXT') eq(p.throttle_time_ms, 0) assert(p.rtt_us >= 0) assert(#p.api_versions.Metadata == 2)
                end
                """)
        }
    }
}
