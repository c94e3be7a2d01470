local options = {
  principals = { billing = { user = "billing", password = "secret" } },
}

local function topics(world)
  for _, cluster in ipairs { world.source, world.target } do
    cluster:topic("orders")
    cluster:login("billing", "secret")
    cluster:allow("User:billing", "read", "topic", "orders")
  end
end

local function both(world)
  topics(world)
  for _, cluster in ipairs { world.source, world.target } do
    cluster:group("billing")
    cluster:allow("User:billing", "read", "group", "billing")
  end
end

local arguments = { topics = { "orders" }, groups = { "billing" } }

return {
  ["passes when a principal may do the same on both"] = function(world)
    both(world)
    local result = world:run(arguments, options)
    result:passes()
    result:lists {
      { check = "operations", subject = { principal = "billing", topic = "orders" }, actual = { "read", "describe" } },
      { check = "operations", subject = { principal = "billing", group = "billing" }, actual = { "read", "describe" } },
    }
  end,

  ["passes where the lists differ and come to the same"] = function(world)
    topics(world)
    -- Whoever may read may describe.
    world.target:allow("User:billing", "describe", "topic", "orders", { beside = true })
    world:run({ topics = { "orders" } }, options):passes()
  end,

  ["asks for the run's own permissions where no principal is given"] = function(world)
    for _, cluster in ipairs { world.source, world.target } do
      cluster:topic("orders")
      cluster:authorizer { super_users = {} }
      cluster:allow("User:ANONYMOUS", "write", "topic", "orders")
    end
    local result = world:run { topics = { "orders" } }
    result:passes()
    result:has("operations", { principal = "self", topic = "orders" }, { actual = { "write", "describe" } })
  end,

  ["fails when the target allows less, or more"] = function(world)
    both(world)
    world.source:allow("User:billing", "write", "topic", "orders")
    world:run(arguments, options):fails("operations", { topic = "orders" },
      { actual = { "read", "describe" }, limit = { "read", "write", "describe" } })
    world.target:allow("User:billing", "all", "topic", "orders")
    world:run(arguments, options):fails("operations", { topic = "orders" })
  end,

  ["fails where a deny beats the allow"] = function(world)
    both(world)
    world.target:deny("User:*", "read", "topic", "*")
    world:run(arguments, options):fails("operations", { topic = "orders" })
  end,

  ["asks about the mapped group"] = function(world)
    for _, cluster in ipairs { world.source, world.target } do cluster:login("billing", "secret") end
    world.source:group("billing")
    world.source:allow("User:billing", "read", "group", "billing")
    world.target:authorizer()
    local mapped = { principals = options.principals, map_groups = "src.{group}" }
    world:run({ groups = { "billing" } }, mapped):fails("describe", { group = "billing" }, { actual = false })
    world.target:allow("User:billing", "read", "group", "src.", { prefixed = true })
    world:run({ groups = { "billing" } }, mapped):has("operations", { group = "billing" }, { ok = true })
  end,

  ["is inconclusive when the topic is not on the target"] = function(world)
    both(world)
    world.target:delete_topic("orders")
    -- Who may not describe a topic is not told whether there is one.
    world.target:allow("User:billing", "describe", "topic", "*")
    world:run(arguments, options):inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
  end,

  ["is inconclusive when the principal is not let in"] = function(world)
    both(world)
    world.target:login("billing", "changed")
    world:run(arguments, options):inconclusive("SASL_AUTHENTICATION_FAILED")
  end,

  ["is inconclusive when the target cannot be reached"] = function(world)
    both(world)
    world.target:unreachable()
    world:run(arguments, options):inconclusive("unreachable")
  end,
}
