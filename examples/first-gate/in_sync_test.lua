return {
  ["passes with two replicas in sync"] = function(world)
    world.target:topic("orders", 3, {}, { replication = 2 })
    world:run({ topics = { "orders" } }):passes()
  end,

  ["fails with one, and says in which partition"] = function(world)
    world.target:topic("orders", 3)
    world:run({ topics = { "orders" } }):fails("in_sync", { topic = "orders", partition = 2 }, { actual = 1, limit = 2 })
  end,

  ["is inconclusive when the target cannot be reached"] = function(world)
    world.target:unreachable()
    world:run({ topics = { "orders" } }):inconclusive("unreachable")
  end,
}
