local function frozen(world)
  world.source:topic("orders", 2)
  world.source:append("orders", 0, 5)
  world.source:append("orders", 1, 3, { transaction = "t" })
  world.source:commit("billing", "orders", 0, 5)
end

return {
  ["captures where each partition ends and each group stands"] = function(world)
    frozen(world)
    local result = world:run { topics = { "orders" }, groups = { "billing" } }
    result:passes()
    result:has("captured", { topic = "orders", partition = 1 }, { facts = { end_offset = 4, stable_offset = 4 } })
    result:has("captured", { group = "billing" }, { facts = { commits = 1 } })
    result:notes("partitions", { topic = "orders", end_offsets = { 5, 4 } })
    result:notes("commits", { group = "billing", offsets = { 5 } })
    result:notes("vector", {})
  end,

  -- A gate that takes stock judges nothing: it fails with the run alone.
  ["fails with the run where the plan means another cluster"] = function(world)
    frozen(world)
    world:run({ topics = { "orders" } }, { plan = { source = { cluster_id = "Q4bJHk0TSdGZVaHcVXyZ0A" } } }):fails()
  end,

  ["is inconclusive when a leader is gone"] = function(world)
    frozen(world)
    world.source:move_leader("orders", 1, nil)
    world:run({ topics = { "orders" } }):inconclusive()
  end,

  ["is inconclusive about a topic that is not there"] = function(world)
    world:run({ topics = { "orders" } }):inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
  end,
}
