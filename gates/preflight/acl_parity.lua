local FIELDS = { "principal", "resource_type", "resource_name", "pattern_type", "operation", "permission_type", "host" }

-- Lengths keep names apart whatever stands in them.
local function key(acl)
  local parts = {}
  for i, field in ipairs(FIELDS) do parts[i] = #acl[field] .. ":" .. acl[field] end
  return table.concat(parts)
end

local function copy(row)
  local acl = {}
  for _, field in ipairs(FIELDS) do acl[field] = row[field] end
  return acl
end

-- A prefix on the target that stands for the same names; nil where the mapping puts something behind them.
local function mapped_prefix(map, prefix)
  local tail = ".sluice-any-name"
  local mapped = map(prefix .. tail)
  if mapped:sub(-#tail) ~= tail then return nil end
  return mapped:sub(1, -#tail - 1)
end

-- A topic below a prefix of the source that is not below the mapped one: the plan gives it a name of its own.
local function outlier(ctx, topics, prefix, mapped)
  for _, topic in ipairs(topics()) do
    if topic.error then return topic end
    if topic.topic:sub(1, #prefix) == prefix then
      local other = ctx.map.topic(topic.topic)
      if other ~= mapped .. topic.topic:sub(#prefix + 1) then return topic, other end
    end
  end
  return nil
end

-- What a source entry has to be on the target: other principal, mapped topic or group; and what speaks against that.
local function translated(ctx, row, principals, topics)
  local acl = copy(row)
  acl.principal = principals[row.principal] or row.principal
  local map = ({ topic = ctx.map.topic, group = ctx.map.group })[row.resource_type]
  if map == nil or (row.pattern_type == "literal" and row.resource_name == "*") then return acl end
  if row.pattern_type == "literal" then
    acl.resource_name = map(row.resource_name)
    return acl
  end
  local mapped = mapped_prefix(map, row.resource_name)
  if mapped == nil then return acl, "the mapping has no prefix for what this prefix covers" end
  acl.resource_name = mapped
  if row.resource_type == "topic" then
    local topic, other = outlier(ctx, topics, row.resource_name, mapped)
    if topic and topic.error then return acl, topic end
    if topic then return acl, topic.topic .. " is below this prefix and is called " .. other .. " on the target" end
  end
  return acl
end

-- The owner of a difference that the plan declares: by principal (`name`), by topic, or both. The plan names those of the
-- source; `called` says what they are called in the entry's own list.
local function owner_of(ctx, acl, called)
  for _, difference in ipairs(ctx.plan.expected_differences or {}) do
    local name, topic = difference.name, difference.topic
    local fits = difference.what == "acl"
      and (name == nil or called.principal(name) == acl.principal)
      and (topic == nil or (acl.resource_type == "topic" and called.topic(topic) == acl.resource_name))
      and (name or topic)
    if fits then return difference end
  end
  return nil
end

-- What the source's names are in its own list, and in that of the target.
local function name_maps(ctx, principals)
  local function same(name) return name end
  return { principal = same, topic = same }, {
    principal = function(name) return principals[name] or name end,
    topic = function(name) return name == "*" and name or ctx.map.topic(name) end,
  }
end

-- What the source's entry says where it is another: by this a plan declares a difference.
local function source_names(row, acl)
  return {
    source_name = row.resource_name ~= acl.resource_name and row.resource_name or nil,
    source_principal = row.principal ~= acl.principal and row.principal or nil,
  }
end

local function read(ctx, side)
  local rows = ctx[side]:acls {}
  if rows[1] and rows[1].error then
    ctx:subject { cluster = side }:unknown("present", rows[1])
    return nil
  end
  return rows
end

-- A pair that fits no entry of the source is misspelt, as far as can be told, and one of two for a principal too many.
local function principal_map(ctx, source)
  local known, map = {}, {}
  for _, row in ipairs(source) do known[row.principal] = true end
  for _, pair in ipairs(ctx.args.principal_map) do
    local from, to = pair:match("^(.-)=>(.+)$")
    if not known[from] then
      ctx:subject { principal = from }:unknown("mapped", "no entry of the source is this principal's")
    elseif map[from] then
      ctx:subject { principal = from }:unknown("mapped", "it is mapped twice")
    else
      map[from] = to
    end
  end
  return map
end

-- Every topic of the source, read once and only where an entry has a prefix.
local function topics_of(ctx)
  local rows
  return function()
    rows = rows or ctx.source:topics { internal = true }
    return rows
  end
end

return {
  name = "acl_parity",
  summary = "Access control entries are the same on both clusters",
  doc = [[
Each access control entry of the source is on the target, under the mapped topic or group and the mapped principal, and
the target has no other ones. A difference that the plan declares (expected_differences with what = "acl", and a
principal as name, a topic, or both, as the source calls them) is noted with its owner instead of failing.

Entries alone do not decide: DENY beats ALLOW, prefixed and wildcard patterns overlap, super users and
allow.everyone.if.no.acl.found stand outside, IAM policies and role bindings are no ACLs. effective_permission asks what
they come to; this gate explains it. A literal `*` stays one, though the target may have topics of others. An entry with
a prefix that the mapping cannot carry over as a prefix is inconclusive; so are a cluster without an authorizer, a
source without any entry (what rules there is not in this list), and a pair of the principal map that fits no entry.]],
  phase = "preflight",
  severity = "blocker",
  tags = { "security" },
  clusters = { "source", "target" },
  args = {
    principal_map = {
      type = "string[]", default = {}, pattern = "^.-=>.+$",
      doc = "Principals with another name on the target: `User:CN=billing=>User:billing`.",
    },
    extra = {
      type = "string", default = "fail", values = { "fail", "note" }, doc = "What entries of the target alone are.",
    },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    broker = "any broker can answer",
  },
  example = {
    check = "present",
    subject = {
      principal = "User:billing", resource_type = "topic", resource_name = "orders", pattern_type = "literal",
      operation = "read", permission_type = "allow", host = "*",
    },
    actual = true, op = "true", limit = true, ok = true,
  },
  run = function(ctx)
    local source, target = read(ctx, "source"), read(ctx, "target")
    if not source or not target then return end
    local there, wanted, principals, topics = {}, {}, principal_map(ctx, source), topics_of(ctx)
    local on_source, on_target = name_maps(ctx, principals)
    for _, row in ipairs(target) do there[key(row)] = true end
    for _, row in ipairs(source) do
      local acl, objection = translated(ctx, row, principals, topics)
      wanted[key(acl)] = true
      local present = there[key(acl)] or false
      local difference = (objection or not present) and owner_of(ctx, row, on_source)
      if difference then
        ctx:note("expected_difference", { acl = acl, side = "source", owner = difference.owner, reason = difference.reason })
      elseif objection then
        ctx:subject(acl):unknown("present", objection, { source_name = row.resource_name })
      else
        ctx:subject(acl):is_true("present", present, source_names(row, acl))
      end
    end
    for _, row in ipairs(target) do
      if not wanted[key(row)] then
        local acl = copy(row)
        local difference = owner_of(ctx, acl, on_target)
        if difference then
          ctx:note("expected_difference", { acl = acl, side = "target", owner = difference.owner, reason = difference.reason })
        elseif ctx.args.extra == "note" then
          ctx:note("extra", acl)
        else
          ctx:subject(acl):is_true("expected", false)
        end
      end
    end
    local both, counts = ctx:subject { cluster = "both" }, { source = #source, target = #target }
    if #source == 0 then
      both:unknown("read", "the source lists no entry", counts)
    else
      both:is_true("read", true, counts)
    end
  end,
}
