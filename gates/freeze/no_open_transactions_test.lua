return {
  ["passes when every transaction has ended"] = function(world)
    world.source:topic("payments", 2)
    world.source:append("payments", 0, 3, { transaction = "pay-1" })
    world.source:append("payments", 1, 3, { transaction = "pay-2", finish = "abort" })
    local result = world:run { topics = { "payments" } }
    result:passes()
    result:has("stable", { partition = 0 }, { actual = 4, limit = 4 })
    result:has("stable", { partition = 1 }, { actual = 4, limit = 4 })
  end,

  ["fails while one is open, and names it"] = function(world)
    world.source:topic("payments", 2)
    world.source:append("payments", 1, 3, { transaction = "pay-2", finish = "open" })
    local result = world:run { topics = { "payments" } }
    result:fails("stable", { partition = 1 }, { actual = 0, limit = 3 })
    result:fails("ended", { transactional_id = "pay-2" }, { facts = { state = "ongoing" } })
    world.source:finish("pay-2", "commit")
    world:run({ topics = { "payments" } }):has("stable", { partition = 1 }, { ok = true })
  end,

  ["leaves transactions of other topics alone"] = function(world)
    world.source:topic("payments")
    world.source:append("payments", 0, 1)
    world.source:topic("audit", 1, {}, { beside = true })
    world.source:append("audit", 0, 1, { transaction = "audit", finish = "open" })
    world:run({ topics = { "payments" } }):passes()
  end,

  ["passes again once it has been given up"] = function(world)
    world.source:topic("payments")
    world.source:append("payments", 0, 3, { transaction = "pay", finish = "open" })
    world:run({ topics = { "pay*" } }):fails("ended", { transactional_id = "pay" })
    world.source:finish("pay", "abort")
    world:run({ topics = { "pay*" } }):passes()
  end,

  ["is inconclusive when no broker tells of transactions, or of the stable offset"] = function(world)
    world.source:topic("payments")
    world.source:append("payments", 0, 1)
    world.source:fail("ListTransactions", "COORDINATOR_NOT_AVAILABLE")
    world:run({ topics = { "payments" } }):inconclusive()
    world.source:unreachable(1)
    world:run({ topics = { "payments" } }):inconclusive()
  end,

  ["is inconclusive about a topic that is not there"] = function(world)
    world:run({ topics = { "payments" } }):inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
  end,

  ["is inconclusive when a leader is gone"] = function(world)
    world.source:topic("payments", 2)
    world.source:move_leader("payments", 1, nil)
    world:run({ topics = { "payments" } }):inconclusive()
  end,
}
