return {
  name = "inv_quotas",
  summary = "Client quotas are captured",
  doc = [[
Notes every client quota of the cluster, those of defaults included. Limits that a provider enforces outside Kafka's
quotas are not seen.]],
  phase = "inventory",
  severity = "blocker",
  tags = { "quotas" },
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
    facts = { quotas = 3 },
  },
  run = function(ctx)
    local rows = ctx[ctx.args.cluster]:quotas {}
    local subject = ctx:subject { cluster = ctx.args.cluster }
    if rows[1] and rows[1].error then
      subject:unknown("captured", rows[1])
      return
    end
    for _, quota in ipairs(rows) do
      ctx:note("quota", {
        entity = quota.entity, defaults = quota.defaults, key = quota.key, value = quota.value,
      })
    end
    subject:is_true("captured", true, { quotas = #rows })
  end,
}
