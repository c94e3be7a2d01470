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

  ["judges a group once more that commits on the target meanwhile"] = function(world)
    copied(world, 23)
    world.target:delay("Fetch", "1s")
    world:at("1s").target:commit("billing", "orders", 0, 24)
    world:run({ groups = { "billing" } }):fails("skipped", { partition = 0 }, { actual = 1 })
  end,

  ["is inconclusive when a group goes on to commit on the target"] = function(world)
    copied(world, 18)
    world.target:delay("Fetch", "1s")
    for second = 1, 60 do
      world:at(second .. "s").target:commit("billing", "orders", 0, 18 + second % 5)
    end
    world:run({ groups = { "billing" }, max_redelivery = 100 }):inconclusive("unknown_value", "changed_underfoot")
  end,

  ["is inconclusive when the commit on the target is gone meanwhile"] = function(world)
    copied(world, 23)
    world.target:delay("Fetch", "1s")
    world:at("1s").target:commit("billing", "orders", 0, nil)
    world:run({ groups = { "billing" } }):inconclusive()
  end,

  ["is inconclusive where all records are the same, and there are more of them on the target"] = function(world)
    local function same(count)
      local list = {}
      for index = 1, count do list[index] = { value = "same", timestamp = 1767225600000 } end
      return list
    end
    world.source:topic("orders", 1, {}, { beside = true })
    world.source:append("orders", 0, same(40))
    world.source:commit("billing", "orders", 0, 20)
    world.target:topic("orders", 1, {}, { beside = true })
    world.target:append("orders", 0, same(40))
    world.target:commit("billing", "orders", 0, 20)
    -- As many on both sides: then the twenty-first is the twenty-first.
    world:run({ groups = { "billing" } }):passes()
    world.target:commit("billing", "orders", 0, 21)
    world:run({ groups = { "billing" } }):fails("skipped", { partition = 0 }, { actual = 1 })
    world.target:append("orders", 0, same(1))
    local result = world:run { groups = { "billing" } }
    result:inconclusive()
    result:has("skipped", { partition = 0 }, { unknown = "ambiguous" })
    world.source:append("orders", 0, same(5000))
    world:run({ groups = { "billing" } }):inconclusive()
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
