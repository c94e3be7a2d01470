local function stands(world)
  world.target:topic("orders", 2)
  world.target:append("orders", 0, 5)
  world.target:append("orders", 1, 3)
  world.target:commit("billing", "orders", 0, 2)
  world.target:commit("billing", "orders", 1, 3)
end

return {
  ["passes when a fetch from each commit gives a record or a clean end"] = function(world)
    stands(world)
    local result = world:run { groups = { "billing" } }
    result:passes()
    result:has("read_committed", { group = "billing", partition = 0 }, { facts = { next_offset = 2 } })
    result:has("read_committed", { group = "billing", partition = 1 }, { ok = true })
  end,

  ["takes for a clean end what nobody is given: aborted records, and those of an open transaction"] = function(world)
    world.target:topic("orders", 2)
    world.target:append("orders", 0, 3, { transaction = "t", finish = "abort" })
    world.target:append("orders", 1, 3, { transaction = "u", finish = "open" })
    world.target:commit("billing", "orders", 0, 0)
    world.target:commit("billing", "orders", 1, 0)
    local result = world:run { groups = { "billing" } }
    result:passes()
    result:has("read_uncommitted", { partition = 0 }, { facts = { next_offset = 0 } })
    result:has("read_committed", { partition = 1 }, { facts = { committed = 0 } })
  end,

  ["takes no end for clean before which the log has shrunk"] = function(world)
    world.target:topic("orders")
    world.target:append("orders", 0, 100)
    world.target:commit("billing", "orders", 0, 50)
    world.target:delay("Fetch", "2s")
    world:at("3s").target:truncate("orders", 0, 50)
    world:run({ groups = { "billing" } }):inconclusive()
  end,

  ["is inconclusive when brokers do not answer a fetch"] = function(world)
    stands(world)
    world.target:fail("Fetch", "KAFKA_STORAGE_ERROR")
    world:run({ groups = { "billing" } }):inconclusive()
  end,

  ["fails without a commit, and outside the log"] = function(world)
    stands(world)
    world.target:commit("billing", "orders", 1, nil)
    world:run({ groups = { "billing" } }):fails("committed", { partition = 1 })
    world.target:commit("billing", "orders", 1, 4)
    world:run({ groups = { "billing" } }):fails("in_range", { partition = 1 }, { actual = 4, limit = 3 })
    world.target:delete_records("orders", 0, 3)
    world:run({ groups = { "billing" } }):fails("in_range", { partition = 0 }, { actual = 2, limit = 3 })
  end,

  ["passes with a leader epoch that the target had when the commit was made"] = function(world)
    world.target:topic("orders", 1, {}, { replication = 2 })
    world.target:append("orders", 0, 5)
    world.target:move_leader("orders", 0, 2)
    world.target:append("orders", 0, 5)
    world.target:commit("billing", "orders", 0, 5, { leader_epoch = 0 })
    local result = world:run { groups = { "billing" } }
    result:passes()
    result:has("leader_epoch", { partition = 0 }, { facts = { epoch = 0, epoch_end = 5 } })
    world.target:commit("billing", "orders", 0, 7, { leader_epoch = 1 })
    world:run({ groups = { "billing" } }):passes()
  end,

  ["fails with a leader epoch of another cluster, which the target has not come to or which ended sooner"] = function(world)
    world.target:topic("orders", 1, {}, { replication = 2 })
    world.target:append("orders", 0, 5)
    world.target:move_leader("orders", 0, 2)
    world.target:append("orders", 0, 5)
    world.target:commit("billing", "orders", 0, 7, { leader_epoch = 30 })
    world:run({ groups = { "billing" } })
      :fails("leader_epoch", { partition = 0 }, { facts = { committed = 7, epoch = 30, target_epoch = 1 } })
    world.target:commit("billing", "orders", 0, 7, { leader_epoch = 0 })
    world:run({ groups = { "billing" }, topics = { "orders" } })
      :fails("leader_epoch", { partition = 0 }, { facts = { epoch = 0, epoch_end = 5, target_epoch = 1 } })
  end,

  ["is inconclusive when the target does not say where an epoch ended"] = function(world)
    stands(world)
    world.target:commit("billing", "orders", 0, 2, { leader_epoch = 0 })
    world.target:fail("OffsetForLeaderEpoch", "KAFKA_STORAGE_ERROR")
    world:run({ groups = { "billing" } }):inconclusive("KAFKA_STORAGE_ERROR")
  end,

  ["is inconclusive about a group that has never committed"] = function(world)
    world.target:topic("orders")
    world.target:group("billing")
    world:run({ groups = { "billing" } }):inconclusive()
    world:run({ groups = { "shipping" } }):inconclusive()
  end,

  ["is inconclusive when records cannot be read"] = function(world)
    stands(world)
    world.target:damage("orders", 0, 2)
    world:run({ groups = { "billing" } }):inconclusive("crc_mismatch")
  end,

  ["is inconclusive when the target cannot be reached"] = function(world)
    stands(world)
    world.target:unreachable()
    world:run({ groups = { "billing" } }):inconclusive("unreachable")
  end,
}
