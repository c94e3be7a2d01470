return {
  ["captures every entry"] = function(world)
    world.source:allow("User:billing", "read", "topic", "orders")
    world.source:deny("User:*", "delete", "topic", "pay", { prefixed = true, host = "10.0.0.1" })
    local result = world:run {}
    result:passes()
    result:lists { { check = "captured", subject = { cluster = "source" }, facts = { entries = 2, principals = 2 } } }
    result:notes("acl", { principal = "User:billing", operation = "read", resource_name = "orders" })
    result:notes("acl", {
      principal = "User:*", permission_type = "deny", pattern_type = "prefixed", host = "10.0.0.1",
    })
  end,

  ["captures that there is no entry"] = function(world)
    world.target:authorizer()
    local result = world:run { cluster = "target" }
    result:passes()
    result:has("captured", { cluster = "target" }, { facts = { entries = 0, principals = 0 } })
  end,

  ["is inconclusive without an authorizer"] = function(world)
    world:run({}):inconclusive("SECURITY_DISABLED")
  end,

  -- A gate that takes stock judges nothing: it fails with the run alone.
  ["fails with the run where the plan means another cluster"] = function(world)
    world.source:allow("User:billing", "read", "topic", "orders")
    world:run({}, { plan = { source = { cluster_id = "Q4bJHk0TSdGZVaHcVXyZ0A" } } }):fails()
  end,

  ["is inconclusive when the entries may not be read"] = function(world)
    world.source:authorizer { super_users = {} }
    world:run({}):inconclusive("CLUSTER_AUTHORIZATION_FAILED")
  end,

  ["is inconclusive when the cluster cannot be reached"] = function(world)
    world.source:unreachable()
    world:run({}):inconclusive("unreachable")
  end,
}
