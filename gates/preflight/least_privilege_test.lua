return {
  ["passes when every grant is for something"] = function(world)
    world.target:allow("User:billing", "read", "topic", "orders")
    world.target:allow("User:billing", "write", "topic", "orders.", { prefixed = true })
    world.target:deny("User:*", "delete", "topic", "*")
    local result = world:run {}
    result:passes()
    result:lists {
      { check = "narrow", subject = { operation = "read", resource_name = "orders" }, ok = true },
      { check = "narrow", subject = { operation = "write", resource_name = "orders." }, ok = true },
      { check = "closed", subject = { cluster = "target", broker = "1" }, ok = true },
      { check = "closed", subject = { cluster = "target", broker = "2" }, ok = true },
    }
  end,

  ["passes when who has a broad grant is excepted"] = function(world)
    world.target:allow("User:admin", "all", "topic", "*")
    world.target:allow("User:billing", "read", "topic", "orders")
    local result = world:run { exceptions = { "User:admin" } }
    result:has("narrow", { principal = "User:billing" }, { ok = true })
    result:notes("exception", { breadth = "every operation" })
    result:passes()
  end,

  ["looks at the source where it is told to"] = function(world)
    world.source:allow("User:migration", "read", "topic", "*")
    world:run({ cluster = "source" }):fails("narrow", { principal = "User:migration" })
  end,

  ["fails on a grant to everybody, of everything, or on everything"] = function(world)
    world.target:allow("User:*", "read", "topic", "orders")
    world.target:allow("User:migration", "all", "topic", "orders")
    world.target:allow("User:migration", "read", "group", "*")
    world.target:allow("User:migration", "read", "topic", "", { prefixed = true })
    local result = world:run {}
    result:fails("narrow", { principal = "User:*" }, { facts = { breadth = "everybody" } })
    result:fails("narrow", { operation = "all" }, { facts = { breadth = "every operation" } })
    result:fails("narrow", { resource_type = "group" }, { facts = { breadth = "every group" } })
    result:fails("narrow", { pattern_type = "prefixed" }, { facts = { breadth = "every topic" } })
  end,

  ["is inconclusive without an authorizer, and without an entry"] = function(world)
    world:run({}):inconclusive("SECURITY_DISABLED")
    world.target:authorizer()
    world:run({}):inconclusive()
    world.target:deny("User:*", "delete", "topic", "*")
    world:run({}):inconclusive()
  end,

  ["fails where a broker lets everybody do what no entry speaks of"] = function(world)
    world.target:allow("User:billing", "read", "topic", "orders")
    world.target:broker_config("allow.everyone.if.no.acl.found", true)
    world:run({}):fails("closed", { broker = "2" })
  end,

  ["is inconclusive when the target cannot be reached"] = function(world)
    world.target:allow("User:billing", "read", "topic", "orders")
    world.target:unreachable()
    world:run({}):inconclusive("unreachable")
  end,
}
