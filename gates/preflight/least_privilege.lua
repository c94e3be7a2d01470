local function breadth(acl)
  if acl.principal == "User:*" then return "everybody" end
  if acl.operation == "all" then return "every operation" end
  if acl.resource_name == "*" and acl.pattern_type == "literal" then return "every " .. acl.resource_type end
  if acl.resource_name == "" and acl.pattern_type == "prefixed" then return "every " .. acl.resource_type end
  return nil
end

return {
  name = "least_privilege",
  summary = "No grant on the target is broader than it needs to be",
  doc = [[
No entry on the target allows everybody, every operation, or every resource of a kind, but for the principals that are
named as exceptions. Broad grants are how a migration gets going, and what is forgotten at its end.

A cluster without an authorizer, and one without any entry, are inconclusive.]],
  phase = "preflight",
  severity = "warning",
  tags = { "security" },
  clusters = { arg = "cluster" },
  args = {
    exceptions = { type = "string[]", default = {}, doc = "Principals that may have broad grants, such as `User:admin`." },
    cluster = { type = "string", default = "target", values = { "source", "target" }, doc = "Where the entries are." },
  },
  example = {
    check = "narrow",
    subject = { principal = "User:migration", resource_type = "topic", resource_name = "*", operation = "all" },
    actual = false, op = "true", limit = true, ok = false, facts = { breadth = "every operation" },
  },
  run = function(ctx)
    local excepted = {}
    for _, principal in ipairs(ctx.args.exceptions) do excepted[principal] = true end
    for _, acl in ipairs(ctx[ctx.args.cluster]:acls {}) do
      if acl.error then
        ctx:subject { cluster = ctx.args.cluster }:unknown("narrow", acl)
      elseif acl.permission_type == "allow" then
        local about = {
          principal = acl.principal, resource_type = acl.resource_type, resource_name = acl.resource_name,
          pattern_type = acl.pattern_type, operation = acl.operation, host = acl.host,
        }
        local broad = breadth(acl)
        if broad and excepted[acl.principal] then
          ctx:note("exception", { acl = about, breadth = broad })
        else
          ctx:subject(about):is_true("narrow", broad == nil, { breadth = broad })
        end
      end
    end
  end,
}
