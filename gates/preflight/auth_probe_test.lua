local options = { principals = { billing = { user = "billing", password = "secret" } } }

local function secured(world)
  world.target:login("billing", "secret")
  world.target:topic("orders")
  world.target:group("billing")
  world.target:allow("User:billing", "read", "topic", "orders")
  world.target:allow("User:billing", "read", "group", "billing")
end

return {
  ["passes when the principal is let in everywhere and may do what it needs"] = function(world)
    secured(world)
    local result = world:run(
      { operations = { "read" }, topics = { "orders" }, groups = { "billing" }, mechanism = "PLAIN" }, options)
    result:passes()
    result:lists {
      { check = "login", subject = { principal = "billing", broker = "target-1:9093" }, ok = true },
      { check = "mechanism", subject = { principal = "billing", broker = "target-1:9093" }, actual = "PLAIN" },
      { check = "login", subject = { principal = "billing", broker = "target-2:9093" }, ok = true },
      { check = "mechanism", subject = { principal = "billing", broker = "target-2:9093" }, actual = "PLAIN" },
      { check = "allowed", subject = { principal = "billing", operation = "read", topic = "orders" }, ok = true },
      { check = "allowed", subject = { principal = "billing", operation = "read", group = "billing" }, ok = true },
    }
  end,

  ["passes by SCRAM, and fails by another mechanism than expected"] = function(world)
    world.target:login("billing", "secret", "SCRAM-SHA-512")
    local scram = { principals = { billing = { user = "billing", password = "secret", mechanism = "SCRAM-SHA-512" } } }
    local result = world:run({ mechanism = "SCRAM-SHA-512" }, scram)
    result:passes()
    result:has("login", { principal = "billing", broker = "target-2:9093" }, { facts = { mechanism = "SCRAM-SHA-512" } })
    world:run({ mechanism = "PLAIN" }, scram):fails("mechanism", { principal = "billing" }, { actual = "SCRAM-SHA-512" })
  end,

  ["probes as the run itself where no principal is given"] = function(world)
    local result = world:run {}
    result:passes()
    result:has("login", { principal = "self", broker = "target-1:9092" }, { ok = true })
  end,

  ["passes where a login has to be refused, and is"] = function(world)
    world.target:login("billing", "secret")
    local result = world:run({ expect = "denied" }, {
      principals = { billing = { user = "billing", password = "old" } },
    })
    result:passes()
    result:has("login", { principal = "billing" }, { actual = false, ok = true })
  end,

  ["passes where an operation has to be denied, and is"] = function(world)
    world.target:login("billing", "secret")
    world.target:topic("orders")
    world.target:allow("User:billing", "describe", "topic", "orders")
    local result = world:run({ expect = "denied", operations = { "write" }, topics = { "orders" } }, options)
    result:passes()
    result:has("allowed", { operation = "write", topic = "orders" }, { actual = false, ok = true })
  end,

  ["fails when the password is wrong"] = function(world)
    secured(world)
    world.target:login("billing", "changed")
    local result = world:run({}, options)
    result:fails("login", { principal = "billing", broker = "target-1:9093" }, { actual = false })
  end,

  ["fails when one advertised broker cannot be reached"] = function(world)
    secured(world)
    world.target:unreachable(2)
    local result = world:run({}, options)
    result:fails("login", { principal = "billing", broker = "target-2:9093" })
    result:has("login", { principal = "billing", broker = "target-1:9093" }, { ok = true })
  end,

  ["fails when an operation is not allowed"] = function(world)
    secured(world)
    local result = world:run({ operations = { "read", "write" }, topics = { "orders" } }, options)
    result:fails("allowed", { operation = "write", topic = "orders" }, { actual = false, limit = true })
    result:has("allowed", { operation = "read", topic = "orders" }, { ok = true })
  end,

  ["fails when the topic may not be described"] = function(world)
    secured(world)
    world.target:topic("payments")
    local result = world:run({ operations = { "read" }, topics = { "payments" } }, options)
    result:fails("allowed", { topic = "payments" }, { facts = { error = "TOPIC_AUTHORIZATION_FAILED" } })
  end,

  ["fails when another mechanism is in use"] = function(world)
    secured(world)
    world:run({ mechanism = "SCRAM-SHA-512" }, options):fails("mechanism", {}, { actual = "PLAIN" })
  end,

  ["fails when TLS does not come about"] = function(world)
    secured(world)
    local tls = { user = "billing", password = "secret", ["security.protocol"] = "SASL_SSL" }
    world:run({}, { principals = { billing = tls } }):fails("tls", { principal = "billing" })
  end,

  ["fails when a denied operation is allowed"] = function(world)
    secured(world)
    world:run({ expect = "denied", operations = { "read" }, topics = { "orders" } }, options)
      :fails("allowed", { operation = "read" }, { actual = true, limit = false })
  end,

  ["is inconclusive when nothing can be reached"] = function(world)
    world.target:unreachable()
    world:run({}):inconclusive("unreachable")
  end,

  ["is inconclusive about operations without a login"] = function(world)
    secured(world)
    world.target:unreachable()
    local result = world:run({ operations = { "read" }, topics = { "orders" } }, options)
    result:inconclusive()
    result:has("allowed", { principal = "billing" }, {})
  end,

  ["is inconclusive about a topic that does not exist"] = function(world)
    secured(world)
    world.target:allow("User:billing", "read", "topic", "refunds")
    world:run({ operations = { "read" }, topics = { "refunds" } }, options)
      :inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
  end,
}
