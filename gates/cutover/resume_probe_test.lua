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

  ["fails without a commit, and outside the log"] = function(world)
    stands(world)
    world.target:commit("billing", "orders", 1, nil)
    world:run({ groups = { "billing" } }):fails("committed", { partition = 1 })
    world.target:commit("billing", "orders", 1, 4)
    world:run({ groups = { "billing" } }):fails("in_range", { partition = 1 }, { actual = 4, limit = 3 })
    world.target:delete_records("orders", 0, 3)
    world:run({ groups = { "billing" } }):fails("in_range", { partition = 0 }, { actual = 2, limit = 3 })
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
