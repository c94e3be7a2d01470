return {
  name = "inv_acls",
  summary = "Access control entries are captured",
  doc = [[
Notes every access control entry of the cluster, for later gates and for the ticket. A cluster without an authorizer is
captured as such. IAM policies and role bindings are no ACLs and are not seen.]],
  phase = "inventory",
  severity = "blocker",
  tags = { "security" },
  clusters = { arg = "cluster" },
  args = {
    cluster = { type = "string", default = "source", values = { "source", "target" }, doc = "Which cluster." },
  },
  example = {
    check = "captured", subject = { cluster = "source" }, actual = true, op = "true", limit = true, ok = true,
    facts = { authorizer = true, entries = 42, principals = 7 },
  },
  run = function(ctx)
    local rows = ctx[ctx.args.cluster]:acls {}
    local subject = ctx:subject { cluster = ctx.args.cluster }
    local first = rows[1]
    if first and first.error then
      if first.error.name == "SECURITY_DISABLED" then
        ctx:acknowledge(first, "that there is no authorizer is what is captured")
        subject:is_true("captured", true, { authorizer = false, entries = 0, principals = 0 })
      else
        subject:unknown("captured", first)
      end
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
    subject:is_true("captured", true, { authorizer = true, entries = #rows, principals = count })
  end,
}
