local function id_of(ctx, side)
  local row = ctx[side]:describe {}[1]
  local subject = ctx:subject { cluster = side }
  if row.error then
    subject:unknown("cluster_id", row)
    return nil
  end
  local expected = ctx.args[side .. "_id"] or (ctx.plan[side] and ctx.plan[side].cluster_id)
  if row.cluster_id == nil then
    subject:unknown("cluster_id", "the cluster has no id")
  elseif expected == nil then
    subject:unknown("cluster_id", "no_expected_id", { found = row.cluster_id })
  else
    subject:equal("cluster_id", row.cluster_id, expected, { brokers = #row.brokers })
  end
  return row.cluster_id
end

return {
  name = "cluster_identity",
  summary = "Source and target are the two clusters that were meant",
  doc = [[
Source and target are different clusters, and each has the id that the plan (source.cluster_id, target.cluster_id) or
the arguments name. An address proves nothing: DNS may have moved already, or point both names to one cluster.

Without an expected id the answer is inconclusive, with the id that was found: put it into the plan once you have
convinced yourself. It does not prove that every advertised broker belongs to that cluster; each connection of every
gate checks that for itself.]],
  phase = "preflight",
  severity = "blocker",
  tags = { "identity" },
  clusters = { "source", "target" },
  args = {
    source_id = { type = "string", doc = "The source's cluster id. Default: the plan's." },
    target_id = { type = "string", doc = "The target's cluster id. Default: the plan's." },
  },
  blind_to = {
    broker = "any broker can answer",
  },
  example = {
    check = "cluster_id", subject = { cluster = "source" }, actual = "MkU3OEVBNTcwNTJENDM2Qk", op = "==",
    limit = "MkU3OEVBNTcwNTJENDM2Qk", ok = true, facts = { brokers = 3 },
  },
  run = function(ctx)
    local source, target = id_of(ctx, "source"), id_of(ctx, "target")
    if source and target then ctx:subject { cluster = "both" }:not_equal("distinct", target, source) end
  end,
}
