---@meta
-- Written by `sluice test --luacats`: what the functions of a gate's test get, as `world`.

---@class sluice.test.Record
---@field key? string
---@field value? string Without: a tombstone.
---@field headers? table<string, string>
---@field timestamp? integer In ms since 1970. Default: the world's time.

---A user of SASL/PLAIN (or of another mechanism), or client properties as they stand; `certificate` is the name
---in the client's certificate, which is made for it.
---@class sluice.test.Login
---@field user? string
---@field password? string
---@field mechanism? string
---@field certificate? string

---@class sluice.test.Check
---@field check string
---@field subject? table<string, any>
---@field ok? boolean Nil where it is unknown.
---@field unknown? string The reason why it could not be judged.
---@field actual? any
---@field limit? any
---@field facts? table<string, any>

---@class (exact) sluice.test.RunOptions
---@field wait? string|integer As `--wait`; such as `10m`. The world's clock makes it short.
---@field hold? string|integer As `--hold`.
---@field watch? string|integer As `--watch`.
---@field every? string|integer As `--every`.
---@field gate_timeout? string|integer As `--gate-timeout`.
---@field map_topics? string As `--map-topics`, such as `src.{topic}`.
---@field map_groups? string As `--map-groups`.
---@field allow? string[] Effects that the gate may have.
---@field principals? table<string, sluice.test.Login> Principals to act as, by name: `{ billing = { user = "billing", password = "secret" } }`.
---@field login? sluice.test.Login How the run itself logs in. Default: it does not.
---@field config? table<string, string|integer|boolean> Client properties on both clusters.
---@field gate? string Another gate to run, by its path from the test's folder: one whose evidence this one judges against.
---@field freeze? string As `--freeze`: `result.evidence` of a `freeze_capture`.
---@field host? string The machine it runs on. Default: one and the same.
---@field prior? string[] As `--prior`: `result.evidence` of earlier runs.
---@field plan? table Declared facts, as in a plan: `contracts`, `facts`, …

---@class (exact) sluice.test.TLS
---@field days? integer How long it is valid from now on, 365 where left out.
---@field starts_in? integer In how many days it begins; -1, yesterday, where left out.
---@field hosts? string[] Whom it is for. Default: the host of the broker.
---@field issuer? string The name of another authority, which no client trusts by itself.
---@field intermediate_days? integer How long an authority between it and the root is valid. Default: there is none.
---@field broker? integer The broker that shows it, from 1. Default: each has one.
---@field client_certificates? boolean Whether clients have to show one themselves where there is no login: `certificate` of a login.

---@class (exact) sluice.test.Cluster
local Cluster = {}

---Creates a topic.
---@param name string The topic.
---@param partitions? integer How many; 1 where left out.
---@param configs? table<string, string|integer|boolean> Settings of the topic itself, such as `{ ["retention.ms"] = 3600000 }`.
---@param options? { replication?: integer, internal?: boolean, beside?: boolean } `beside`: the topic stands beside the question, and mutation leaves it alone.
function Cluster:topic(name, partitions, configs, options) end

---Deletes a topic with all it holds.
---@param name string The topic.
function Cluster:delete_topic(name) end

---Changes a setting of a topic.
---@param topic string The topic.
---@param name string The setting.
---@param value? string|integer|boolean Its value; nil: the default again.
function Cluster:config(topic, name, value) end

---Gives a topic more partitions, or takes its last ones away.
---@param topic string The topic.
---@param count integer How many it has from here on.
function Cluster:partitions(topic, count) end

---Has the brokers deny all knowledge of a topic, as they do to whoever may not describe it.
---@param topic string The topic.
function Cluster:hide(topic) end

---Makes another broker the leader of a partition.
---@param topic string The topic.
---@param partition integer The partition.
---@param broker? integer The new leader; nil: there is none.
---@param options? { announced?: boolean } `announced = false`: Metadata keeps naming the old one.
function Cluster:move_leader(topic, partition, broker, options) end

---Moves the start of a log, as retention does.
---@param topic string The topic.
---@param partition integer The partition.
---@param before integer The first offset that stays.
function Cluster:delete_records(topic, partition, before) end

---Leaves the last record of each key alone, as compaction does; where the log starts stays.
---@param topic string The topic.
---@param partition integer The partition.
---@param before? integer The first offset that stays as it is; nil: everything stable is compacted.
function Cluster:compact(topic, partition, before) end

---Loses the end of a log, as an unclean leader election does.
---@param topic string The topic.
---@param partition integer The partition.
---@param to integer Where the log ends from here on.
function Cluster:truncate(topic, partition, to) end

---Writes records, as one batch.
---@param topic string The topic.
---@param partition integer The partition.
---@param records integer|(string|sluice.test.Record)[] A number of records with something in them, or the records: a text is the value of one.
---@param options? { codec?: "gzip"|"snappy"|"lz4"|"zstd", transaction?: string, finish?: "commit"|"abort"|"open" } `transaction`: write them in this one, which then ends as `finish` says (default: commit).
---@return integer offset Of the first.
function Cluster:append(topic, partition, records, options) end

---Ends a transaction that was left open.
---@param transaction string Its id.
---@param how "commit"|"abort" What becomes of it.
function Cluster:finish(transaction, how) end

---Flips a byte of the batch that holds a record, whose checksum is then wrong.
---@param topic string The topic.
---@param partition integer The partition.
---@param offset integer A record's offset.
function Cluster:damage(topic, partition, offset) end

---Creates a group; a commit does so too.
---@param name string The group.
---@param options? { state?: string, type?: "classic"|"consumer"|"share", members?: { client?: string, assignment?: table<string, integer[]> }[], beside?: boolean } Without members the group is empty, else stable. `beside`: mutation leaves it alone.
function Cluster:group(name, options) end

---Sets where a group stands in a partition.
---@param group string The group.
---@param topic string The topic.
---@param partition integer The partition.
---@param offset? integer The next record to read; nil: the commit is gone.
---@param options? { metadata?: string, leader_epoch?: integer } Rarely needed.
function Cluster:commit(group, topic, partition, offset, options) end

---Adds an access control entry that allows something. With the first entry the cluster has an authorizer, to whom the run itself is a super user unless `authorizer` says otherwise.
---@param principal string Such as `User:billing`.
---@param operation string Such as `read`; `all` is every one.
---@param resource "topic"|"group"|"cluster"|"transactional_id" What kind.
---@param name? string Its name; `*`: any. A cluster needs none.
---@param options? { prefixed?: boolean, host?: string, beside?: boolean } `beside`: it stands beside the question, and mutation leaves it alone.
function Cluster:allow(principal, operation, resource, name, options) end

---Adds an access control entry that denies something. With the first entry the cluster has an authorizer, to whom the run itself is a super user unless `authorizer` says otherwise.
---@param principal string Such as `User:billing`.
---@param operation string Such as `read`; `all` is every one.
---@param resource "topic"|"group"|"cluster"|"transactional_id" What kind.
---@param name? string Its name; `*`: any. A cluster needs none.
---@param options? { prefixed?: boolean, host?: string, beside?: boolean } `beside`: it stands beside the question, and mutation leaves it alone.
function Cluster:deny(principal, operation, resource, name, options) end

---Gives the cluster an authorizer.
---@param options? { super_users?: string[], everyone?: boolean } Default: the run itself is the super user. `everyone`: what has no entry is allowed to all.
function Cluster:authorizer(options) end

---Lets a user in at the SASL listener.
---@param user string Who logs in.
---@param password? string The password; nil: not any more.
---@param mechanism? "PLAIN"|"SCRAM-SHA-256"|"SCRAM-SHA-512" By which mechanism; PLAIN.
function Cluster:login(user, password, mechanism) end

---Lists a user whom SCRAM can log in.
---@param user string The user.
---@param mechanism "SCRAM-SHA-256"|"SCRAM-SHA-512" The mechanism.
---@param iterations? integer 4096 where left out.
function Cluster:scram(user, mechanism, iterations) end

---Sets a client quota.
---@param entity table<string, string> Whom it binds: `{ user = "billing" }`, `{ ["client-id"] = "<default>" }`.
---@param limits table<string, number> Such as `{ consumer_byte_rate = 1048576 }`.
---@param options? { beside?: boolean } `beside`: it stands beside the question, and mutation leaves it alone.
function Cluster:quota(entity, limits, options) end

---Makes the cluster anew, empty, of so many brokers.
---@param count integer How many; a world begins with 2.
---@param version? "3.9"|"4.3" The release of Kafka they are; 4.3.
function Cluster:brokers(count, version) end

---Gives the cluster another id.
---@param id string The new one.
function Cluster:cluster_id(id) end

---Changes a setting of every broker.
---@param name string The setting, as in `server.properties`.
---@param value? string|integer|boolean Its value; nil: the default again.
function Cluster:broker_config(name, value) end

---Stops a broker: the cluster lists it no more, and what it led has no leader.
---@param broker integer Its id, from 1.
function Cluster:down(broker) end

---Brings a broker back that was down or could not be reached.
---@param broker integer Its id, from 1.
function Cluster:up(broker) end

---Leaves a broker advertised and refuses connections to it.
---@param broker? integer Its id, from 1; nil: every broker.
function Cluster:unreachable(broker) end

---Gives brokers a certificate, and so listeners with TLS: for SSL and, behind a login, SASL_SSL. Clients trust its issuer unless they say otherwise.
---@param options? sluice.test.TLS What the brokers show, and to whom.
function Cluster:tls(options) end

---Has answers carry an error, where Kafka would put it.
---@param api string Kafka's name of the request, such as `ListOffsets`.
---@param error string Kafka's name of the error.
---@param options? { times?: integer, broker?: integer } How often (default: from now on), and on which broker (default: any).
function Cluster:fail(api, error, options) end

---Has answers come late.
---@param api string Kafka's name of the request, such as `ListOffsets`.
---@param time string|integer Such as `2s`; the world's clock moves on by it.
---@param options? { times?: integer, broker?: integer } How often (default: from now on), and on which broker (default: any).
function Cluster:delay(api, time, options) end

---Has answers ask for a pause, as where a quota is used up.
---@param api string Kafka's name of the request, such as `ListOffsets`.
---@param time string|integer How long a pause the answer asks for.
---@param options? { times?: integer, broker?: integer } How often (default: from now on), and on which broker (default: any).
function Cluster:throttle(api, time, options) end

---Closes the connection instead of an answer.
---@param api string Kafka's name of the request, such as `ListOffsets`.
---@param options? { times?: integer, broker?: integer } How often (default: from now on), and on which broker (default: any).
function Cluster:disconnect(api, options) end

---Sends bytes that are no answer.
---@param api string Kafka's name of the request, such as `ListOffsets`.
---@param options? { times?: integer, broker?: integer } How often (default: from now on), and on which broker (default: any).
function Cluster:garbage(api, options) end

---@class (exact) sluice.test.Moment
---@field source sluice.test.Cluster
---@field target sluice.test.Cluster

---@class (exact) sluice.test.Clock
local Clock = {}

---Lets time pass, and retention take what is due.
---@param time string|integer Such as `5m`.
function Clock:advance(time) end

---What time it is in the world.
---@return integer ms Since 1970.
function Clock.now_ms() end

---@class (exact) sluice.test.Result
---@field verdict "pass"|"fail"|"inconclusive"
---@field evidence string For the options `freeze` and `prior` of a later run.
---@field attempts integer How often the gate was evaluated.
---@field held_ms integer? For how long it held, where that was asked for.
---@field reasons { code: string, message: string }[]
---@field checks sluice.test.Check[]
local Result = {}

---Expects a pass.
function Result:passes() end

---Expects a fail, and says by which check.
---@param check? string A check that has to be among those that failed.
---@param subject? table<string, any> What the check is about; entries that are left out may be any.
---@param values? { actual?: any, limit?: any, facts?: table } What was measured, and against what.
function Result:fails(check, subject, values) end

---Expects that nothing was decided, and says why.
---@param reason? string The code of a reason, such as `unreachable`.
---@param message? string What the message of that reason has in it.
function Result:inconclusive(reason, message) end

---Expects a check, whatever the verdict.
---@param check string The name of a check.
---@param subject? table<string, any> What the check is about; entries that are left out may be any.
---@param values? { ok?: boolean, unknown?: string, actual?: any, limit?: any, facts?: table } How it came out; `unknown`: the reason why it could not be judged.
function Result:has(check, subject, values) end

---Expects these checks and no others.
---@param checks sluice.test.Check[] Every check in the order in which they were made: `{ check = "lag", subject = { partition = 0 }, ok = true, actual = 3 }`.
function Result:lists(checks) end

---Expects a note.
---@param name string The note's name.
---@param facts? table<string, any> What it holds; entries left out may be any.
function Result:notes(name, facts) end

---@class (exact) sluice.test.World
---@field source sluice.test.Cluster
---@field target sluice.test.Cluster
---@field clock sluice.test.Clock
local World = {}

---Runs the gate that the file is the test of, on both clusters as they are now.
---@param arguments? table<string, any> The gate's arguments, by name.
---@param options? sluice.test.RunOptions What options of `sluice run` would say.
---@return sluice.test.Result result
function World:run(arguments, options) end

---A later moment, at which something happens while the gate runs: `world:at("2m").source:append(…)`.
---@param time string|integer From now on, such as `90s`.
---@return sluice.test.Moment moment
function World:at(time) end
