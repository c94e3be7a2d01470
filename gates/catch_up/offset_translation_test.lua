-- Records that differ from each other, so that each can be found again.
local function records(from, to)
  local list = {}
  for i = from, to do list[#list + 1] = { key = "k" .. i, value = "v" .. i, timestamp = 1767225600000 + i } end
  return list
end

-- The target holds the same records three offsets later.
local function copied(world, committed)
  world.source:topic("orders")
  world.source:append("orders", 0, records(1, 40))
  world.source:commit("billing", "orders", 0, 20)
  world.target:topic("orders")
  world.target:append("orders", 0, records(101, 103))
  world.target:append("orders", 0, records(1, 40))
  world.target:commit("billing", "orders", 0, committed)
end

return {
  ["passes when the group goes on at the same record"] = function(world)
    copied(world, 23)
    local result = world:run { groups = { "billing" } }
    result:passes()
    result:has("skipped", { group = "billing", topic = "orders", partition = 0 }, { actual = 0 })
    result:has("redelivered", { partition = 0 }, { actual = 0, facts = { relation = "exact" } })
  end,

  ["passes with as many records again as may be"] = function(world)
    copied(world, 18)
    local result = world:run { groups = { "billing" }, max_redelivery = 5 }
    result:passes()
    result:has("redelivered", { partition = 0 }, { actual = 5, limit = 5 })
  end,

  ["takes the budget from the group's contract"] = function(world)
    copied(world, 18)
    local plan = { contracts = { billing = { max_redelivery = 4 } } }
    world:run({ groups = { "billing" } }, { plan = plan }):fails("redelivered", { partition = 0 }, { actual = 5, limit = 4 })
  end,

  ["fails when records are skipped"] = function(world)
    copied(world, 24)
    world:run({ groups = { "billing" }, max_redelivery = 100 }):fails("skipped", { partition = 0 }, { actual = 1 })
  end,

  ["fails outside of the log"] = function(world)
    copied(world, 44)
    world:run({ groups = { "billing" } }):fails("in_range", { partition = 0 })
  end,

  ["is inconclusive without a commit on the source"] = function(world)
    copied(world, 23)
    world:run({ groups = { "shipping" } }):inconclusive()
  end,

  ["is inconclusive when the target does not hold the record"] = function(world)
    copied(world, 3)
    world.target:truncate("orders", 0, 3)
    world.target:append("orders", 0, records(201, 240))
    world:run({ groups = { "billing" } }):inconclusive()
  end,
}
