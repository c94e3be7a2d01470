-- Errors by which a broker says that the principal may not even describe the topic or group.
local REFUSED = { TOPIC_AUTHORIZATION_FAILED = true, GROUP_AUTHORIZATION_FAILED = true }

local function is_refused(row) return row.error ~= nil and REFUSED[row.error.name] == true end

local function is_told(row) return row.error == nil and row.authorized_operations ~= nil end

-- Brokers before 4.0 have never heard of some operations: what only one side can tell of is no difference.
local function comparable(row, other_known)
  if other_known == nil then return row.authorized_operations, nil end
  local known, kept, left = {}, {}, nil
  for _, operation in ipairs(other_known) do known[operation] = true end
  for _, operation in ipairs(row.authorized_operations) do
    if known[operation] then
      kept[#kept + 1] = operation
    else
      left = left or {}
      left[#left + 1] = operation
    end
  end
  return kept, left
end

-- `knows`: rows say which operations their brokers know.
local function compare(subject, source, target, facts, knows)
  local on_source, source_only = comparable(source, knows and target.known_operations)
  local on_target, target_only = comparable(target, knows and source.known_operations)
  facts.unknown_to_source, facts.unknown_to_target = target_only, source_only
  -- Both are in the order of Kafka's codes.
  subject:equal("operations", on_target, on_source, facts)
end

local function judge(ctx, about, source, target, facts, knows)
  local subject = ctx:subject(about)
  if is_refused(source) and is_refused(target) then
    -- Neither tells the rest, and whoever may not describe may still read where DESCRIBE is denied.
    subject:unknown("operations", source, facts)
    ctx:acknowledge(target, "both clusters refuse to tell")
  elseif is_refused(source) and is_told(target) then
    ctx:acknowledge(source, "that describing is refused is what is judged")
    facts.error, facts.target_operations = source.error.name, target.authorized_operations
    subject:equal("describe", true, false, facts)
  elseif is_refused(target) and is_told(source) then
    ctx:acknowledge(target, "that describing is refused is what is judged")
    facts.error, facts.source_operations = target.error.name, source.authorized_operations
    subject:equal("describe", false, true, facts)
  elseif source.error and not is_refused(source) then
    subject:unknown("operations", source, facts)
    if target.error then ctx:acknowledge(target, "the source tells nothing to compare with") end
  elseif target.error and not is_refused(target) then
    subject:unknown("operations", target, facts)
    if source.error then ctx:acknowledge(source, "the target tells nothing to compare with") end
  elseif is_told(source) and is_told(target) then
    compare(subject, source, target, facts, knows)
  else
    if source.error then ctx:acknowledge(source, "the target does not tell what is allowed") end
    if target.error then ctx:acknowledge(target, "the source does not tell what is allowed") end
    subject:unknown("operations", "a broker does not tell what is allowed", facts)
  end
end

-- The names that the run or the principal itself sees behind names and globs: a topic that is hidden from the principal
-- on the source must not go unasked on the target. `kind` is the field that has the name, `views` are lists of rows.
local function selection(ctx, principal, kind, views)
  local found, missed = {}, {}
  for _, rows in ipairs(views) do
    for _, row in ipairs(rows) do
      local name = row[kind]
      if type(name) ~= "string" then
        ctx:subject { principal = principal, what = kind .. "s" }:unknown("operations", row)
      elseif row.error and (kind == "group" or name:find("[*?[]")) then
        missed[name] = missed[name] or {}
        missed[name][#missed[name] + 1] = row
      else
        -- A topic by name is asked for in any case, and the answer to the principal is what counts.
        if row.error then ctx:acknowledge(row, "asked again as the principal") end
        found[name] = true
      end
    end
  end
  for name, rows in pairs(missed) do
    if #rows == #views and not found[name] then
      ctx:subject { principal = principal, [kind] = name }:unknown("operations", rows[1])
    end
    for _, row in ipairs(rows) do ctx:acknowledge(row, "what one of run and principal sees is enough") end
  end
  local names = {}
  for name in pairs(found) do names[#names + 1] = name end
  return names
end

local function by_topic(rows)
  local map = {}
  for _, row in ipairs(rows) do
    -- A call that failed as a whole answers for every topic.
    if type(row.topic) ~= "string" then return setmetatable({}, { __index = function() return row end }) end
    map[row.topic] = row
  end
  return map
end

local function judge_topics(ctx, name, source, target)
  local asked = { names = ctx.args.topics, operations = false }
  local views = { ctx.source:topics(asked), source:topics(asked) }
  local names, mapped = selection(ctx, name, "topic", views), {}
  if #names == 0 then return end
  for i, topic in ipairs(names) do mapped[i] = ctx.map.topic(topic) end
  local here = by_topic(source:topics { names = names, operations = true })
  local there = by_topic(target:topics { names = mapped, operations = true })
  for i, topic in ipairs(names) do
    judge(ctx, { principal = name, topic = topic }, here[topic], there[mapped[i]], { target_topic = mapped[i] })
  end
end

local function judge_groups(ctx, name, source, target)
  local views = { ctx.source:groups { pattern = ctx.args.groups }, source:groups { pattern = ctx.args.groups } }
  for _, group in ipairs(selection(ctx, name, "group", views)) do
    local mapped = ctx.map.group(group)
    -- The target's group need not exist yet.
    local here, there = source:group_operations { group = group }[1], target:group_operations { group = mapped }[1]
    judge(ctx, { principal = name, group = group }, here, there, { target_group = mapped }, true)
  end
end

return {
  name = "effective_permission",
  summary = "Each principal may do the same on both clusters",
  doc = [[
For each principal (given with --principal NAME=SOURCE_FILE:TARGET_FILE) and each topic and group, what the brokers say
it may do is the same on the target as on the source. This is what ACLs, super users and defaults come to, evaluated by
the brokers themselves, so it also holds where the lists look different. Without principals the run's own login is
judged, as `self`: of an administrator that says little.

A topic or group that the principal may describe on one cluster only fails (check `describe`). Where it may on neither,
the brokers tell nothing more, and the answer is inconclusive: whoever may not describe may still read where DESCRIBE is
denied. Topics have to exist on both clusters, groups on the source; what a principal may do with a group of the target
is told before there is one. Operations on groups that only the newer brokers know (the settings of groups, since 4.0)
are named in the facts and are no difference. CREATE on the cluster stands in no topic's list: whoever may create topics
by that on one cluster and by the topic on the other differs here, and `cluster_operations` asks for it.

It holds for the address that the run comes from, and for the topics and groups that are named. One broker of a cluster
is asked: settings such as super.users that differ between its brokers are not seen, nor operations that brokers do not
report (transactional ids, delegation tokens), nor policies that they do not evaluate themselves.]],
  phase = "preflight",
  severity = "blocker",
  tags = { "security" },
  clusters = { "source", "target" },
  args = {
    principals = { type = "string[]", doc = "Names given with --principal. Default: all, or `self`." },
    topics = { type = "string[]", default = {}, doc = "Topics of the source: names or globs." },
    groups = { type = "string[]", default = {}, doc = "Groups of the source: names or globs." },
    cluster_operations = {
      type = "boolean", default = false,
      doc = "Also what each principal may do with the cluster itself; told only where it may describe that.",
    },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    partitions = "permissions are of the topic",
    config = "no setting is read",
    end_offset = "no record is read",
    leader = "any broker evaluates permissions",
    stale_leader = "any broker evaluates permissions",
    extra_acl = "what others may do is not asked",
    broad_acl = "what the principal may do with other topics and groups is not asked",
    broker = "one broker is asked",
  },
  example = {
    check = "operations", subject = { principal = "billing", topic = "orders" }, actual = { "read", "describe" },
    op = "==", limit = { "read", "describe" }, ok = true, facts = { target_topic = "orders" },
  },
  run = function(ctx)
    local given = {}
    for _, name in ipairs(ctx.target.principals) do given[name] = true end
    local names = ctx.args.principals or ctx.target.principals
    if #names == 0 then names = { "self" } end
    for _, name in ipairs(names) do
      local source, target = ctx.source, ctx.target
      -- A principal may be called so.
      if name ~= "self" or given[name] then source, target = source:as(name), target:as(name) end
      if #ctx.args.topics > 0 then judge_topics(ctx, name, source, target) end
      if #ctx.args.groups > 0 then judge_groups(ctx, name, source, target) end
      if ctx.args.cluster_operations then
        local here, there = source:describe {}[1], target:describe {}[1]
        judge(ctx, { principal = name, resource = "cluster" }, here, there, {})
      end
    end
  end,
}
