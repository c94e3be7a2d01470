local function ids(world)
  world.source:cluster_id("Q4bJHk0TSdGZVaHcVXyZ0A")
  world.target:cluster_id("xk8sV0cZRNuE3GeFZ0mkTw")
end

local expected = { source_id = "Q4bJHk0TSdGZVaHcVXyZ0A", target_id = "xk8sV0cZRNuE3GeFZ0mkTw" }

return {
  ["passes when both are the ones that were meant"] = function(world)
    ids(world)
    local result = world:run(expected)
    result:passes()
    result:lists {
      { check = "cluster_id", subject = { cluster = "source" }, actual = "Q4bJHk0TSdGZVaHcVXyZ0A", facts = { brokers = 2 } },
      { check = "cluster_id", subject = { cluster = "target" }, actual = "xk8sV0cZRNuE3GeFZ0mkTw" },
      { check = "distinct", subject = { cluster = "both" }, ok = true },
    }
  end,

  ["takes the ids from the plan"] = function(world)
    ids(world)
    world:run({}, {
      plan = { source = { cluster_id = expected.source_id }, target = { cluster_id = expected.target_id } },
    }):passes()
  end,

  ["fails when a cluster is another"] = function(world)
    ids(world)
    local result = world:run { source_id = expected.target_id, target_id = expected.source_id }
    result:fails("cluster_id", { cluster = "source" }, { actual = expected.source_id })
    result:fails("cluster_id", { cluster = "target" }, { actual = expected.target_id })
  end,

  ["no gate runs where both addresses lead to one cluster"] = function(world)
    ids(world)
    world.target:cluster_id(expected.source_id)
    local result = world:run(expected)
    result:fails()
    assert(#result.checks == 0 and result.reasons[1].code == "needs", result.reasons[1].message)
  end,

  ["is inconclusive when nothing says which are meant"] = function(world)
    ids(world)
    local result = world:run {}
    result:inconclusive("no_expected_id")
    result:has("cluster_id", { cluster = "source" }, { facts = { found = expected.source_id } })
  end,

  ["is inconclusive when a cluster cannot be reached"] = function(world)
    ids(world)
    world.target:unreachable()
    world:run(expected):inconclusive("unreachable")
  end,
}
