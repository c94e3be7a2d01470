return {
  ["captures brokers, mechanisms and SCRAM users"] = function(world)
    world.source:login("migration", "secret")
    world.source:scram("billing", "SCRAM-SHA-512", 8192)
    world.source:scram("shipping", "SCRAM-SHA-256")
    local result = world:run({}, { login = { user = "migration", password = "secret" } })
    result:passes()
    result:has("captured", { broker = "source-1:9093" }, { facts = { mechanism = "PLAIN", listener = "SASL_PLAINTEXT" } })
    result:has("captured", { broker = "source-2:9093" }, { ok = true })
    result:has("captured", { what = "scram_users" }, { facts = { users = 2 } })
    result:notes("scram_user", { user = "billing", mechanism = "SCRAM-SHA-512", iterations = 8192 })
  end,

  ["captures that nobody has to log in"] = function(world)
    local result = world:run { cluster = "target" }
    result:passes()
    result:has("captured", { broker = "target-1:9092" }, { facts = { listener = "PLAINTEXT" } })
  end,

  -- A gate that takes stock judges nothing: it fails with the run alone.
  ["fails with the run where the plan means another cluster"] = function(world)
    world:run({}, { plan = { source = { cluster_id = "Q4bJHk0TSdGZVaHcVXyZ0A" } } }):fails()
  end,

  ["is inconclusive when one broker cannot be reached"] = function(world)
    world.source:unreachable(2)
    local result = world:run {}
    result:inconclusive("unreachable")
    result:has("captured", { broker = "source-1:9092" }, { ok = true })
    result:has("captured", { broker = "source-2:9092" }, { unknown = "unreachable" })
  end,

  ["is inconclusive when the users may not be read"] = function(world)
    world.source:authorizer { super_users = {} }
    world:run({}):inconclusive("CLUSTER_AUTHORIZATION_FAILED")
  end,
}
