local function both(world)
  for _, cluster in ipairs { world.source, world.target } do
    cluster:quota({ user = "billing" }, { consumer_byte_rate = 1048576, producer_byte_rate = 524288 })
    cluster:quota({ ["client-id"] = "<default>" }, { request_percentage = 50 })
  end
end

return {
  ["passes when the quotas are the same"] = function(world)
    both(world)
    local result = world:run {}
    result:passes()
    result:has("quota", { entity = "user=billing", key = "consumer_byte_rate" }, { actual = 1048576 })
    result:has("quota", { entity = "client-id=<default>", key = "request_percentage" }, { actual = 50 })
    result:has("read", { cluster = "both" }, { facts = { source = 3, target = 3 } })
  end,

  ["passes when neither cluster has any"] = function(world)
    local result = world:run {}
    result:passes()
    result:has("read", { cluster = "both" }, { facts = { source = 0, target = 0 } })
  end,

  ["fails when a quota has another value"] = function(world)
    both(world)
    world.target:quota({ user = "shipping" }, { consumer_byte_rate = 10 })
    world.source:quota({ user = "shipping" }, { consumer_byte_rate = 20 })
    world:run({}):fails("quota", { entity = "user=shipping" }, { actual = 10, limit = 20 })
  end,

  ["fails when a quota is missing, or is there too much"] = function(world)
    both(world)
    world.source:quota({ user = "shipping" }, { consumer_byte_rate = 20 })
    world.target:quota({ user = "stranger" }, { consumer_byte_rate = 20 })
    local result = world:run {}
    result:fails("present", { entity = "user=shipping", key = "consumer_byte_rate" })
    result:fails("expected", { entity = "user=stranger", key = "consumer_byte_rate" })
  end,

  ["notes a difference that the plan declares"] = function(world)
    both(world)
    world.source:quota({ user = "legacy" }, { consumer_byte_rate = 20 }, { beside = true })
    local plan = {
      expected_differences = { { what = "quota", name = "user=legacy", owner = "team-a", reason = "stays behind" } },
    }
    local result = world:run({}, { plan = plan })
    result:notes("expected_difference", { entity = "user=legacy", owner = "team-a" })
    result:passes()
  end,

  ["is inconclusive when quotas may not be read"] = function(world)
    both(world)
    world.target:authorizer { super_users = {} }
    world:run({}):inconclusive("CLUSTER_AUTHORIZATION_FAILED")
  end,

  ["is inconclusive when the target cannot be reached"] = function(world)
    both(world)
    world.target:unreachable()
    world:run({}):inconclusive("unreachable")
  end,
}
