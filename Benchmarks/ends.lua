-- The end of each partition of a topic, and no more: what a tool that prints them has to ask.
return {
  name = "ends", summary = "The end offsets of a topic", phase = "inventory",
  clusters = { "source" }, effects = {},
  args = {
    topic = { type = "string", required = true, doc = "The topic." },
    partitions = { type = "integer", required = true, doc = "How many it has." },
  },
  run = function(ctx)
    local known = 0
    for _, row in ipairs(ctx.source:offsets { topics = ctx.args.topic }) do
      if row.offset then known = known + 1 end
    end
    ctx:subject { topic = ctx.args.topic }:equal("known_ends", known, ctx.args.partitions, "partitions")
  end,
}
