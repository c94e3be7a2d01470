return {
  name = "inv_acls",
  summary = "Access control entries are captured",
  doc = [[
Notes every access control entry of the cluster, for later gates and for the ticket. IAM policies and role bindings are
no ACLs and are not seen, nor are super users; a cluster without an authorizer is inconclusive, since what rules there
has not been captured.]],
  phase = "inventory",
  severity = "blocker",
  tags = { "security" },
  clusters = { arg = "cluster" },
  args = {
    cluster = { type = "string", default = "source", values = { "source", "target" }, doc = "Which cluster." },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    broker = "any broker can answer",
  },
  example = {
    check = "captured", subject = { cluster = "source" }, actual = true, op = "true", limit = true, ok = true,
    facts = { entries = 42, principals = 7 },
  },
  run = function(ctx)
    local rows = ctx[ctx.args.cluster]:acls {}
    local subject = ctx:subject { cluster = ctx.args.cluster }
    local first = rows[1]
    if first and first.error then
      subject:unknown("captured", first)
      return
    end
    local principals, count = {}, 0
    for _, acl in ipairs(rows) do
      if not principals[acl.principal] then
        principals[acl.principal] = true
        count = count + 1
      end
      ctx:note("acl", {
        principal = acl.principal, resource_type = acl.resource_type, resource_name = acl.resource_name,
        pattern_type = acl.pattern_type, operation = acl.operation, permission_type = acl.permission_type,
        host = acl.host,
      })
    end
    subject:is_true("captured", true, { entries = #rows, principals = count })
  end,
}
