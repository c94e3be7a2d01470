return {
  name = "in_sync",
  summary = "Each partition has enough replicas in sync",
  doc = "At least `replicas` of each partition are in sync on the target. It does not prove that they stay so.",
  phase = "preflight",
  clusters = { "target" },
  args = {
    topics = { type = "string[]", required = true, doc = "Topics that move, by their names on the source." },
    replicas = { type = "integer", default = 2, min = 1, doc = "Replicas that have to be in sync." },
  },
  run = function(ctx)
    for _, topic in ipairs(ctx.args.topics) do
      local found = ctx.target:topics { names = { ctx.map.topic(topic) } }[1]
      if found.error then
        ctx:subject { topic = topic }:unknown("in_sync", found)
      else
        for _, p in ipairs(found.partitions) do
          local subject = ctx:subject { topic = topic, partition = p.partition }
          subject:at_least("in_sync", #p.isr, ctx.args.replicas, "replicas")
        end
      end
    end
  end,
}
