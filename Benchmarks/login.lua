-- The least a gate can ask of a cluster: who it is, which one login and one request answer.
return {
  name = "login", summary = "A cluster answers who it is", phase = "preflight",
  clusters = { "target" }, effects = {},
  run = function(ctx)
    for _, cluster in ipairs(ctx.target:describe {}) do
      ctx:subject { cluster = cluster.cluster_id }:at_least("brokers", #cluster.brokers, 1)
    end
  end,
}
