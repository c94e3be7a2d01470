-- What lets its holder do everything in one step more.
local CLUSTER = {
  alter = "every entry",
  alter_configs = "every setting of the brokers",
  cluster_action = "what brokers may",
  create = "every topic, to create",
}

local function breadth(acl)
  if acl.principal:find(":%*$") then return "everybody" end
  if acl.operation == "all" then return "every operation" end
  if acl.resource_type == "cluster" then return CLUSTER[acl.operation] end
  if acl.resource_name == "*" and acl.pattern_type == "literal" then return "every " .. acl.resource_type end
  if acl.resource_name == "" and acl.pattern_type == "prefixed" then return "every " .. acl.resource_type end
  return nil
end

-- Codes of a later release than this program's.
local function is_strange(acl)
  for _, field in ipairs { "resource_type", "pattern_type", "operation", "permission_type" } do
    if acl[field]:find("^unknown_") then return true end
  end
  return false
end

local OPEN = "allow.everyone.if.no.acl.found"

-- Whether a broker refuses what no entry speaks of. It shows that the setting is there, and mostly not its value.
local function judge_default(ctx, cluster)
  local brokers = {}
  for _, row in ipairs(cluster:configs { brokers = { "*" } }) do
    if row.error then
      ctx:subject { cluster = ctx.args.cluster }:unknown("closed", row)
    else
      brokers[row.resource] = brokers[row.resource] or {}
      if row.name == OPEN or row.name == "authorizer.class.name" then brokers[row.resource][row.name] = row end
    end
  end
  for broker, settings in pairs(brokers) do
    local subject, open = ctx:subject { cluster = ctx.args.cluster, broker = broker }, settings[OPEN]
    local authorizer = settings["authorizer.class.name"]
    local facts = { authorizer = authorizer and authorizer.value or nil }
    if authorizer == nil or authorizer.value == nil or authorizer.value == "" then
      subject:unknown("closed", "the broker names no authorizer")
    elseif open and open.value == nil then
      subject:unknown("closed", "the broker sets " .. OPEN .. " and keeps its value to itself", facts)
    else
      -- Kafka takes anything but "true", in whatever case, for false.
      subject:is_true("closed", open == nil or open.value:lower() ~= "true", facts)
    end
  end
end

return {
  name = "least_privilege",
  summary = "No grant on the target is broader than it needs to be",
  doc = [[
No entry on the target allows everybody, every operation, every resource of a kind, or what leads there in one step
more (ALTER, ALTER_CONFIGS, CLUSTER_ACTION and CREATE on the cluster), but for the principals that are named as
exceptions. Broad grants are how a migration gets going, and what is forgotten at its end. And no broker lets everybody
do what no entry speaks of: where one sets allow.everyone.if.no.acl.found and does not show the value, as Apache Kafka
does not, the answer is inconclusive; leave the setting out where it is false.

Who the super users are cannot be seen, nor how many names a prefix covers. A cluster without an authorizer, and one
without any entry that allows something, are inconclusive.]],
  phase = "preflight",
  severity = "warning",
  tags = { "security" },
  clusters = { arg = "cluster" },
  args = {
    exceptions = { type = "string[]", default = {}, doc = "Principals that may have broad grants, such as `User:admin`." },
    cluster = { type = "string", default = "target", values = { "source", "target" }, doc = "Where the entries are." },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    acl = "a grant that is missing is the question of acl_parity",
    extra_acl = "one more narrow grant is a narrow grant",
    principal = "whose a narrow grant is does not make it broad",
  },
  example = {
    check = "narrow",
    subject = { principal = "User:migration", resource_type = "topic", resource_name = "*", operation = "all" },
    actual = false, op = "true", limit = true, ok = false, facts = { breadth = "every operation" },
  },
  run = function(ctx)
    local excepted, judged = {}, false
    for _, principal in ipairs(ctx.args.exceptions) do excepted[principal] = true end
    for _, acl in ipairs(ctx[ctx.args.cluster]:acls {}) do
      if acl.error then
        judged = true
        ctx:subject { cluster = ctx.args.cluster }:unknown("narrow", acl)
      elseif acl.permission_type ~= "deny" then
        judged = true
        local about = {
          principal = acl.principal, resource_type = acl.resource_type, resource_name = acl.resource_name,
          pattern_type = acl.pattern_type, operation = acl.operation, host = acl.host,
        }
        local broad = breadth(acl)
        if is_strange(acl) then
          ctx:subject(about):unknown("narrow", "what this entry means is not known here")
        elseif broad and excepted[acl.principal] then
          ctx:note("exception", { acl = about, breadth = broad })
        else
          ctx:subject(about):is_true("narrow", broad == nil, { breadth = broad })
        end
      end
    end
    if not judged then ctx:subject { cluster = ctx.args.cluster }:unknown("narrow", "no entry allows anything") end
    judge_default(ctx, ctx[ctx.args.cluster])
  end,
}
