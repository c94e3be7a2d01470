local function both(world)
  for _, cluster in ipairs { world.source, world.target } do
    cluster:allow("User:billing", "read", "topic", "orders")
    cluster:allow("User:billing", "read", "group", "billing-", { prefixed = true })
    cluster:deny("User:*", "delete", "topic", "*")
  end
end

return {
  ["passes when the entries are the same"] = function(world)
    both(world)
    local result = world:run {}
    result:passes()
    result:has("present", {
      principal = "User:billing", resource_type = "topic", resource_name = "orders", operation = "read",
      permission_type = "allow", pattern_type = "literal", host = "*",
    }, { ok = true })
    result:has("read", { cluster = "both" }, { facts = { source = 3, target = 3 } })
  end,

  ["passes under the mapped topic, group and principal"] = function(world)
    world.source:allow("User:CN=billing", "read", "topic", "orders")
    world.source:allow("User:CN=billing", "read", "group", "billing")
    world.target:allow("User:billing", "read", "topic", "src.orders")
    world.target:allow("User:billing", "read", "group", "src.billing")
    local result = world:run(
      { principal_map = { "User:CN=billing=>User:billing" } },
      { map_topics = "src.{topic}", map_groups = "src.{group}" })
    result:passes()
  end,

  ["fails when an entry is missing on the target"] = function(world)
    both(world)
    world.source:allow("User:billing", "write", "topic", "orders")
    world:run({}):fails("present", { operation = "write", resource_name = "orders" }, { actual = false })
  end,

  ["fails when the target has an entry of its own"] = function(world)
    both(world)
    world.target:allow("User:migration", "all", "topic", "*")
    world:run({}):fails("expected", { principal = "User:migration" })
  end,

  ["only notes what the target has besides, where it is told to"] = function(world)
    both(world)
    world.target:allow("User:migration", "all", "topic", "*")
    world.source:allow("User:billing", "write", "topic", "orders")
    local result = world:run { extra = "note" }
    result:fails("present", { operation = "write" })
    result:notes("extra", { principal = "User:migration", operation = "all" })
    for _, check in ipairs(result.checks) do assert(check.check ~= "expected", check.check) end
  end,

  ["tells allow and deny, prefix and name, and hosts apart"] = function(world)
    world.source:allow("User:billing", "read", "topic", "orders")
    world.target:allow("User:billing", "read", "topic", "orders", { prefixed = true })
    world:run({}):fails("present", { pattern_type = "literal" })
    world.target:allow("User:billing", "read", "topic", "orders", { host = "10.0.0.1" })
    world:run({}):fails("expected", { host = "10.0.0.1" })
  end,

  ["notes a difference that the plan declares, with its owner"] = function(world)
    both(world)
    world.source:allow("User:legacy", "read", "topic", "orders", { beside = true })
    local plan = {
      expected_differences = {
        { what = "acl", name = "User:legacy", owner = "team-a", reason = "is switched off with the source" },
      },
    }
    local result = world:run({}, { plan = plan })
    result:has("read", { cluster = "both" }, { facts = { source = 4, target = 3 } })
    result:notes("expected_difference", { owner = "team-a", side = "source" })
    result:passes()
  end,

  ["goes by the source's names of topics and principals where the plan declares a difference"] = function(world)
    world.source:allow("User:billing", "read", "topic", "orders")
    world.target:allow("User:billing", "read", "topic", "src.orders")
    world.source:allow("User:CN=legacy", "read", "topic", "audit", { beside = true })
    world.target:allow("User:legacy", "write", "topic", "src.audit", { beside = true })
    local function declared(difference)
      difference.what, difference.owner, difference.reason = "acl", "team-a", "stays behind"
      return { map_topics = "src.{topic}", plan = { expected_differences = { difference } } }
    end
    local arguments = { principal_map = { "User:CN=legacy=>User:legacy" } }
    for _, difference in ipairs {
      { topic = "audit" }, { name = "User:CN=legacy" }, { topic = "audit", name = "User:CN=legacy" },
    } do
      local result = world:run(arguments, declared(difference))
      result:passes()
      result:notes("expected_difference", { side = "source" })
      result:notes("expected_difference", { side = "target" })
    end
    for _, difference in ipairs { { topic = "src.audit" }, { name = "User:legacy" } } do
      local result = world:run(arguments, declared(difference))
      result:fails("present", { resource_name = "src.audit" }, {
        facts = { source_name = "audit", source_principal = "User:CN=legacy" },
      })
    end
  end,

  ["takes a declared * for the name of all topics, whatever the mapping"] = function(world)
    world.source:allow("User:billing", "read", "topic", "orders")
    world.target:allow("User:billing", "read", "topic", "src.orders")
    world.target:allow("User:migration", "all", "topic", "*", { beside = true })
    local plan = { expected_differences = { { what = "acl", topic = "*", owner = "team-a", reason = "until the end" } } }
    local result = world:run({}, { map_topics = "src.{topic}", plan = plan })
    result:passes()
    result:notes("expected_difference", { side = "target" })
  end,

  ["is inconclusive without an authorizer"] = function(world)
    world.source:allow("User:billing", "read", "topic", "orders")
    world:run({}):inconclusive("SECURITY_DISABLED")
  end,

  ["is inconclusive when the entries may not be read"] = function(world)
    both(world)
    world.target:authorizer { super_users = {} }
    world:run({}):inconclusive("CLUSTER_AUTHORIZATION_FAILED")
  end,

  ["is inconclusive when the target cannot be reached"] = function(world)
    both(world)
    world.target:unreachable()
    world:run({}):inconclusive("unreachable", "target-1:9092")
  end,
}
