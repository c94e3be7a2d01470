return {
  ["captures every quota"] = function(world)
    world.source:quota({ user = "billing" }, { consumer_byte_rate = 1048576, producer_byte_rate = 1024 })
    world.source:quota({ user = "<default>" }, { request_percentage = 50 })
    local result = world:run {}
    result:passes()
    result:lists { { check = "captured", subject = { cluster = "source" }, facts = { quotas = 3 } } }
    result:notes("quota", { entity = { user = "billing" }, key = "consumer_byte_rate", value = 1048576 })
    result:notes("quota", { entity = { user = "<default>" }, key = "request_percentage", value = 50 })
  end,

  ["captures that there is none"] = function(world)
    local result = world:run { cluster = "target" }
    result:passes()
    result:has("captured", { cluster = "target" }, { facts = { quotas = 0 } })
  end,

  -- A gate that takes stock judges nothing: it fails with the run alone.
  ["fails with the run where the plan means another cluster"] = function(world)
    world:run({}, { plan = { source = { cluster_id = "Q4bJHk0TSdGZVaHcVXyZ0A" } } }):fails()
  end,

  ["is inconclusive when quotas may not be read"] = function(world)
    world.source:authorizer { super_users = {} }
    world:run({}):inconclusive("CLUSTER_AUTHORIZATION_FAILED")
  end,

  ["is inconclusive when the cluster cannot be reached"] = function(world)
    world.source:unreachable()
    world:run({}):inconclusive("unreachable")
  end,
}
