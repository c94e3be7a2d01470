return {
  ["passes when every address answers"] = function(world)
    local result = world:run {}
    result:passes()
    result:lists {
      { check = "reachable", subject = { broker = "target-1:9092", address = "bootstrap" }, ok = true },
      { check = "reachable", subject = { broker = "target-2:9092", address = "bootstrap" }, ok = true },
      { check = "reachable", subject = { broker = "target-1:9092", address = "advertised" }, ok = true },
      { check = "reachable", subject = { broker = "target-2:9092", address = "advertised" }, ok = true },
    }
  end,

  ["passes where one has to log in"] = function(world)
    world.source:login("billing", "secret")
    local result = world:run({ cluster = "source" }, { login = { user = "billing", password = "secret" } })
    result:passes()
    result:has("reachable", { broker = "source-1:9093", address = "advertised" }, { ok = true })
  end,

  ["fails when an advertised broker refuses connections"] = function(world)
    world.target:unreachable(2)
    local result = world:run {}
    result:fails("reachable", { broker = "target-2:9092", address = "advertised" }, { facts = { tcp = false } })
    result:has("reachable", { broker = "target-1:9092", address = "advertised" }, { ok = true })
  end,

  ["fails when the address of a broker leads to another cluster"] = function(world)
    -- Broker 2 is met a second late, and is the other cluster's by then.
    world.target:delay("ApiVersions", "1s", { broker = 2 })
    world:at("1s").target:cluster_id("other")
    local result = world:run({})
    result:fails("reachable", { broker = "target-2:9092" }, { facts = { error = "protocol.other_cluster", tcp = true } })
  end,

  ["fails when what answers is no broker"] = function(world)
    world.target:garbage("ApiVersions", { broker = 2 })
    local result = world:run {}
    result:fails("reachable", { broker = "target-2:9092" }, { facts = { error = "protocol", tcp = true } })
    result:has("reachable", { broker = "target-1:9092", address = "advertised" }, { ok = true })
  end,

  ["fails when TLS does not come about"] = function(world)
    world:run({}, { config = { ["security.protocol"] = "SSL" } }):fails("reachable", { address = "bootstrap" })
  end,

  ["is inconclusive when a login is refused"] = function(world)
    world.target:login("billing", "secret")
    local result = world:run({}, { login = { user = "billing", password = "wrong" } })
    result:has("reachable", { broker = "target-1:9093", address = "bootstrap" }, { ok = true })
    result:inconclusive("authentication")
  end,
}
