local function chain_of(row)
  if row.tls == nil then return nil end
  local chain = {}
  for i, certificate in ipairs(row.tls.chain) do
    chain[i] = { subject = certificate.subject, issuer = certificate.issuer, not_after = certificate.not_after }
  end
  return chain
end

return {
  name = "inv_credentials",
  summary = "Login mechanisms, certificates and SCRAM users are captured",
  doc = [[
For each advertised broker: the mechanisms that it offers, the one in use, the session's lifetime and, with TLS, the
certificates it shows with their expiry. For the cluster: the users that SCRAM can log in, without anything secret.

Where secrets live and how they are rotated cannot be seen from here; declare it in the plan.]],
  phase = "inventory",
  severity = "blocker",
  tags = { "security" },
  clusters = { arg = "cluster" },
  args = {
    cluster = { type = "string", default = "source", values = { "source", "target" }, doc = "Which cluster." },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
  },
  example = {
    check = "captured", subject = { broker = "old-1:9096" }, actual = true, op = "true", limit = true, ok = true,
    facts = { listener = "SASL_SSL", mechanism = "SCRAM-SHA-512", session_lifetime_ms = 0 },
  },
  run = function(ctx)
    local cluster = ctx[ctx.args.cluster]
    for _, row in ipairs(cluster:probe { brokers = "all" }) do
      if row.error then
        ctx:subject { cluster = ctx.args.cluster }:unknown("captured", row)
      else
        local subject = ctx:subject { broker = row.broker }
        if row.login then
          local facts = { listener = row.listener, node = row.node, chain = chain_of(row) }
          if row.sasl then
            facts.mechanism = row.sasl.mechanism
            facts.offered = row.sasl.mechanisms
            facts.session_lifetime_ms = row.sasl.session_lifetime_ms
          end
          subject:is_true("captured", true, facts)
        else
          subject:unknown("captured", "unreachable", { error = row.failure.name, message = row.failure.message })
        end
      end
    end
    local users = cluster:scram_users {}
    local subject = ctx:subject { cluster = ctx.args.cluster, what = "scram_users" }
    if users[1] and users[1].error then
      subject:unknown("captured", users[1])
      return
    end
    for _, user in ipairs(users) do
      ctx:note("scram_user", { user = user.user, mechanism = user.mechanism, iterations = user.iterations })
    end
    subject:is_true("captured", true, { users = #users })
  end,
}
