-- Trouble on this side, or a pause that the broker asked for: nothing was learnt about the login.
local NO_OBSERVATION = { deadline = true, interrupted = true, limit = true, throttled = true }

-- A login that came to nothing, by the broker's word or for lack of a credential to show: that is the question here.
local NO_LOGIN = { auth = true, ["auth.aborted"] = true, ["auth.tls"] = true, server_not_authenticated = true }

local function facts_of(row)
  local facts = { node = row.node, listener = row.listener, dns = row.dns, tcp = row.tcp }
  if row.sasl then
    facts.mechanism = row.sasl.mechanism
    facts.offered = row.sasl.mechanisms
    facts.session_lifetime_ms = row.sasl.session_lifetime_ms
  end
  if row.failure then
    facts.error = row.failure.name
    facts.message = row.failure.message
  end
  return facts
end

-- Days until the first certificate of the chain ends, and which one that is.
local function days_left(ctx, chain)
  local first
  for _, certificate in ipairs(chain) do
    if first == nil or certificate.not_after_ms < first.not_after_ms then first = certificate end
  end
  if first == nil then return nil end
  return (first.not_after_ms - ctx.clock.now_ms()) // 86400000, first
end

local function judge_tls(ctx, subject, row, failed)
  local tls = row.tls
  local facts = {}
  if tls then
    facts.version, facts.cipher, facts.verify_host = tls.version, tls.cipher, tls.verify_host
    facts.verify_error = tls.verify_error
    local leaf = tls.chain[1]
    if leaf then
      facts.subject, facts.issuer, facts.not_after, facts.sha256 = leaf.subject, leaf.issuer, leaf.not_after, leaf.sha256
    end
  end
  if failed then
    facts.error, facts.message = row.failure.name, row.failure.message
    subject:is_true("tls", false, facts)
  elseif tls and not tls.verified then
    subject:is_true("tls", false, facts)
  elseif tls then
    local days, first = days_left(ctx, tls.chain)
    facts.first_to_expire = first and first.subject
    subject:at_least("tls", days, ctx.args.min_valid_days, "days", facts)
  end
end

local function judge_login(ctx, principal, row)
  local subject = ctx:subject { principal = principal, broker = row.broker }
  local facts = facts_of(row)
  local failure = row.failure and row.failure.name
  local tls_failed = failure ~= nil and failure:sub(1, 4) == "tls."
  judge_tls(ctx, subject, row, tls_failed)
  if failure and NO_OBSERVATION[failure] then
    subject:unknown("login", failure, facts)
  elseif ctx.args.expect == "denied" and ctx.args.operations == nil then
    -- Only the broker's own refusal proves that it refuses.
    if row.login or row.refused then
      subject:equal("login", row.login, false, facts)
    else
      subject:unknown("login", "unreachable", facts)
    end
  elseif row.login or row.refused or tls_failed or row.advertised or NO_LOGIN[failure] then
    subject:is_true("login", row.login, facts)
  else
    subject:unknown("login", "unreachable", facts)
  end
  if ctx.args.mechanism and row.login then
    subject:equal("mechanism", row.sasl and row.sasl.mechanism or "none", ctx.args.mechanism)
  end
end

-- Every broker that the cluster advertises. Where the list cannot be had, the bootstrap addresses are all there is.
local function judge_logins(ctx, principal, cluster)
  local rows = cluster:probe { brokers = "all" }
  local unlisted = rows[1] and rows[1].error
  if unlisted and unlisted.name == "protocol.other_cluster" then
    -- A login there says nothing about this one.
    ctx:subject { principal = principal }:unknown("login", rows[1])
    return false
  end
  if rows[1] == nil or unlisted then
    if unlisted then ctx:acknowledge(rows[1], "the bootstrap addresses are probed instead") end
    rows = cluster:probe { brokers = "bootstrap" }
  end
  local logged_in = false
  for _, row in ipairs(rows) do
    if row.error then
      ctx:subject { principal = principal }:unknown("login", row)
    else
      judge_login(ctx, principal, row)
      logged_in = logged_in or row.login
    end
  end
  if unlisted and logged_in then
    -- One that lets in says nothing about those that it did not get to name.
    ctx:subject { principal = principal }:unknown("brokers", unlisted.name, { message = unlisted.message })
  end
  return logged_in
end

local function holds(list, operation)
  for _, one in ipairs(list) do
    if one == operation then return true end
  end
  return false
end

-- What no client can do with a topic or group that it may not describe.
local NEEDS_DESCRIBE = { read = true, write = true, delete = true, alter = true }

local ON_GROUPS = { read = true, delete = true, describe = true, describe_configs = true, alter_configs = true }

-- The operations that such things have at all.
local function operations_on(ctx, kind)
  local list = {}
  for _, operation in ipairs(ctx.args.operations) do
    if kind == "topic" or ON_GROUPS[operation] then list[#list + 1] = operation end
  end
  return list
end

-- CREATE on the cluster is CREATE on every topic, and stands in the list of no topic.
local function judge_create(ctx, subject, cluster)
  local expected = ctx.args.expect == "allowed"
  local row = cluster:describe {}[1]
  if row.error then
    subject:unknown("allowed", row)
  elseif row.authorized_operations == nil then
    subject:unknown("allowed", "the broker does not tell whether the principal may create every topic of the cluster")
  else
    subject:equal("allowed", holds(row.authorized_operations, "create"), expected, { by = "cluster" })
  end
end

-- `row` has the operations, or the error that the lack of a permission gives.
local function judge_operations(ctx, principal, cluster, kind, name, row)
  for _, operation in ipairs(operations_on(ctx, kind)) do
    local about = { principal = principal, operation = operation }
    about[kind] = name
    local subject = ctx:subject(about)
    local expected = ctx.args.expect == "allowed"
    local refused = row.error
      and (row.error.name == "TOPIC_AUTHORIZATION_FAILED" or row.error.name == "GROUP_AUTHORIZATION_FAILED")
    if refused then
      ctx:acknowledge(row, "a permission that is missing is what this gate judges")
      local facts = { error = row.error.name }
      if operation == "describe" or (expected and NEEDS_DESCRIBE[operation]) then
        subject:equal("allowed", false, expected, facts)
      else
        -- Without DESCRIBE nothing is told of the other operations, and not every authorizer has one imply another.
        subject:unknown("allowed", row.error.name, facts)
      end
    elseif row.error then
      subject:unknown("allowed", row)
    elseif row.authorized_operations == nil then
      subject:unknown("allowed", "the broker does not tell what is allowed")
    elseif kind == "group" and not holds(row.known_operations, operation) then
      subject:unknown("allowed", "the broker has not heard of this operation on groups")
    elseif operation == "create" and not holds(row.authorized_operations, operation) then
      judge_create(ctx, subject, cluster)
    else
      subject:equal("allowed", holds(row.authorized_operations, operation), expected)
    end
  end
end

-- A pattern that only what a cluster has can answer.
local function is_glob(pattern) return pattern:find("[*?[]") ~= nil end

local function is_plain(patterns)
  for _, pattern in ipairs(patterns) do
    if is_glob(pattern) or pattern:sub(1, 1) == "!" then return false end
  end
  return true
end

-- The names that the run or the principal itself sees behind names and globs: what is hidden from the principal is what
-- it lacks, and must not go unasked. A plain name is asked about in any case. `views` are lists of rows, `kind` is their
-- field that has the name.
local function selection(ctx, principal, kind, views)
  local found, missed = {}, {}
  for _, rows in ipairs(views) do
    for _, row in ipairs(rows) do
      local name = row[kind]
      if type(name) ~= "string" then
        ctx:subject { principal = principal, what = kind .. "s" }:unknown("allowed", row)
      elseif row.error and is_glob(name) then
        missed[name] = missed[name] or {}
        missed[name][#missed[name] + 1] = row
      else
        if row.error then ctx:acknowledge(row, "asked again as the principal") end
        found[name] = true
      end
    end
  end
  for name, rows in pairs(missed) do
    if #rows == #views then ctx:subject { principal = principal, [kind] = name }:unknown("allowed", rows[1]) end
    for _, row in ipairs(rows) do ctx:acknowledge(row, "what one of run and principal sees is enough") end
  end
  local names = {}
  for name in pairs(found) do names[#names + 1] = name end
  return names
end

-- `list` asks one of the two for the rows.
local function names_of(ctx, principal, own, cluster, kind, patterns, list)
  if is_plain(patterns) then return patterns end
  local views = { list(cluster, patterns) }
  if cluster ~= own then views[2] = list(own, patterns) end
  return selection(ctx, principal, kind, views)
end

local function topics_of(ctx, principal, own, cluster)
  return names_of(ctx, principal, own, cluster, "topic", ctx.args.topics, function(side, patterns)
    return side:topics { names = patterns, operations = false }
  end)
end

local function groups_of(ctx, principal, own, cluster)
  return names_of(ctx, principal, own, cluster, "group", ctx.args.groups, function(side, patterns)
    return side:groups { pattern = patterns }
  end)
end

local function judge_permissions(ctx, principal, own, cluster)
  local topics = ctx.args.topics and topics_of(ctx, principal, own, cluster) or {}
  if #topics > 0 then
    for _, row in ipairs(cluster:topics { names = topics, operations = true }) do
      if type(row.topic) == "string" then
        judge_operations(ctx, principal, cluster, "topic", row.topic, row)
      else
        ctx:subject { principal = principal, what = "topics" }:unknown("allowed", row)
      end
    end
  end
  if ctx.args.groups == nil then return end
  if #operations_on(ctx, "group") == 0 then
    ctx:subject { principal = principal, what = "groups" }:unknown("allowed", "groups have none of these operations")
    return
  end
  for _, group in ipairs(groups_of(ctx, principal, own, cluster)) do
    -- It need not exist yet.
    judge_operations(ctx, principal, cluster, "group", group, cluster:group_operations { group = group }[1])
  end
end

return {
  name = "auth_probe",
  summary = "Each principal logs in on every advertised broker, and may do what it needs",
  doc = [[
Each principal (those given with --principal; none: the run's own configuration, as `self`) connects and logs in on
every broker that the cluster advertises, in one attempt each: a bootstrap broker that lets it in says nothing about the
others. A broker that refuses, that cannot be reached from here, or that is one of another cluster, fails, by name. Where
there is TLS, the chain has to be valid for the host name (unless the configuration switches that check off, which the
facts then say), and each certificate in it for `min_valid_days` more. With `operations` the brokers are then asked what
the principal may do with the named topics and groups. Globs stand for what the principal or the run's
own login sees there, so that a topic that is hidden from the principal is asked about; what neither sees is not. A group
that is named need not exist yet. Groups are asked about the operations that groups have: `read`, `delete`, `describe`
and, since Kafka 4.0, those on their settings. A topic may be created, too, by whom the cluster allows to create any,
which is told only to those that may describe the cluster: `create` is else inconclusive where the topic alone does not
allow it.

`expect = "denied"` turns it around: without `operations` every broker has to refuse the login itself (one that cannot
be reached proves nothing); with `operations` they have to be denied.

A password is tried once per broker, so that a wrong one locks nobody out. The gate does not prove that the permission
to do something lasts, or that quotas leave room to do it.]],
  phase = "preflight",
  severity = "blocker",
  tags = { "security" },
  clusters = { arg = "cluster" },
  probes = true,
  args = {
    principals = { type = "string[]", doc = "Names given with --principal. Default: all of them, or `self`." },
    mechanism = { type = "string", doc = "The SASL mechanism that must be in use." },
    expect = { type = "string", default = "allowed", values = { "allowed", "denied" }, doc = "What has to come out." },
    topics = { type = "string[]", doc = "Topics for the operations: names or globs." },
    groups = { type = "string[]", doc = "Groups for the operations: names or globs." },
    operations = {
      type = "string[]", doc = "What the principal must be allowed to do.",
      values = { "read", "write", "create", "delete", "alter", "describe", "describe_configs", "alter_configs" },
    },
    min_valid_days = { type = "integer", default = 0, min = 0, doc = "Days that certificates must still be valid." },
    cluster = { type = "string", default = "target", values = { "source", "target" }, doc = "Where to log in." },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    partitions = "permissions are of the topic",
    config = "no setting is read",
    end_offset = "no record is read",
    leader = "any broker evaluates permissions",
    stale_leader = "any broker evaluates permissions",
    extra_acl = "what others may do is not asked",
    broad_acl = "that the principal may do more is the question of least_privilege",
  },
  example = {
    check = "login", subject = { principal = "billing", broker = "new-1:9096" }, actual = true, op = "true",
    limit = true, ok = true,
    facts = { listener = "SASL_SSL", mechanism = "SCRAM-SHA-512", session_lifetime_ms = 0, dns = true, tcp = true },
  },
  run = function(ctx)
    local own = ctx[ctx.args.cluster]
    local names, given = ctx.args.principals or own.principals, {}
    for _, name in ipairs(own.principals) do given[name] = true end
    if #names == 0 then names = { "self" } end
    for _, name in ipairs(names) do
      -- A principal may be called so.
      local cluster = name == "self" and not given[name] and own or own:as(name)
      local logged_in = judge_logins(ctx, name, cluster)
      if ctx.args.operations and logged_in then judge_permissions(ctx, name, own, cluster) end
      if ctx.args.operations and not logged_in then
        ctx:subject { principal = name }:unknown("allowed", "the principal is not logged in anywhere")
      end
    end
  end,
}
