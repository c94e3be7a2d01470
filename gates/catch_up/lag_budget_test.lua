local function read_to_the_end(world)
  world.source:topic("orders", 2)
  world.source:append("orders", 0, 5)
  world.source:append("orders", 1, 3)
  world.source:commit("billing", "orders", 0, 5)
  world.source:commit("billing", "orders", 1, 3)
end

-- A group 90 records behind, in a log that loses them while they are counted.
local function shrinking(world)
  world.source:topic("orders")
  world.source:append("orders", 0, 10)
  world.source:append("orders", 0, 90)
  world.source:commit("billing", "orders", 0, 10)
  world.source:delay("Fetch", "1s")
  world:at("1500ms").source:truncate("orders", 0, 10)
end

return {
  ["passes when the group has read everything"] = function(world)
    read_to_the_end(world)
    local result = world:run { groups = { "billing" } }
    result:passes()
    result:lists {
      { check = "in_range", subject = { partition = 0 }, ok = true },
      { check = "lag", subject = { group = "billing", topic = "orders", partition = 0 }, ok = true, actual = 0 },
      { check = "in_range", subject = { partition = 1 }, ok = true },
      { check = "lag", subject = { group = "billing", topic = "orders", partition = 1 }, ok = true, actual = 0 },
    }
  end,

  ["passes at the budget, and fails one record beyond it"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 5)
    world.source:commit("billing", "orders", 0, 2)
    local result = world:run { groups = { "billing" }, max_lag = 3 }
    result:passes()
    result:has("lag", { partition = 0 }, { actual = 3, limit = 3, facts = { basis = "offsets" } })
    world.source:append("orders", 0, { "one more" })
    result = world:run { groups = { "billing" }, max_lag = 3 }
    result:fails("lag", { group = "billing", topic = "orders", partition = 0 }, { actual = 4, limit = 3 })
  end,

  ["does not count markers and aborted records"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 2)
    world.source:commit("billing", "orders", 0, 2)
    world.source:append("orders", 0, 5, { transaction = "t", finish = "abort" })
    local result = world:run { groups = { "billing" } }
    result:passes()
    result:has("lag", {}, { actual = 0, facts = { basis = "records", markers = 1, aborted = 5 } })
  end,

  ["counts aborted records where it is told to"] = function(world)
    world.source:topic("orders")
    world.source:commit("billing", "orders", 0, 0)
    world.source:append("orders", 0, 5, { transaction = "t", finish = "abort" })
    local result = world:run { groups = { "billing" }, isolation = "read_uncommitted" }
    result:fails("lag", { partition = 0 }, { actual = 5 })
  end,

  ["counts the records of a transaction that is still open"] = function(world)
    world.source:topic("orders")
    world.source:commit("billing", "orders", 0, 0)
    world.source:append("orders", 0, 3, { transaction = "t", finish = "open" })
    local result = world:run { groups = { "billing" }, max_lag = 2 }
    result:fails("lag", { partition = 0 }, { actual = 3, facts = { open_transaction_records = 3 } })
  end,

  ["reads the groups of the target where it is told to"] = function(world)
    world.target:topic("orders")
    world.target:append("orders", 0, 1)
    world.target:commit("billing", "orders", 0, 1)
    world:run({ groups = { "billing" }, cluster = "target" }):passes()
  end,

  ["takes every group that a glob selects"] = function(world)
    read_to_the_end(world)
    world.source:commit("shipping", "orders", 0, 4)
    world.source:commit("shipping", "orders", 1, 3)
    local result = world:run { groups = { "*ing" } }
    result:fails("lag", { group = "shipping", partition = 0 }, { actual = 1 })
    result:has("lag", { group = "billing", partition = 0 }, { ok = true })
  end,

  ["fails when retention took what was not read"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 5)
    world.source:commit("billing", "orders", 0, 2)
    world.source:delete_records("orders", 0, 3)
    world:run({ groups = { "billing" }, max_lag = 9 }):fails("in_range", { partition = 0 })
  end,

  ["fails when retention takes what was not read in time"] = function(world)
    world.source:topic("orders", 1, { ["retention.ms"] = 3600000 })
    world.source:append("orders", 0, 5)
    world.source:commit("billing", "orders", 0, 2)
    world.clock:advance("2h")
    world:run({ groups = { "billing" }, max_lag = 9 }):fails("in_range", { partition = 0 })
  end,

  ["fails when a commit is beyond the end"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 5)
    world.source:commit("billing", "orders", 0, 5)
    world.source:truncate("orders", 0, 0)
    world:run({ groups = { "billing" } }):fails("in_range", { partition = 0 })
  end,

  ["is inconclusive without a commit in a partition that holds data"] = function(world)
    read_to_the_end(world)
    world.source:commit("billing", "orders", 1, nil)
    local result = world:run { groups = { "billing" } }
    result:inconclusive()
    result:has("lag", { partition = 1 }, { facts = { end_offset = 3 } })
  end,

  ["needs no commit in a partition that is empty"] = function(world)
    world.source:topic("orders", 2)
    world.source:append("orders", 1, 1)
    world.source:commit("billing", "orders", 1, 1)
    local result = world:run { groups = { "billing" } }
    result:passes()
    result:has("lag", { partition = 0 }, { actual = 0, facts = { basis = "empty" } })
  end,

  ["is inconclusive while a group rebalances, whose topics are not told then, and judges those that are named"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 5)
    world.source:commit("billing", "orders", 0, 5)
    world.source:topic("refunds", 1, {}, { beside = true })
    world.source:append("refunds", 0, 1000)
    for _, state in ipairs { "PreparingRebalance", "CompletingRebalance", "Assigning", "Reconciling" } do
      world.source:group("billing", { state = state, members = { {} } })
      local result = world:run { groups = { "billing" } }
      result:inconclusive()
      result:has("lag", { group = "billing" }, { facts = { state = state:lower(), members = 1 } })
      result:has("lag", { group = "billing", topic = "orders", partition = 0 }, { ok = true })
      world:run({ groups = { "billing" }, topics = { "orders" } }):passes()
    end
  end,

  ["is inconclusive in a topic that members read and the group has no commit in"] = function(world)
    read_to_the_end(world)
    world.source:topic("refunds")
    world.source:append("refunds", 0, 1)
    world.source:group("billing", { members = { { assignment = { orders = { 0, 1 }, refunds = { 0 } } } } })
    local result = world:run { groups = { "billing" } }
    result:inconclusive()
    result:has("lag", { topic = "refunds", partition = 0 }, {})
  end,

  ["is inconclusive about a group that does not exist"] = function(world)
    world.source:topic("orders")
    world:run({ groups = { "billing" } }):inconclusive()
  end,

  ["is inconclusive when leaders do not answer"] = function(world)
    read_to_the_end(world)
    world.source:fail("ListOffsets", "NOT_LEADER_OR_FOLLOWER")
    world:run({ groups = { "billing" } }):inconclusive("NOT_LEADER_OR_FOLLOWER")
  end,

  ["is inconclusive, and says why, about a group whose commits may not be read"] = function(world)
    read_to_the_end(world)
    world.source:fail("OffsetFetch", "GROUP_AUTHORIZATION_FAILED")
    local result = world:run { groups = { "billing" } }
    result:inconclusive("GROUP_AUTHORIZATION_FAILED")
    result:has("lag", { group = "billing" }, { unknown = "GROUP_AUTHORIZATION_FAILED" })
  end,

  ["is inconclusive when records beyond the budget cannot be counted"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 5)
    world.source:commit("billing", "orders", 0, 0)
    world.source:damage("orders", 0, 0)
    local result = world:run { groups = { "billing" }, max_lag = 1 }
    result:inconclusive()
    result:has("lag", { partition = 0 }, { unknown = "crc_mismatch" })
  end,

  ["is inconclusive when the log lost its end while it was counted"] = function(world)
    shrinking(world)
    local result = world:run { groups = { "billing" }, max_lag = 5 }
    result:inconclusive("unknown_value", "not all")
    result:has("lag", { partition = 0 }, { facts = { counted = 0, span = 90, end_offset = 100 } })
  end,

  ["fails by what could be counted, where that is beyond the budget"] = function(world)
    world.source:topic("orders")
    for _ = 1, 10 do world.source:append("orders", 0, 10) end
    world.source:commit("billing", "orders", 0, 10)
    world.source:delay("Fetch", "1s")
    world:at("1500ms").source:truncate("orders", 0, 50)
    world:run({ groups = { "billing" }, max_lag = 5 })
      :fails("lag", { partition = 0 }, { actual = 40, facts = { at_least = true } })
  end,

  ["passes by the span, whatever becomes of the records"] = function(world)
    shrinking(world)
    world:run({ groups = { "billing" }, max_lag = 90 })
      :has("lag", { partition = 0 }, { ok = true, actual = 90, facts = { basis = "offsets" } })
  end,

  ["asks again where a broker was not ready"] = function(world)
    read_to_the_end(world)
    world.source:fail("OffsetFetch", "COORDINATOR_LOAD_IN_PROGRESS", { times = 2 })
    world.source:fail("ListOffsets", "NOT_LEADER_OR_FOLLOWER", { times = 2 })
    world.source:delay("ListOffsets", "3s", { times = 1 })
    world:run({ groups = { "billing" } }):passes()
  end,

  ["holds for five minutes, however long the group took to get there"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 1)
    world.source:commit("billing", "orders", 0, 0)
    world:at("2m").source:commit("billing", "orders", 0, 1)
    local result = world:run({ groups = { "billing" } }, { wait = "20m", hold = "5m", every = "10s" })
    result:passes()
    assert(result.held_ms == 300000, result.held_ms)
    assert(world.clock:now_ms() == 1767225600000 + 7 * 60000, world.clock:now_ms())
  end,

  ["is inconclusive when it passed but did not hold"] = function(world)
    read_to_the_end(world)
    world:at("2m").source:append("orders", 0, 1)
    world:at("3m").source:commit("billing", "orders", 0, 6)
    local result = world:run({ groups = { "billing" } }, { wait = "5m", hold = "4m", every = "10s" })
    result:inconclusive("hold")
  end,

  ["stops a watch at the first fail"] = function(world)
    read_to_the_end(world)
    world:at("3m").source:append("orders", 1, 1)
    world:run({ groups = { "billing" } }, { watch = "1h", every = "30s" }):fails("lag", { partition = 1 })
    assert(world.clock:now_ms() == 1767225600000 + 3 * 60000, world.clock:now_ms())
  end,
}
