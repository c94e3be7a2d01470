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

  ["leaves headers out that are named"] = function(world)
    local marked = records(1, 40)
    for _, r in ipairs(marked) do r.headers = { __mskmr = "S1" } end
    world.source:topic("orders")
    world.source:append("orders", 0, records(1, 40))
    world.source:commit("billing", "orders", 0, 20)
    world.target:topic("orders")
    world.target:append("orders", 0, marked)
    world.target:commit("billing", "orders", 0, 20)
    world:run({ groups = { "billing" } }):inconclusive()
    local result = world:run { groups = { "billing" }, ignore_headers = { "__mskmr" } }
    result:passes()
    result:has("skipped", { partition = 0 }, { facts = { relation = "exact", ignore_headers = { "__mskmr" } } })
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

  ["is inconclusive where the commit on the source lies beyond its log"] = function(world)
    copied(world, 43)
    world.source:commit("billing", "orders", 0, 55)
    local result = world:run { groups = { "billing" }, max_redelivery = 100 }
    result:inconclusive()
    result:has("skipped", { partition = 0 }, { unknown = "source_out_of_range" })
    -- As far as the log goes it is no further than the end.
    world.source:commit("billing", "orders", 0, 40)
    world:run({ groups = { "billing" } }):passes()
    -- The end of the log is lost with the records that the group has read.
    world.source:truncate("orders", 0, 30)
    world:run({ groups = { "billing" }, max_redelivery = 100 }):inconclusive()
  end,

  ["sees the records of an open transaction that the group has come past"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, records(1, 20))
    world.source:append("orders", 0, records(21, 40), { transaction = "t", finish = "open" })
    world.source:commit("billing", "orders", 0, 30)
    world.target:topic("orders")
    world.target:append("orders", 0, records(1, 40))
    world.target:commit("billing", "orders", 0, 20)
    world:run({ groups = { "billing" } }):fails("redelivered", { partition = 0 }, { actual = 10 })
    world.target:commit("billing", "orders", 0, 30)
    world:run({ groups = { "billing" } }):passes()
    world.target:commit("billing", "orders", 0, 31)
    world:run({ groups = { "billing" } }):fails("skipped", { partition = 0 }, { actual = 1 })
  end,

  ["is inconclusive where the source has lost records that were not read, and the target has not"] = function(world)
    copied(world, 23)
    world.source:commit("billing", "orders", 0, 5)
    world.source:delete_records("orders", 0, 20)
    -- Wherever the commit is: which of the records before it were read cannot be told.
    local result
    for _, commit in ipairs { 23, 8, 5, 3, 0 } do
      world.target:commit("billing", "orders", 0, commit)
      result = world:run { groups = { "billing" }, max_redelivery = 100 }
      result:inconclusive()
      result:has("skipped", { partition = 0 }, { unknown = "source_lost", facts = { approximate = true } })
    end
    -- What comes after the place is skipped in any case.
    world.target:commit("billing", "orders", 0, 25)
    result = world:run { groups = { "billing" } }
    result:fails("skipped", { partition = 0 }, { actual = 2, facts = { at_least = true } })
  end,

  ["passes by the nearest record where both clusters have lost those before it"] = function(world)
    copied(world, 23)
    world.source:commit("billing", "orders", 0, 5)
    world.source:delete_records("orders", 0, 20)
    world.target:delete_records("orders", 0, 23)
    local result = world:run { groups = { "billing" } }
    result:passes()
    result:has("skipped", { partition = 0 }, { actual = 0, facts = { relation = "exact", approximate = true } })
    world.target:commit("billing", "orders", 0, 24)
    world:run({ groups = { "billing" } }):fails("skipped", { partition = 0 }, { actual = 1 })
  end,

  ["is inconclusive where a topic that is asked for has records and no commit"] = function(world)
    copied(world, 23)
    for _, cluster in ipairs { world.source, world.target } do
      cluster:topic("refunds", 1, {}, { beside = true })
      cluster:append("refunds", 0, records(1, 10))
    end
    world:run({ groups = { "billing" } }):passes()
    world:run({ groups = { "billing" }, topics = { "orders" } }):passes()
    local result = world:run { groups = { "billing" }, topics = { "orders", "refunds" } }
    result:inconclusive()
    result:has("skipped", { topic = "refunds", partition = 0 }, { unknown = "no_source_commit" })
    result:has("skipped", { topic = "orders", partition = 0 }, { actual = 0 })
    world.target:commit("billing", "refunds", 0, 10)
    world:run({ groups = { "billing" } }):inconclusive()
    -- Others commit there: that is no matter of this group's.
    world.target:commit("billing", "refunds", 0, nil)
    world.target:commit("shipping", "refunds", 0, 10)
    world:run({ groups = { "billing" } }):passes()
  end,

  ["is inconclusive where a partition beside the others has records and no commit"] = function(world)
    for _, cluster in ipairs { world.source, world.target } do
      cluster:topic("orders", 2, {}, { beside = true })
      cluster:append("orders", 0, records(1, 40))
      cluster:commit("billing", "orders", 0, 20)
    end
    -- Nothing was ever to be read there: no finding.
    world:run({ groups = { "billing" }, topics = { "orders" } }):passes()
    world:run({ groups = { "billing" } }):passes()
    world.target:commit("billing", "orders", 1, 0)
    world:run({ groups = { "billing" } }):passes()
    for _, cluster in ipairs { world.source, world.target } do cluster:append("orders", 1, records(101, 200)) end
    for _, commit in ipairs { 0, 100 } do
      world.target:commit("billing", "orders", 1, commit)
      for _, topics in ipairs { { "orders" }, false } do
        local result = world:run { groups = { "billing" }, topics = topics or nil }
        result:inconclusive()
        result:has("skipped", { partition = 1 }, { unknown = "no_source_commit" })
      end
    end
    world.target:commit("billing", "orders", 1, nil)
    world:run({ groups = { "billing" }, topics = { "orders" } }):inconclusive()
    world:run({ groups = { "billing" } }):inconclusive()
  end,

  ["is inconclusive where the target goes on past records of which the source has neither any nor a commit"] =
    function(world)
      for _, cluster in ipairs { world.source, world.target } do
        cluster:topic("orders", 2, {}, { beside = true })
        cluster:append("orders", 0, records(1, 40))
        cluster:append("orders", 1, records(101, 110))
        cluster:commit("billing", "orders", 0, 20)
      end
      world.source:delete_records("orders", 1, 10)
      world:run({ groups = { "billing" } }):passes()
      world.target:commit("billing", "orders", 1, 10)
      local result = world:run { groups = { "billing" } }
      result:inconclusive()
      result:has("skipped", { partition = 1 }, { unknown = "no_source_commit" })
      world.target:delete_records("orders", 1, 10)
      world:run({ groups = { "billing" } }):passes()
    end,

  ["is inconclusive where members read a topic without having committed there"] = function(world)
    copied(world, 23)
    for _, cluster in ipairs { world.source, world.target } do
      cluster:topic("refunds", 1, {}, { beside = true })
      cluster:append("refunds", 0, records(1, 10))
    end
    world.source:group("billing", { members = { { assignment = { orders = { 0 }, refunds = { 0 } } } } })
    world:run({ groups = { "billing" } }):inconclusive()
    world:run({ groups = { "billing" }, topics = { "orders" } }):passes()
  end,

  ["is inconclusive while the group rebalances, whose topics are not told then, and judges those that are named"] =
    function(world)
      copied(world, 23)
      for _, state in ipairs { "PreparingRebalance", "Reconciling" } do
        world.source:group("billing", { state = state, members = { {} } })
        local result = world:run { groups = { "billing" } }
        result:inconclusive()
        result:has("skipped", { group = "billing" }, { facts = { state = state:lower(), members = 1 } })
        result:has("skipped", { group = "billing", topic = "orders", partition = 0 }, { ok = true })
        world:run({ groups = { "billing" }, topics = { "orders" } }):passes()
      end
    end,

  ["is inconclusive where the commits of the target cannot be read"] = function(world)
    copied(world, 23)
    world.target:fail("OffsetFetch", "GROUP_AUTHORIZATION_FAILED")
    world:run({ groups = { "billing" } }):inconclusive()
  end,

  ["takes a count that stopped early for a lower bound"] = function(world)
    world.target:delay("Fetch", "1s")
    for budget, expected in pairs { [199] = "fail", [200] = "inconclusive" } do
      for _, cluster in ipairs { world.source, world.target } do
        cluster:topic("orders", 1)
        cluster:append("orders", 0, records(1, 200))
        cluster:append("orders", 0, records(201, 500))
      end
      world.source:commit("billing", "orders", 0, 400)
      world.target:commit("billing", "orders", 0, 0)
      -- The place has been found; half of what lies before it is lost before it is counted.
      world:at("4500ms").target:truncate("orders", 0, 200)
      local result = world:run { groups = { "billing" }, max_redelivery = budget }
      if expected == "fail" then
        result:fails("redelivered", { partition = 0 }, { actual = 200, facts = { at_least = true } })
      else
        result:inconclusive()
        result:has("skipped", { partition = 0 }, { unknown = "not_counted" })
      end
      for _, cluster in ipairs { world.source, world.target } do cluster:delete_topic("orders") end
    end
  end,
}
