local FIELDS = { "principal", "resource_type", "resource_name", "pattern_type", "operation", "permission_type", "host" }

local function key(acl)
  local parts = {}
  for i, field in ipairs(FIELDS) do parts[i] = acl[field] end
  return table.concat(parts, "\0")
end

local function copy(row)
  local acl = {}
  for _, field in ipairs(FIELDS) do acl[field] = row[field] end
  return acl
end

-- What a source entry has to be on the target: other principal, mapped topic or group.
local function translated(ctx, row, principals)
  local acl = copy(row)
  acl.principal = principals[row.principal] or row.principal
  if row.resource_name ~= "*" then
    if row.resource_type == "topic" then acl.resource_name = ctx.map.topic(row.resource_name) end
    if row.resource_type == "group" then acl.resource_name = ctx.map.group(row.resource_name) end
  end
  return acl
end

-- The owner of a difference that the plan declares: by principal (`name`), by topic, or both.
local function owner_of(ctx, acl)
  for _, difference in ipairs(ctx.plan.expected_differences or {}) do
    local fits = difference.what == "acl"
      and (difference.name == nil or difference.name == acl.principal)
      and (difference.topic == nil or (acl.resource_type == "topic" and difference.topic == acl.resource_name))
      and (difference.name or difference.topic)
    if fits then return difference end
  end
  return nil
end

local function read(ctx, side)
  local rows = ctx[side]:acls {}
  if rows[1] and rows[1].error then
    ctx:subject { cluster = side }:unknown("present", rows[1])
    return nil
  end
  return rows
end

local function principal_map(ctx)
  local map = {}
  for _, pair in ipairs(ctx.args.principal_map) do
    local from, to = pair:match("^(.-)=>(.+)$")
    if from then map[from] = to end
  end
  return map
end

return {
  name = "acl_parity",
  summary = "Access control entries are the same on both clusters",
  doc = [[
Each access control entry of the source is on the target, under the mapped topic or group and the mapped principal, and
the target has no other ones. A difference that the plan declares (expected_differences with what = "acl", and a
principal as name, a topic, or both) is noted with its owner instead of failing.

Entries alone do not decide: DENY beats ALLOW, prefixed and wildcard patterns overlap, super users and
allow.everyone.if.no.acl.found stand outside, IAM policies and role bindings are no ACLs. effective_permission asks what
they come to; this gate explains it. A cluster without an authorizer is inconclusive.]],
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
    local there, wanted, principals = {}, {}, principal_map(ctx)
    for _, row in ipairs(target) do there[key(row)] = true end
    for _, row in ipairs(source) do
      local acl = translated(ctx, row, principals)
      wanted[key(acl)] = true
      local present = there[key(acl)] or false
      local difference = not present and owner_of(ctx, acl)
      if difference then
        ctx:note("expected_difference", { acl = acl, side = "source", owner = difference.owner, reason = difference.reason })
      else
        ctx:subject(acl):is_true("present", present)
      end
    end
    for _, row in ipairs(target) do
      if not wanted[key(row)] then
        local acl = copy(row)
        local difference = owner_of(ctx, acl)
        if difference then
          ctx:note("expected_difference", { acl = acl, side = "target", owner = difference.owner, reason = difference.reason })
        elseif ctx.args.extra == "note" then
          ctx:note("extra", acl)
        else
          ctx:subject(acl):is_true("expected", false)
        end
      end
    end
    ctx:subject { cluster = "both" }:is_true("read", true, { source = #source, target = #target })
  end,
}
