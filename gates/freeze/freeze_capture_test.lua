local function frozen(world)
  world.source:topic("orders", 2)
  world.source:append("orders", 0, 5)
  world.source:append("orders", 1, 3, { transaction = "t" })
  world.source:commit("billing", "orders", 0, 5)
end

return {
  ["captures where each partition ends and each group stands"] = function(world)
    frozen(world)
    local result = world:run { topics = { "orders" }, groups = { "billing" } }
    result:passes()
    result:has("captured", { topic = "orders", partition = 1 }, { facts = { end_offset = 4, stable_offset = 4 } })
    result:has("captured", { group = "billing" }, { facts = { commits = 1 } })
    result:notes("partitions", { topic = "orders", end_offsets = { 5, 4 } })
    result:notes("commits", { group = "billing", offsets = { 5 } })
    result:notes("vector", {})
  end,

  -- A gate that takes stock judges nothing: it fails with the run alone.
  ["fails with the run where the plan means another cluster"] = function(world)
    frozen(world)
    world:run({ topics = { "orders" } }, { plan = { source = { cluster_id = "Q4bJHk0TSdGZVaHcVXyZ0A" } } }):fails()
  end,

  -- Each answer takes a second, and reading all offsets of both leaders six.
  ["captures again where a topic changes meanwhile, and is inconclusive where it does so twice"] = function(world)
    frozen(world)
    world.source:delay("ListOffsets", "1s")
    world:at("3s").source:partitions("orders", 3)
    local result = world:run { topics = { "orders" } }
    result:passes()
    result:notes("partitions", { partitions = { 0, 1, 2 } })
    assert(world.clock:now_ms() == 1767225600000 + 12000, world.clock:now_ms())
    world:at("3s").source:partitions("orders", 4)
    world:at("9s").source:partitions("orders", 5)
    result = world:run { topics = { "orders" } }
    result:inconclusive()
    result:has("captured", { topic = "orders" }, {})
  end,

  ["captures topics without commits, and commits of all groups where none are named"] = function(world)
    frozen(world)
    world.source:topic("refunds")
    world.source:commit("shipping", "refunds", 0, 0)
    local result = world:run { topics = { "orders", "ref*" } }
    result:passes()
    result:notes("commits", { group = "shipping", topic = "refunds", partitions = { 0 }, offsets = { 0 } })
    result:notes("partitions", { topic = "refunds", end_offsets = { 0 } })
  end,

  ["gives the same positions the same id, and others another"] = function(world)
    frozen(world)
    local function captured() return world:run({ topics = { "orders" } }).evidence end
    local first, second = captured(), captured()
    world.source:append("orders", 0, { "one more" })
    local third = captured()
    local function judged(freeze)
      return world:run({ topics = { "orders" } }, { gate = "writes_frozen.lua", freeze = freeze })
    end
    local a, b, c = judged(first), judged(second), judged(third)
    local function id_of(result)
      for _, check in ipairs(result.checks) do
        if check.check == "cluster_id" then return check.subject.freeze end
      end
    end
    assert(id_of(a) == id_of(b) and id_of(a) ~= id_of(c) and #id_of(a) == 64, id_of(a))
    a:fails("quiet", { partition = 0 })
    c:passes()
  end,

  ["notes share groups, which have no commits, and can be judged against with them"] = function(world)
    frozen(world)
    world.source:group("workers", { type = "share" })
    local result = world:run { topics = { "orders" } }
    result:passes()
    result:notes("share_group", { group = "workers" })
    result:notes("commits", { group = "billing", offsets = { 5 } })
    world:run({ topics = { "orders" } }, { gate = "writes_frozen.lua", freeze = result.evidence }):passes()
  end,

  ["is inconclusive when a group does not answer, or none is found"] = function(world)
    frozen(world)
    world:run({ topics = { "orders" }, groups = { "ship*" } }):inconclusive()
    world.source:fail("OffsetFetch", "GROUP_AUTHORIZATION_FAILED")
    world:run({ topics = { "orders" } }):inconclusive("GROUP_AUTHORIZATION_FAILED")
  end,

  ["is inconclusive when a leader is gone"] = function(world)
    frozen(world)
    world.source:move_leader("orders", 1, nil)
    world:run({ topics = { "orders" } }):inconclusive()
  end,

  ["is inconclusive about a topic that is not there"] = function(world)
    world:run({ topics = { "orders" } }):inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
  end,
}
