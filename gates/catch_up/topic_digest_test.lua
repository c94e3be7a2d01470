return {
  ["captures a digest of every record"] = function(world)
    world.source:topic("orders", 2)
    world.source:append("orders", 0, 5)
    world.source:append("orders", 1, 2, { transaction = "t" })
    local result = world:run { topics = { "orders" } }
    result:passes()
    result:has("captured", { topic = "orders", partition = 0 }, { facts = { records = 5 } })
    result:has("captured", { topic = "orders", partition = 1 }, { facts = { records = 2, control = 1 } })
    result:notes("digest", { cluster = "source", topic = "orders", partitions = 2, partition = 0, end_offset = 5, windows = 1 })
    result:notes("windows", { topic = "orders", partition = 0 })
  end,

  -- A gate that takes stock judges nothing: it fails with the run alone.
  ["fails with the run where the plan means another cluster"] = function(world)
    world.source:topic("orders")
    world:run({ topics = { "orders" } }, { plan = { source = { cluster_id = "Q4bJHk0TSdGZVaHcVXyZ0A" } } }):fails()
  end,

  ["is inconclusive when records cannot be read"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 5)
    world.source:damage("orders", 0, 0)
    world:run({ topics = { "orders" } }):inconclusive("crc_mismatch")
  end,
}
