local function stopped(world)
  world.source:topic("orders", 2)
  world.source:append("orders", 0, 5)
  world.source:append("orders", 1, 5)
  world.source:commit("billing", "orders", 0, 5)
  world.source:commit("billing", "orders", 1, 4)
end

return {
  ["passes when the group is empty and stands still"] = function(world)
    stopped(world)
    local result = world:run { groups = { "billing" }, quiet = "2m" }
    result:passes()
    result:has("commits", { group = "billing", topic = "orders", partition = 1 }, { actual = 4, limit = 4 })
    assert(world.clock:now_ms() == 1767225600000 + 120000, world.clock:now_ms())
  end,

  ["fails while it has members"] = function(world)
    stopped(world)
    world.source:group("billing", { members = { { client = "billing-1", assignment = { orders = { 0, 1 } } } } })
    world:run({ groups = { "billing" } }):fails("state", { group = "billing" }, { actual = "stable", limit = "empty" })
  end,

  ["fails when a commit moves meanwhile, or goes"] = function(world)
    stopped(world)
    world:at("10s").source:commit("billing", "orders", 1, 5)
    world:run({ groups = { "billing" } }):fails("commits", { partition = 1 }, { actual = 5, limit = 4 })
    world:at("10s").source:commit("billing", "orders", 0, nil)
    world:run({ groups = { "billing" } }):fails("commits", { partition = 0 }, { facts = { before = 5 } })
  end,

  ["fails when members come back meanwhile"] = function(world)
    stopped(world)
    world:at("10s").source:group("billing", { members = { { assignment = { orders = { 0 } } } } })
    world:run({ groups = { "billing" } }):fails("state", { group = "billing" }, { actual = "stable" })
  end,

  ["is inconclusive about a group that is not there"] = function(world)
    stopped(world)
    world:run({ groups = { "shipping" } }):inconclusive()
  end,

  ["is inconclusive when its coordinator does not answer"] = function(world)
    stopped(world)
    world.source:fail("OffsetFetch", "COORDINATOR_NOT_AVAILABLE")
    world:run({ groups = { "billing" } }):inconclusive("deadline")
  end,
}
