return {
  ["passes when every topic has its partitions on the target"] = function(world)
    world.source:topic("orders", 3)
    world.source:topic("payments", 1)
    world.target:topic("orders", 3)
    world.target:topic("payments", 1)
    local result = world:run { topics = { "orders", "payments" } }
    result:passes()
    result:lists {
      { check = "exists", subject = { topic = "orders" }, ok = true },
      { check = "partitions", subject = { topic = "orders" }, ok = true, actual = 3, limit = 3 },
      { check = "exists", subject = { topic = "payments" }, ok = true },
      { check = "partitions", subject = { topic = "payments" }, ok = true, actual = 1, limit = 1 },
    }
  end,

  ["passes under the mapped name"] = function(world)
    world.source:topic("orders", 3)
    world.target:topic("src.orders", 3)
    local result = world:run({ topics = { "orders" } }, { map_topics = "src.{topic}" })
    result:passes()
    result:has("partitions", { topic = "orders" }, { facts = { target_topic = "src.orders" } })
  end,

  ["looks at no topic that is excluded"] = function(world)
    world.source:topic("orders", 3)
    world.target:topic("orders", 3)
    world.source:topic("orders.internal", 1, {}, { beside = true })
    local result = world:run { topics = { "orders*", "!*.internal" } }
    result:passes()
    assert(#result.checks == 2, #result.checks)
  end,

  ["fails when the target has fewer partitions, or more"] = function(world)
    world.source:topic("orders", 3)
    world.target:topic("orders", 2)
    world:run({ topics = { "orders" } }):fails("partitions", { topic = "orders" }, { actual = 2, limit = 3 })
    world.target:partitions("orders", 4)
    world:run({ topics = { "orders" } }):fails("partitions", { topic = "orders" }, { actual = 4, limit = 3 })
  end,

  ["fails when a topic is missing on the target"] = function(world)
    world.source:topic("orders", 3)
    local result = world:run { topics = { "orders" } }
    result:fails("exists", { topic = "orders" })
    assert(#result.checks == 1, "what is not there has no partitions to count")
  end,

  ["is inconclusive when nothing is selected"] = function(world)
    world.source:topic("orders", 3)
    world:run({ topics = { "payments" } }):inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
    world:run({ topics = { "pay*" } }):inconclusive()
  end,

  ["is inconclusive when the target does not let the topic be described"] = function(world)
    world.source:topic("orders", 3)
    world.target:topic("orders", 3)
    world.target:authorizer { super_users = {} }
    world.target:allow("User:ANONYMOUS", "describe", "cluster")
    world:run({ topics = { "orders" } }):inconclusive("TOPIC_AUTHORIZATION_FAILED")
  end,

  ["is inconclusive when the target cannot be reached"] = function(world)
    world.source:topic("orders", 3)
    world.target:topic("orders", 3)
    world.target:unreachable()
    world:run({ topics = { "orders" } }):inconclusive("unreachable", "target-1:9092")
  end,

  ["takes a topic that is just being created for what it is"] = function(world)
    world.source:topic("orders", 3)
    world.target:topic("orders", 3)
    world.target:fail("Metadata", "LEADER_NOT_AVAILABLE", { times = 2 })
    world:run({ topics = { "orders" } }):passes()
  end,
}
